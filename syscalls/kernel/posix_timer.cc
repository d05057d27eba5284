#include "syscalls/kernel/posix_timer.h"

#include <algorithm>

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

PosixTimer::PosixTimer(Process& process, int32_t number, int32_t clock, abi::SigInfo info,
                       Tid target)
    : Timer(process.kernel.scheduler()),
      process_(process),
      clock_(clock),
      info_(info),
      target_(target) {
  info_.code = abi::kSiTimer;
  info_.timer.id = number;
  info_.timer.overrun = 0;
}

void PosixTimer::Start(int64_t deadline_ns, int64_t interval_ns) {
  interval_ns_ = interval_ns;
  Arm(deadline_ns);
}

void PosixTimer::Stop() {
  interval_ns_ = 0;
  Disarm();
}

int64_t PosixTimer::remaining_ns() const {
  if (!armed()) return 0;
  return std::max<int64_t>(deadline() - process_.kernel.scheduler().Now(), 1);
}

int32_t PosixTimer::TakeOverrun() {
  is_pending_ = false;
  overrun_ = missed_;
  missed_ = 0;
  return overrun_;
}

void PosixTimer::Expire() {
  int64_t expiries = 1;
  if (interval_ns_ > 0) {
    const int64_t late = process_.kernel.scheduler().Now() - deadline();
    expiries += late / interval_ns_;
    Arm(deadline() + expiries * interval_ns_);
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
