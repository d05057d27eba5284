#include "syscalls/handlers/guest_time.h"

#include <algorithm>

#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

namespace {

constexpr int64_t kMaxSeconds = INT64_MAX / abi::kNanosecondsPerSecond - 1;
constexpr int64_t kNsPerMicrosecond = 1000;
constexpr int64_t kMicrosecondsPerSecond = 1'000'000;

int64_t Combine(int64_t seconds, int64_t ns) {
  return seconds > kMaxSeconds ? INT64_MAX : seconds * abi::kNanosecondsPerSecond + ns;
}

}  // namespace

Result<int64_t> CopyInTimespec(const SyscallContext& ctx, GuestAddr address) {
  return TimespecToNs(TRY(ctx.CopyIn(GuestPtr<abi::Timespec>{address})));
}

Result<int64_t> TimespecToNs(const abi::Timespec& value) {
  if (value.seconds < 0 || value.nanoseconds < 0 ||
      value.nanoseconds >= abi::kNanosecondsPerSecond) {
    return Errno::kInval;
  }
  return Combine(value.seconds, value.nanoseconds);
}

Result<int64_t> TimevalToNs(const abi::Timeval& value) {
  if (value.seconds < 0 || value.microseconds < 0 || value.microseconds >= kMicrosecondsPerSecond) {
    return Errno::kInval;
  }
  return Combine(value.seconds, value.microseconds * kNsPerMicrosecond);
}

int64_t DeadlineAfter(int64_t now_ns, int64_t duration_ns) {
  return duration_ns > INT64_MAX - now_ns ? INT64_MAX : now_ns + duration_ns;
}

bool IsRealtimeClock(int32_t clock) {
  return clock == abi::kClockRealtime || clock == abi::kClockRealtimeAlarm ||
         clock == abi::kClockTai;
}

int64_t TimerDeadline(Kernel& kernel, int32_t clock, int64_t value_ns, bool absolute) {
  const int64_t now = kernel.scheduler().Now();
  if (!absolute) return DeadlineAfter(now, value_ns);
  const int64_t clock_now = IsRealtimeClock(clock) ? kernel.Now(HostClock::kRealtime) : now;
  return DeadlineAfter(now, std::max<int64_t>(value_ns - clock_now, 0));
}

abi::Timespec ToTimespec(int64_t ns) {
  return {ns / abi::kNanosecondsPerSecond, ns % abi::kNanosecondsPerSecond};
}

abi::Timeval ToTimeval(int64_t ns) {
  return {ns / abi::kNanosecondsPerSecond, ns % abi::kNanosecondsPerSecond / kNsPerMicrosecond};
}

}  // namespace elfin::kernel
