// What a terminal asks of process groups.
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::tty {

/// To every process of the group.
void SendToGroup(kernel::Kernel& kernel, kernel::Pid group, const abi::SigInfo& info);

/// Whether there is such a group in the session.
bool IsGroupOf(kernel::Kernel& kernel, kernel::Pid group, kernel::Pid session);

}  // namespace elfin::tty
