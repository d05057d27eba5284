// How a process ends, and what becomes of its children:
//
//   exit_group, a fatal signal → Kernel::ExitProcess: threads die, files close
//     → end of the step: its calls and its memory go → BecomeZombie: children to their new parent,
//       SIGCHLD, waiting parents wake → wait4 reaps it (or nobody: then it goes at once)
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// A process that has ended and holds nothing any more: hands its children on and tells its parent.
/// True: nobody will wait for it, and its record can go.
[[nodiscard]] bool BecomeZombie(Process& process);

/// SIGCHLD's contents, and waitid's: what has become of `child` (CLD_*).
abi::SigInfo ChildInfo(const Process& child, int32_t code, int32_t status);
abi::SigInfo ChildEndInfo(const Process& child);

/// Lets the parent of a vfork go on: the child has executed a program or ended.
void ReleaseVfork(Process& process);

}  // namespace elfin::kernel
