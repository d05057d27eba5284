// Why cpu.wasm came back to its caller: a closed set, part of the contract with generated code and
// kernel.
#pragma once

#include <cstdint>

namespace elfin::cpu {

enum class ExitReason : uint32_t {
  kNone = 0,    // still running; never returned
  kBudget = 1,  // CpuState::budget ran out, or an interrupt was requested; everything is consistent
  kKernel =
      2,      // the kernel answered kSyscallLeave: it has taken over (blocked, exec, exit, signal)
  kTrap = 3,  // CpuState::trap says what the guest did; rip is the faulting instruction's address
  kTranslate = 4,  // the block at rip wants its translation before it goes on (synchronous mode);
                   // web/host sees to it and calls again: the kernel never hears of it
};

/// What raised a trap. Values are the processor's vectors (SDM vol. 3A, table 6-1).
enum class TrapKind : uint32_t {
  kDivide = 0,         // #DE
  kDebug = 1,          // #DB: int1, TF
  kBreakpoint = 3,     // #BP: rip is after the int3
  kOverflow = 4,       // #OF
  kInvalidOpcode = 6,  // #UD
  kGeneralProtection =
      13,           // #GP: non-canonical address, privileged instruction, misaligned SSE operand
  kPageFault = 14,  // #PF: TrapInfo::address and access are valid
  kX87 = 16,        // #MF
  kAlignment = 17,  // #AC
  kSimd = 19,       // #XM
  kNotImplemented = 255,  // Elfin does not know the instruction: reported once, then SIGILL
};

/// How the guest touched TrapInfo::address. Bit values as in a page-fault error code, from bit 0.
enum TrapAccess : uint32_t {
  kTrapPresent = 1,  // the page is mapped, its protection forbids the access
  kTrapWrite = 2,
  kTrapUser = 4,  // always set
  kTrapFetch = 16,
};

struct TrapInfo {
  TrapKind kind;
  uint32_t access;   // TrapAccess bits for kPageFault, otherwise the processor's error code
  uint64_t address;  // faulting data address for kPageFault, otherwise 0
};
static_assert(sizeof(TrapInfo) == 16);

/// Returned by the kernel's syscall entry instead of a result: rax and everything else in the CPU
/// state is as the kernel wants it; the cpu must leave with ExitReason::kKernel. No Linux call
/// returns this value.
inline constexpr int64_t kSyscallLeave = INT64_MIN;

}  // namespace elfin::cpu
