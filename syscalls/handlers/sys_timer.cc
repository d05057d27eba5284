// POSIX timers of a process.
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/posix_timer.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

/// struct sigevent as far as the kernel looks.
struct SigEvent {
  uint64_t value;
  int32_t signo;
  int32_t notify;
  int32_t tid;
};
constexpr int32_t kNotifySignal = 0, kNotifyNone = 1, kNotifyThread = 2, kNotifyThreadId = 4;

struct ITimerSpec {
  abi::Timespec interval;
  abi::Timespec value;
};
static_assert(sizeof(ITimerSpec) == 32);

/// Errors: kInval (there is none of that number).
Result<PosixTimer*> FindTimer(SyscallContext& ctx, int32_t number) {
  const auto found = ctx.process.posix_timers.find(number);
  if (found == ctx.process.posix_timers.end()) return Errno::kInval;
  return found->second.get();
}

ITimerSpec Read(const PosixTimer& timer) {
  return {ToTimespec(timer.interval_ns()), ToTimespec(timer.remaining_ns())};
}

bool IsRealtime(int32_t clock) {
  return clock == abi::kClockRealtime || clock == abi::kClockRealtimeAlarm ||
         clock == abi::kClockTai;
}

/// Clocks that timers run on: those that go on by themselves. Errors: kInval, kOpNotSupp.
Status CheckClock(int32_t clock) {
  if (IsRealtime(clock) || clock == abi::kClockMonotonic || clock == abi::kClockBoottime ||
      clock == abi::kClockBoottimeAlarm) {
    return kOk;
  }
  const bool processor = clock == abi::kClockProcessCpu || clock == abi::kClockThreadCpu;
  return processor ? Errno::kOpNotSupp : Errno::kInval;
}

}  // namespace

/// timer_create(2): no timers on processor time (EOPNOTSUPP).
SyscallResult SysTimerCreate(SyscallContext& ctx, int32_t clock, GuestAddr event_at,
                             GuestAddr number_at) {
  TRY(CheckClock(clock));
  int32_t number = 0;
  while (ctx.process.posix_timers.count(number) != 0) ++number;
  SigEvent event{static_cast<uint64_t>(number), abi::kSigAlrm, kNotifySignal, 0};
  if (!event_at.is_null()) {
    constexpr size_t kRead = offsetof(SigEvent, tid) + sizeof(event.tid);
    TRY(ctx.CopyIn(event_at, &event, kRead));
  }
  Tid target = 0;
  switch (event.notify) {
    case kNotifyNone:
      event.signo = 0;
      break;
    case kNotifyThreadId: {
      const Thread* thread = ctx.kernel.FindThread(event.tid);
      if (thread == nullptr || &thread->process() != &ctx.process) return Errno::kInval;
      target = event.tid;
      break;
    }
    case kNotifySignal:
    case kNotifyThread:
      break;
    default:
      return Errno::kInval;
  }
  const bool tells = event.notify != kNotifyNone;
  if (tells && (event.signo < 1 || event.signo > abi::kSigMax)) return Errno::kInval;
  abi::SigInfo info{};
  info.signo = event.signo;
  info.timer.value = event.value;
  TRY(ctx.CopyOut(GuestPtr<int32_t>{number_at}, number));
  ctx.process.posix_timers[number] =
      std::make_unique<PosixTimer>(ctx.process, number, clock, info, target);
  return uint64_t{0};
}

/// timer_settime(2).
SyscallResult SysTimerSettime(SyscallContext& ctx, int32_t number, int32_t flags, GuestAddr wanted,
                              GuestAddr old) {
  if (wanted.is_null()) return Errno::kInval;
  const int64_t interval_ns = TRY(CopyInTimespec(ctx, wanted));
  const int64_t value_ns = TRY(CopyInTimespec(ctx, wanted + sizeof(abi::Timespec)));
  PosixTimer& timer = *TRY(FindTimer(ctx, number));
  const ITimerSpec before = Read(timer);
  timer.Stop();
  if (value_ns != 0) {
    const int64_t now = ctx.kernel.scheduler().Now();
    int64_t left = value_ns;
    if ((flags & abi::kTimerAbsolute) != 0) {
      const int64_t clock_now =
          IsRealtime(timer.clock()) ? ctx.kernel.Now(HostClock::kRealtime) : now;
      left = std::max<int64_t>(value_ns - clock_now, 0);
    }
    timer.Start(DeadlineAfter(now, left), interval_ns);
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<ITimerSpec>{old}, before));
  return uint64_t{0};
}

/// timer_gettime(2).
SyscallResult SysTimerGettime(SyscallContext& ctx, int32_t number, GuestAddr to) {
  TRY(ctx.CopyOut(GuestPtr<ITimerSpec>{to}, Read(*TRY(FindTimer(ctx, number)))));
  return uint64_t{0};
}

/// timer_getoverrun(2).
SyscallResult SysTimerGetoverrun(SyscallContext& ctx, int32_t number) {
  return static_cast<uint64_t>(TRY(FindTimer(ctx, number))->overrun());
}

/// timer_delete(2).
SyscallResult SysTimerDelete(SyscallContext& ctx, int32_t number) {
  TRY(FindTimer(ctx, number));
  ctx.process.posix_timers.erase(number);
  return uint64_t{0};
}

}  // namespace elfin::kernel
