// The contract between the cpu and translated code: what a translated function is called with and
// answers, and what both know about the process memory.
//
//   function (i32 state, i32 address, i32 stack_left) → i32
//
//   state       address of the CpuState; all guest registers are there at every call and return
//   address     one of the function's entries: where the guest goes on
//   stack_left  how many bytes of the engine's stack calls may still take (an estimate). A function
//               passes on less than it got, and leaves instead of calling when too little is left.
//   result      the guest address to go on at, or kInterpret. A function that called another one
//               compares the result with the guest's return address and returns it when it differs,
//               so everything unwinds to the dispatcher, which goes on there.
//
// Translated code never raises a trap and never calls the kernel: it leaves with kInterpret, and
// the interpreter does the instruction exactly. So no translated function is on the stack while
// code is invalidated, memory grows or a signal is delivered.
#pragma once

#include <cstdint>

namespace elfin::cpu {

/// The result that is no address: CpuState::rip is where to go on, and the interpreter has to do
/// (at least) the instruction there. A guest that jumps to this address, where nothing can be, or
/// to one above doesn't do it in translated code.
inline constexpr uint32_t kInterpret = UINT32_MAX;

/// What `stack_left` is for a call from the dispatcher.
inline constexpr uint32_t kTranslatedStackBytes = 400'000;

/// Known targets of indirect jumps and calls: direct-mapped. Slot 0: none (no function is there).
struct JumpCacheEntry {
  uint32_t address;
  uint32_t slot;  // in the function table
};
inline constexpr uint32_t kJumpCacheSize = 1u << 14;
constexpr uint32_t JumpCacheIndex(uint32_t address) {
  return (address ^ address >> 14) & (kJumpCacheSize - 1);
}

/// What stands where none is known: an address that belongs to another entry.
constexpr JumpCacheEntry NoJump(uint32_t index) { return {index == 0 ? 1u : 0u, 0}; }

/// How far behind a checked address translated code may reach without another check. The memory is
/// always longer than kGuestBegin + CpuState::span by this much.
inline constexpr uint32_t kSpanSlack = 0x1'0000;

}  // namespace elfin::cpu
