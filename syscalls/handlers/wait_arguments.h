// What calls that wait for descriptors are given: how long, and with which signals blocked.
#pragma once

#include <cstdint>
#include <optional>

#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

/// Of the monotonic clock, ns; nullopt: never.
using Deadline = std::optional<int64_t>;

/// A timeout from now on; a null pointer is none. Errors: kFault, kInval.
Result<Deadline> DeadlineFromTimespec(SyscallContext& context, GuestAddr timeout);
/// The same; microseconds may be more than a second.
Result<Deadline> DeadlineFromTimeval(SyscallContext& context, GuestAddr timeout);
/// poll's and epoll_wait's; below 0: never.
Deadline DeadlineFromMilliseconds(SyscallContext& context, int32_t timeout_ms);

/// The signal mask of ppoll, pselect and epoll_pwait, for the time of the call; null: as it is.
/// Errors: kFault, kInval (size).
Status UseTemporaryMask(SyscallContext& context, GuestAddr mask, uint64_t size);

}  // namespace elfin::kernel
