// fcntl(2)'s record locks, F_GETLK to F_OFD_SETLKW.
#pragma once

#include "syscalls/kernel/syscall_context.h"
#include "syscalls/syscall_arguments.h"
#include "syscalls/vfs/file.h"

namespace elfin::kernel {

/// Errors: kFault, kInval, kOverflow, kBadF (not opened for that), kAgain, kDeadlk, those of Wait.
SyscallResult RecordLockCall(SyscallContext& context, const vfs::FilePtr& file, int32_t command,
                             GuestAddr address);

}  // namespace elfin::kernel
