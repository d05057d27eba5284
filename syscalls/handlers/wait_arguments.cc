#include "syscalls/handlers/wait_arguments.h"

#include "syscalls/abi/time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/thread.h"

namespace elfin::kernel {
namespace {

/// Nanoseconds, cut off at half of what fits.
Result<int64_t> ToNanoseconds(int64_t seconds, int64_t nanoseconds) {
  constexpr int64_t kLimit = INT64_MAX / 2;
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= abi::kNanosecondsPerSecond) {
    return Errno::kInval;
  }
  if (seconds > kLimit / abi::kNanosecondsPerSecond - 1) return kLimit;
  return seconds * abi::kNanosecondsPerSecond + nanoseconds;
}

}  // namespace

Result<Deadline> DeadlineFromTimespec(SyscallContext& context, GuestAddr timeout) {
  if (timeout.is_null()) return Deadline();
  const abi::Timespec time = TRY(context.CopyIn(GuestPtr<abi::Timespec>{timeout}));
  const int64_t wait = TRY(ToNanoseconds(time.seconds, time.nanoseconds));
  return Deadline(context.kernel.scheduler().Now() + wait);
}

Result<Deadline> DeadlineFromTimeval(SyscallContext& context, GuestAddr timeout) {
  if (timeout.is_null()) return Deadline();
  const abi::Timeval time = TRY(context.CopyIn(GuestPtr<abi::Timeval>{timeout}));
  if (time.seconds < 0 || time.microseconds < 0) return Errno::kInval;
  const int64_t wait = TRY(ToNanoseconds(time.seconds + time.microseconds / 1'000'000,
                                         time.microseconds % 1'000'000 * 1000));
  return Deadline(context.kernel.scheduler().Now() + wait);
}

Deadline DeadlineFromMilliseconds(SyscallContext& context, int32_t timeout_ms) {
  if (timeout_ms < 0) return Deadline();
  return context.kernel.scheduler().Now() + int64_t{timeout_ms} * 1'000'000;
}

Status UseTemporaryMask(SyscallContext& context, GuestAddr mask, uint64_t size) {
  if (mask.is_null()) return kOk;
  if (size != sizeof(uint64_t)) return Errno::kInval;
  const uint64_t bits = TRY(context.CopyIn(GuestPtr<uint64_t>{mask}));
  context.thread.SetTemporaryMask(SignalSet{bits});
  return kOk;
}

}  // namespace elfin::kernel
