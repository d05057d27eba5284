// CHECK: what only a bug of Elfin's own can break. Always on; never for what a guest or a disk can cause.
#pragma once

namespace elfin {

/// Reports "file:line: CHECK failed: text" through the failure handler and traps. Does not return.
[[noreturn]] void CheckFailed(const char* file, int line, const char* text);

}  // namespace elfin

#define CHECK(condition)                                                               \
  do {                                                                                 \
    if (__builtin_expect(!(condition), 0)) {                                           \
      ::elfin::CheckFailed(__FILE__, __LINE__, #condition);                            \
    }                                                                                  \
  } while (false)
