// What cpu.wasm needs in place of a C library: the four memory functions that the compiler may call
// by itself, and a CHECK that only traps (the host names the trap; see docs/binary-interfaces.md).
#ifdef __wasm__

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/check.h"

extern "C" {

// The builtins become one memory.copy or memory.fill instruction each.
void* memcpy(void* to, const void* from, size_t size) {
  __builtin_memcpy(to, from, size);
  return to;
}

void* memmove(void* to, const void* from, size_t size) {
  __builtin_memmove(to, from, size);
  return to;
}

void* memset(void* to, int byte, size_t size) {
  __builtin_memset(to, byte, size);
  return to;
}

int memcmp(const void* left, const void* right, size_t size) {
  const auto* a = static_cast<const uint8_t*>(left);
  const auto* b = static_cast<const uint8_t*>(right);
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

}  // extern "C"

namespace elfin {

void CheckFailed(const char*, int, const char*) { __builtin_trap(); }

}  // namespace elfin

#endif  // __wasm__
