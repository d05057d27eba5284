// Times as guests pass them, checked and in nanoseconds.
#pragma once

#include <cstdint>

#include "syscalls/abi/time.h"
#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

/// A duration or a time, ns; what doesn't fit is INT64_MAX. Errors: kFault, kInval (negative, or ns
/// not below a second).
Result<int64_t> CopyInTimespec(const SyscallContext& ctx, GuestAddr address);
Result<int64_t> TimespecToNs(const abi::Timespec& value);
/// The same for a struct timeval. Errors: kFault, kInval.
Result<int64_t> TimevalToNs(const abi::Timeval& value);

/// now + duration, at most INT64_MAX.
int64_t DeadlineAfter(int64_t now_ns, int64_t duration_ns);

/// Clocks that a person can set (CLOCK_REALTIME and its kin).
bool IsRealtimeClock(int32_t clock);
/// When a timer on `clock` expires, as a time of the monotonic clock. `value_ns`: a time of its
/// clock, or how long from now.
int64_t TimerDeadline(Kernel& kernel, int32_t clock, int64_t value_ns, bool absolute);

abi::Timespec ToTimespec(int64_t ns);
abi::Timeval ToTimeval(int64_t ns);

}  // namespace elfin::kernel
