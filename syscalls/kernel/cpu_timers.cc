#include "syscalls/kernel/cpu_timers.h"

#include <algorithm>

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

int64_t CpuTimers::Now() const {
  const CpuTime time = process_.kernel.TimeOf(process_);
  return time.user + time.system;
}

void CpuTimers::Set(Kind kind, int64_t value_ns, int64_t interval_ns) {
  timers_[kind] = {value_ns == 0 ? 0 : Now() + std::min(value_ns, INT64_MAX - Now()), interval_ns};
}

int64_t CpuTimers::remaining_ns(Kind kind) const {
  const int64_t deadline_ns = timers_[kind].deadline_ns;
  return deadline_ns == 0 ? 0 : std::max<int64_t>(deadline_ns - Now(), 1);
}

void CpuTimers::Check() {
  const int64_t now = Now();
  for (const Kind kind : {kVirtual, kProfiling}) {
    Timer& timer = timers_[kind];
    if (timer.deadline_ns == 0 || now < timer.deadline_ns) continue;
    timer.deadline_ns = timer.interval_ns == 0
                            ? 0
                            : ExpiriesUpTo(now, timer.deadline_ns, timer.interval_ns).next_ns;
    SendToProcess(process_, KernelInfo(kind == kVirtual ? abi::kSigVtAlrm : abi::kSigProf));
  }
}

}  // namespace elfin::kernel
