// WebAssembly: the stack in memory, where clang keeps what has an address, seen from a chain of
// handlers.
//
// clang 14 takes a frame for such a function at its begin and gives it back at its end, but puts
// "its end" behind the tail call, where nothing ever comes: every handler with a frame would leak
// it. So the chain itself goes back to where it started whenever a block ends, and Run does when it
// is left. Within a block (kMaxBlockInsns) the leak is bounded.
#pragma once

#include <cstdint>

namespace elfin::cpu {

#ifdef __wasm__

inline uintptr_t ShadowStackPointer() {
  uintptr_t pointer;
  __asm__ volatile(".globaltype __stack_pointer, i32\n\tglobal.get __stack_pointer\n\tlocal.set %0"
                   : "=r"(pointer));
  return pointer;
}

/// Frees all frames below. The calling function must not use a frame of its own afterwards.
inline void RestoreShadowStack(uintptr_t pointer) {
  __asm__ volatile(".globaltype __stack_pointer, i32\n\tlocal.get %0\n\tglobal.set __stack_pointer"
                   :
                   : "r"(pointer)
                   : "memory");
}

#else

inline uintptr_t ShadowStackPointer() { return 0; }
inline void RestoreShadowStack(uintptr_t) {}

#endif

}  // namespace elfin::cpu
