// What a terminal asks of process groups.
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::tty {

/// To every process of the group.
void SendToGroup(kernel::Kernel& kernel, kernel::Pid group, const abi::SigInfo& info);

/// Whether nobody is left who could let the group go on after a stop: no member's parent is of
/// another group of the same session (POSIX: an orphaned process group).
bool IsOrphaned(kernel::Kernel& kernel, kernel::Pid group);

/// Whether there is such a group in the session.
bool IsGroupOf(kernel::Kernel& kernel, kernel::Pid group, kernel::Pid session);

}  // namespace elfin::tty
