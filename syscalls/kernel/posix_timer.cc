#include "syscalls/kernel/posix_timer.h"

#include <algorithm>
#include <utility>

#include "syscalls/abi/time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

PosixTimer::PosixTimer(Process& process, int32_t number, int32_t clock, abi::SigInfo info,
                       Tid target, Tid measured)
    : Timer(process.kernel.scheduler()),
      process_(process),
      clock_(clock),
      info_(info),
      target_(target),
      measured_(measured) {
  info_.code = abi::kSiTimer;
  info_.timer.id = number;
  info_.timer.overrun = 0;
}

bool PosixTimer::on_processor_time() const {
  return clock_ == abi::kClockProcessCpu || clock_ == abi::kClockThreadCpu;
}

int64_t PosixTimer::Now() const {
  Kernel& kernel = process_.kernel;
  if (!on_processor_time()) return kernel.scheduler().Now();
  const Thread* thread = clock_ == abi::kClockThreadCpu ? kernel.FindThread(measured_) : nullptr;
  if (clock_ == abi::kClockThreadCpu && thread == nullptr) return 0;  // it has ended
  const CpuTime time = thread != nullptr ? kernel.TimeOf(*thread) : kernel.TimeOf(process_);
  return time.user + time.system;
}

void PosixTimer::Start(int64_t deadline_ns, int64_t interval_ns) {
  interval_ns_ = interval_ns;
  deadline_ns_ = std::max<int64_t>(deadline_ns, 1);
  if (!on_processor_time()) Arm(deadline_ns_);
}

void PosixTimer::CheckProcessorTime() {
  if (on_processor_time() && deadline_ns_ != 0 && Now() >= deadline_ns_) Expire();
}

void PosixTimer::Stop() {
  interval_ns_ = deadline_ns_ = 0;
  Disarm();
}

int64_t PosixTimer::remaining_ns() const {
  if (deadline_ns_ == 0) return 0;
  return std::max<int64_t>(deadline_ns_ - Now(), 1);
}

int32_t PosixTimer::TakeOverrun() {
  is_pending_ = false;
  overrun_ = missed_;
  missed_ = 0;
  return overrun_;
}

void PosixTimer::Expire() {
  int64_t expiries = 1;
  const int64_t expired_ns = std::exchange(deadline_ns_, 0);
  if (interval_ns_ > 0) {
    const Expiries all = ExpiriesUpTo(Now(), expired_ns, interval_ns_);
    expiries = all.count;
    Start(all.next_ns, interval_ns_);
  }
  if (info_.signo == 0) return;
  const int64_t missed = missed_ + expiries - (is_pending_ ? 0 : 1);
  missed_ = static_cast<int32_t>(std::min<int64_t>(missed, INT32_MAX));
  if (is_pending_) return;
  is_pending_ = true;
  Thread* thread = target_ != 0 ? process_.kernel.FindThread(target_) : nullptr;
  if (thread != nullptr) {
    SendToThread(*thread, info_);
  } else {
    SendToProcess(process_, info_);
  }
  const SignalSet own = thread != nullptr ? thread->pending.set() : process_.pending.set();
  is_pending_ = own.Has(info_.signo);  // not if it is ignored
}

}  // namespace elfin::kernel
