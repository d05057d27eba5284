// Clocks, sleeping, and the interval timer.
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/cpu_timers.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr int64_t kCoarseResolutionNs = 4'000'000;
/// Negative clock numbers name the CPU clock of a process or thread: ~pid << 3 | which.
constexpr int32_t kCpuClockKindMask = 7, kCpuClockOfThread = 4;

/// Errors: kInval for clocks that there are none of.
Result<int64_t> ReadClock(SyscallContext& ctx, int32_t clock) {
  switch (clock) {
    case abi::kClockRealtime:
    case abi::kClockRealtimeCoarse:
    case abi::kClockRealtimeAlarm:
    case abi::kClockTai:
      return ctx.kernel.Now(HostClock::kRealtime);
    case abi::kClockMonotonic:
    case abi::kClockMonotonicRaw:
    case abi::kClockMonotonicCoarse:
    case abi::kClockBoottime:
    case abi::kClockBoottimeAlarm:
      return ctx.kernel.Now(HostClock::kMonotonic);
    case abi::kClockProcessCpu:
      return ctx.kernel.TimeOf(ctx.process).user;
    case abi::kClockThreadCpu:
      return ctx.kernel.TimeOf(ctx.thread).user;
    default:
      break;
  }
  if (clock >= 0 || (clock & kCpuClockKindMask) == kCpuClockKindMask) return Errno::kInval;
  const int32_t id = ~(clock >> 3);
  if ((clock & kCpuClockOfThread) != 0) {
    const Thread* thread = id == 0 ? &ctx.thread : ctx.kernel.FindThread(id);
    if (thread == nullptr || &thread->process() != &ctx.process) return Errno::kInval;
    return ctx.kernel.TimeOf(*thread).user;
  }
  const Process* process = id == 0 ? &ctx.process : ctx.kernel.FindProcess(id);
  if (process == nullptr) return Errno::kInval;
  return ctx.kernel.TimeOf(*process).user;
}

bool IsCoarse(int32_t clock) {
  return clock == abi::kClockRealtimeCoarse || clock == abi::kClockMonotonicCoarse;
}

/// Sleeps until a time of the monotonic clock. `remaining_out` gets what is left when a signal
/// comes.
Task<Result<uint64_t>> SleepUntil(SyscallContext& ctx, int64_t deadline_ns,
                                  GuestAddr remaining_out) {
  Wait wait(ctx.thread);
  wait.Until(deadline_ns);
  Status status = co_await wait;
  if (!status.ok() && status.error() == Errno::kTimedOut) co_return uint64_t{0};
  if (!remaining_out.is_null()) {
    const int64_t left = std::max<int64_t>(deadline_ns - ctx.kernel.scheduler().Now(), 0);
    CO_TRY(ctx.CopyOut(GuestPtr<abi::Timespec>{remaining_out}, ToTimespec(left)));
  }
  ctx.thread.restart = [deadline_ns, remaining_out](SyscallContext& again) {
    return SleepUntil(again, deadline_ns, remaining_out);
  };
  co_return Errno::kRestartBlock;
}

/// Sleeps until a time of any clock; once more after a signal without a handler.
Task<Result<uint64_t>> SleepUntilAbsolute(SyscallContext& ctx, int64_t deadline_ns) {
  Wait wait(ctx.thread);
  wait.Until(deadline_ns);
  Status status = co_await wait;
  if (!status.ok() && status.error() == Errno::kTimedOut) co_return uint64_t{0};
  co_return Errno::kRestartNoHand;
}

/// ITIMER_REAL of a process.
class RealTimer final : public Timer {
 public:
  explicit RealTimer(Process& process) : Timer(process.kernel.scheduler()), process_(process) {}

 private:
  void Expire() override {
    SendToProcess(process_, KernelInfo(abi::kSigAlrm));
    const int64_t interval = process_.real_timer_interval_ns;
    if (interval == 0) return;
    Arm(ExpiriesUpTo(process_.kernel.scheduler().Now(), deadline(), interval).next_ns);
  }
  Process& process_;
};

/// What is left of the timer, ns; 0: it is off.
int64_t RemainingNs(const Process& process) {
  if (process.real_timer == nullptr || !process.real_timer->armed()) return 0;
  return std::max<int64_t>(process.real_timer->deadline() - process.kernel.scheduler().Now(), 1);
}

void SetRealTimer(Process& process, int64_t value_ns, int64_t interval_ns) {
  if (process.real_timer == nullptr) process.real_timer = std::make_unique<RealTimer>(process);
  process.real_timer->Disarm();
  process.real_timer_interval_ns = interval_ns;
  if (value_ns == 0) return;
  process.real_timer->Arm(DeadlineAfter(process.kernel.scheduler().Now(), value_ns));
}

CpuTimers::Kind KindOf(int32_t which) {
  return which == abi::kITimerVirtual ? CpuTimers::kVirtual : CpuTimers::kProfiling;
}

void SetCpuTimer(Process& process, int32_t which, int64_t value_ns, int64_t interval_ns) {
  if (process.cpu_timers == nullptr) process.cpu_timers = std::make_unique<CpuTimers>(process);
  process.cpu_timers->Set(KindOf(which), value_ns, interval_ns);
}

abi::ITimerVal ToITimerVal(int64_t left_ns, int64_t interval_ns) {
  abi::ITimerVal value{ToTimeval(interval_ns), ToTimeval(left_ns)};
  if (left_ns != 0 && value.value.seconds == 0 && value.value.microseconds == 0) {
    value.value.microseconds = 1;  // not yet off
  }
  return value;
}

abi::ITimerVal ReadTimer(const Process& process, int32_t which) {
  if (which == abi::kITimerReal) {
    return ToITimerVal(RemainingNs(process), process.real_timer_interval_ns);
  }
  if (process.cpu_timers == nullptr) return {};
  const CpuTimers::Kind kind = KindOf(which);
  return ToITimerVal(process.cpu_timers->remaining_ns(kind), process.cpu_timers->interval_ns(kind));
}

}  // namespace

/// clock_gettime(2).
SyscallResult SysClockGettime(SyscallContext& ctx, int32_t clock, GuestAddr to) {
  const int64_t now = TRY(ReadClock(ctx, clock));
  TRY(ctx.CopyOut(GuestPtr<abi::Timespec>{to}, ToTimespec(now)));
  return uint64_t{0};
}

/// clock_getres(2).
SyscallResult SysClockGetres(SyscallContext& ctx, int32_t clock, GuestAddr to) {
  TRY(ReadClock(ctx, clock));
  const int64_t resolution = IsCoarse(clock) ? kCoarseResolutionNs : 1;
  if (!to.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::Timespec>{to}, ToTimespec(resolution)));
  return uint64_t{0};
}

/// gettimeofday(2).
SyscallResult SysGettimeofday(SyscallContext& ctx, GuestAddr to, GuestAddr zone) {
  const int64_t now = ctx.kernel.Now(HostClock::kRealtime);
  if (!to.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::Timeval>{to}, ToTimeval(now)));
  if (!zone.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::TimeZone>{zone}, abi::TimeZone{0, 0}));
  return uint64_t{0};
}

/// time(2).
SyscallResult SysTime(SyscallContext& ctx, GuestAddr to) {
  const int64_t seconds = ctx.kernel.Now(HostClock::kRealtime) / abi::kNanosecondsPerSecond;
  if (!to.is_null()) TRY(ctx.CopyOut(GuestPtr<int64_t>{to}, seconds));
  return static_cast<uint64_t>(seconds);
}

/// nanosleep(2).
SyscallResult SysNanosleep(SyscallContext& ctx, GuestAddr duration, GuestAddr remaining) {
  const int64_t ns = TRY(CopyInTimespec(ctx, duration));
  return SleepUntil(ctx, DeadlineAfter(ctx.kernel.scheduler().Now(), ns), remaining);
}

/// clock_nanosleep(2): CPU clocks are refused.
SyscallResult SysClockNanosleep(SyscallContext& ctx, int32_t clock, int32_t flags,
                                GuestAddr request, GuestAddr remaining) {
  if (clock == abi::kClockThreadCpu) return Errno::kInval;
  if (clock < 0 || clock == abi::kClockProcessCpu || IsCoarse(clock) ||
      clock == abi::kClockMonotonicRaw) {
    return Errno::kOpNotSupp;
  }
  const int64_t clock_now = TRY(ReadClock(ctx, clock));
  const int64_t ns = TRY(CopyInTimespec(ctx, request));
  const int64_t now = ctx.kernel.scheduler().Now();
  if ((flags & abi::kTimerAbsolute) == 0) return SleepUntil(ctx, DeadlineAfter(now, ns), remaining);
  if (ns <= clock_now) return uint64_t{0};
  return SleepUntilAbsolute(ctx, DeadlineAfter(now, ns - clock_now));
}

/// alarm(2).
SyscallResult SysAlarm(SyscallContext& ctx, uint32_t seconds) {
  const int64_t left = RemainingNs(ctx.process);
  SetRealTimer(ctx.process, int64_t{seconds} * abi::kNanosecondsPerSecond, 0);
  if (left == 0) return uint64_t{0};
  // Rounded to the nearest second, but never to 0 while it runs.
  const int64_t rounded = (left + abi::kNanosecondsPerSecond / 2) / abi::kNanosecondsPerSecond;
  return static_cast<uint64_t>(std::max<int64_t>(rounded, 1));
}

/// getitimer(2).
SyscallResult SysGetitimer(SyscallContext& ctx, int32_t which, GuestAddr to) {
  if (which < abi::kITimerReal || which > abi::kITimerProf) return Errno::kInval;
  TRY(ctx.CopyOut(GuestPtr<abi::ITimerVal>{to}, ReadTimer(ctx.process, which)));
  return uint64_t{0};
}

/// setitimer(2).
SyscallResult SysSetitimer(SyscallContext& ctx, int32_t which, GuestAddr wanted, GuestAddr old) {
  if (which < abi::kITimerReal || which > abi::kITimerProf) return Errno::kInval;
  abi::ITimerVal value{};
  if (!wanted.is_null()) value = TRY(ctx.CopyIn(GuestPtr<abi::ITimerVal>{wanted}));
  const int64_t value_ns = TRY(TimevalToNs(value.value));
  const int64_t interval_ns = TRY(TimevalToNs(value.interval));
  const abi::ITimerVal before = ReadTimer(ctx.process, which);
  if (which == abi::kITimerReal) {
    SetRealTimer(ctx.process, value_ns, interval_ns);
  } else {
    SetCpuTimer(ctx.process, which, value_ns, interval_ns);
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::ITimerVal>{old}, before));
  return uint64_t{0};
}

}  // namespace elfin::kernel
