// From the `syscall` instruction to the kernel.
#pragma once

#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

/// Calls the kernel with rax and the six argument registers. True: the result is in rax, the guest
/// goes on. False: the kernel has taken over (kSyscallLeave); the cpu must leave with
/// ExitReason::kKernel.
bool CallKernelForState(CpuState* state);

}  // namespace elfin::cpu
