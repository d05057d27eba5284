// Process groups as a whole: who is in one, and signals for all of them.
#pragma once

#include <vector>

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// The group's processes that have not ended.
std::vector<Process*> MembersOf(const Kernel& kernel, Pid group);

/// To every process of the group.
void SendToGroup(const Kernel& kernel, Pid group, const abi::SigInfo& info);

/// SIGHUP and, so that stopped ones hear of it, SIGCONT: the group has lost its terminal or whoever
/// could continue it.
void HangUpGroup(const Kernel& kernel, Pid group);

/// Whether there is such a group in the session; a process that has ended and not been waited for
/// still counts.
bool IsGroupOfSession(const Kernel& kernel, Pid group, Pid session);

}  // namespace elfin::kernel
