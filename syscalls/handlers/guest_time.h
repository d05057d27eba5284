// Times as guests pass them, checked and in nanoseconds.
#pragma once

#include <cstdint>

#include "syscalls/abi/time.h"
#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

/// A duration or a time, ns; what doesn't fit is INT64_MAX. Errors: kFault, kInval (negative, or ns
/// not below a second).
Result<int64_t> CopyInTimespec(const SyscallContext& ctx, GuestAddr address);
/// The same for a struct timeval. Errors: kFault, kInval.
Result<int64_t> TimevalToNs(const abi::Timeval& value);

/// now + duration, at most INT64_MAX.
int64_t DeadlineAfter(int64_t now_ns, int64_t duration_ns);

abi::Timespec ToTimespec(int64_t ns);
abi::Timeval ToTimeval(int64_t ns);

}  // namespace elfin::kernel
