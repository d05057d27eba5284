// The way from a system call's number to its handler: count, trace, call.
//
//   DispatchSyscall (declared in kernel/syscall_context.h) → FindSyscall → row.call → handler
//
// Whatever concerns every call wraps it here; a handler never prints, counts or measures.
#pragma once

#include <string>

#include "syscalls/kernel/syscall_context.h"
#include "syscalls/syscall_tally.h"

namespace elfin::kernel {

/// "read 12, write 3" as a JSON object {"read":12,"write":3}: calls that were made, by number.
std::string TallyJson(const SyscallTally& tally);

}  // namespace elfin::kernel
