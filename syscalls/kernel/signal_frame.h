// The frame of a signal handler on the guest's stack: abi/signal_frame.h has the picture.
#pragma once

#include "runtime/cpu/cpu_state.h"
#include "syscalls/kernel/thread.h"

namespace elfin::kernel {

/// Saves `state` and `saved_mask` on the stack (or the alternate one) and changes `state` so that
/// the handler runs. Errors: kFault (no restorer, or no room); then nothing has changed but stack
/// bytes.
Status PushSignalFrame(Thread& thread, cpu::CpuState& state, const abi::SigInfo& info,
                       const abi::KernelSigaction& action, SignalSet saved_mask);

/// rt_sigreturn(2): the state from before the handler, its signal mask and its alternate stack.
/// Errors: kFault (no frame there, or nonsense in it).
Status PopSignalFrame(Thread& thread, cpu::CpuState& state);

/// sigaltstack's flags for a stack pointer: SS_ONSTACK, SS_DISABLE or 0.
int32_t AlternateStackFlags(const Thread& thread, uint64_t stack_pointer);

}  // namespace elfin::kernel
