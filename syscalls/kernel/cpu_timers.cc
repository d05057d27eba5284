#include "syscalls/kernel/cpu_timers.h"

#include <algorithm>

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

namespace {

int64_t TimeComputed(const Process& process) {
  const CpuTime time = process.kernel.TimeOf(process);
  return time.user + time.system;
}

}  // namespace

int64_t CpuTimers::Now() const { return TimeComputed(process_); }

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

void CheckProcessorLimit(Process& process) {
  ResourceLimit& limit = process.limits[Resource::kCpu];
  if (limit.current == kUnlimited || process.exit_status) return;
  constexpr uint64_t kSecond = 1'000'000'000;
  const uint64_t seconds = static_cast<uint64_t>(TimeComputed(process)) / kSecond;
  if (seconds >= limit.maximum) {
    SendToProcess(process, KernelInfo(abi::kSigKill));
  } else if (seconds >= limit.current) {
    SendToProcess(process, KernelInfo(abi::kSigXCpu));
    ++limit.current;
  }
}

}  // namespace elfin::kernel
