// CHECK: what only a bug of Elfin's own can break. Always on; never for what a guest or a disk can
// cause.
//
// Catch2 has a CHECK of its own, which is the one that counts in tests. So headers, which tests
// include, say ELFIN_CHECK: the same under a name that nobody else has.
#pragma once

namespace elfin {

/// Reports "file:line: CHECK failed: text" through the failure handler and traps. Does not return.
[[noreturn]] void CheckFailed(const char* file, int line, const char* text);

}  // namespace elfin

#define ELFIN_CHECK(condition)                              \
  do {                                                      \
    if (__builtin_expect(!(condition), 0)) {                \
      ::elfin::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                       \
  } while (false)

#ifndef CHECK
#define CHECK(condition) ELFIN_CHECK(condition)
#endif
