// POSIX timers of a process.
#include <algorithm>

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

/// Errors: kInval (there is none of that number).
Result<PosixTimer*> FindTimer(SyscallContext& ctx, int32_t number) {
  const auto found = ctx.process.posix_timers.find(number);
  if (found == ctx.process.posix_timers.end()) return Errno::kInval;
  return found->second.get();
}

abi::ITimerSpec Read(const PosixTimer& timer) {
  return {ToTimespec(timer.interval_ns()), ToTimespec(timer.remaining_ns())};
}

/// The plain name of the caller's own clock, where it has another one.
int32_t PlainClock(int32_t clock) {
  if (clock == abi::kClockOwnProcessCpu) return abi::kClockProcessCpu;
  if (clock == abi::kClockOwnThreadCpu) return abi::kClockThreadCpu;
  return clock;
}

/// Clocks that timers run on. Errors: kInval; kOpNotSupp: another process's processor time.
Status CheckClock(int32_t clock) {
  if (IsRealtimeClock(clock) || clock == abi::kClockMonotonic || clock == abi::kClockBoottime ||
      clock == abi::kClockBoottimeAlarm) {
    return kOk;
  }
  if (clock == abi::kClockProcessCpu || clock == abi::kClockThreadCpu) return kOk;
  return clock < 0 ? Errno::kOpNotSupp : Errno::kInval;
}

}  // namespace

/// timer_create(2): no timers on other processes' processor time (EOPNOTSUPP).
SyscallResult SysTimerCreate(SyscallContext& ctx, int32_t clock, GuestAddr event_at,
                             GuestAddr number_at) {
  clock = PlainClock(clock);
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
      std::make_unique<PosixTimer>(ctx.process, number, clock, info, target, ctx.thread.tid());
  return uint64_t{0};
}

/// timer_settime(2).
SyscallResult SysTimerSettime(SyscallContext& ctx, int32_t number, int32_t flags, GuestAddr wanted,
                              GuestAddr old) {
  if (wanted.is_null()) return Errno::kInval;
  const int64_t interval_ns = TRY(CopyInTimespec(ctx, wanted));
  const int64_t value_ns = TRY(CopyInTimespec(ctx, wanted + sizeof(abi::Timespec)));
  PosixTimer& timer = *TRY(FindTimer(ctx, number));
  const abi::ITimerSpec before = Read(timer);
  timer.Stop();
  if (value_ns != 0) {
    const bool absolute = (flags & abi::kTimerAbsolute) != 0;
    int64_t deadline_ns = value_ns;
    if (!timer.on_processor_time()) {
      deadline_ns = TimerDeadline(ctx.kernel, timer.clock(), value_ns, absolute);
    } else if (!absolute) {
      deadline_ns = timer.Now() + std::min(value_ns, INT64_MAX - timer.Now());
    }
    timer.Start(deadline_ns, interval_ns);
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::ITimerSpec>{old}, before));
  return uint64_t{0};
}

/// timer_gettime(2).
SyscallResult SysTimerGettime(SyscallContext& ctx, int32_t number, GuestAddr to) {
  TRY(ctx.CopyOut(GuestPtr<abi::ITimerSpec>{to}, Read(*TRY(FindTimer(ctx, number)))));
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
