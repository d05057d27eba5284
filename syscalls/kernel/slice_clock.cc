#include "syscalls/kernel/slice_clock.h"

#include <algorithm>

namespace elfin::kernel {

constexpr int64_t kAskEveryNs = 1'000'000;

void SliceClock::Begin() { begin_ns_ = host_.Now(HostClock::kMonotonic); }

bool SliceClock::IsTimeToAsk(int64_t now_ns) const { return now_ns - asked_ns_ >= kAskEveryNs; }

int64_t SliceClock::CpuOf(int64_t wall_ns, int64_t cpu_now_ns) const {
  return std::clamp<int64_t>(cpu_now_ns - asked_cpu_ns_ - counted_ns_, 0, wall_ns);
}

SliceClock::Slice SliceClock::Elapsed() const {
  const int64_t wall_ns = std::max<int64_t>(host_.Now(HostClock::kMonotonic) - begin_ns_, 0);
  return {wall_ns, CpuOf(wall_ns, host_.Now(HostClock::kCpu))};
}

SliceClock::Slice SliceClock::End() {
  const int64_t now_ns = host_.Now(HostClock::kMonotonic);
  const int64_t wall_ns = std::max<int64_t>(now_ns - begin_ns_, 0);
  if (!IsTimeToAsk(now_ns)) {
    counted_ns_ += wall_ns;
    return {wall_ns, wall_ns};
  }
  const int64_t cpu_now_ns = host_.Now(HostClock::kCpu);
  const Slice slice = {wall_ns, CpuOf(wall_ns, cpu_now_ns)};
  asked_ns_ = now_ns;
  asked_cpu_ns_ = cpu_now_ns;
  counted_ns_ = 0;
  return slice;
}

}  // namespace elfin::kernel
