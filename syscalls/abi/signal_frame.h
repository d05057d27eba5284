// What the kernel puts on the stack for a signal handler and rt_sigreturn takes back
// (arch/x86/include/uapi/asm/{sigcontext,ucontext}.h, arch/x86/include/asm/sigframe.h).
//
//   old rsp − 128 (red zone), or the alternate stack's top
//        512 bytes FXSAVE area, at a multiple of 64          ← SigContext::fpstate
//        RtSigFrame, so that (its address + 8) % 16 == 0     ← rsp in the handler
//          8   return address: the restorer
//          304 UContext                                      ← rdx
//          128 SigInfo                                       ← rsi
#pragma once

#include <cstddef>
#include <cstdint>

#include "syscalls/abi/signal.h"

namespace elfin::abi {

struct SigContext {
  uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
  uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
  uint64_t rflags;
  uint16_t cs, gs, fs, ss;
  uint64_t error_code;
  uint64_t trap_number;
  uint64_t old_mask;
  uint64_t cr2;
  uint64_t fpstate;  // address of the FXSAVE area
  uint64_t reserved[8];
};
static_assert(sizeof(SigContext) == 256 && offsetof(SigContext, rflags) == 136 &&
              offsetof(SigContext, error_code) == 152 && offsetof(SigContext, fpstate) == 184);

struct UContext {
  uint64_t flags;
  uint64_t link;
  StackT stack;
  SigContext registers;
  uint64_t mask;
};
static_assert(sizeof(UContext) == 304 && offsetof(UContext, mask) == 296);

inline constexpr uint64_t kUcSigContextSs = 2;
inline constexpr uint64_t kUcStrictRestoreSs = 4;

struct RtSigFrame {
  uint64_t return_address;
  UContext context;
  SigInfo info;
};
static_assert(sizeof(RtSigFrame) == 440 && offsetof(RtSigFrame, context) == 8 &&
              offsetof(RtSigFrame, info) == 312);

inline constexpr uint64_t kRedZone = 128;
inline constexpr uint64_t kFxAreaSize = 512;
/// AT_MINSIGSTKSZ: at least a frame with all its padding.
inline constexpr uint64_t kMinSignalStackSize = 2048;

}  // namespace elfin::abi
