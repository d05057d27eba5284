// SliceClock: how much processor time a thread's turn takes.
//
// The host's processor clock is what counts, since on a busy machine a turn lasts longer than it
// works; but asking for it costs more than a short turn. So it is asked at most once a millisecond:
// turns in between count by the wall clock, and what that was too much is taken off later ones.
//
//   ask ── turn ── turn ── … ── turn ── ask:  sum of the turns ← what the processor clock says, at
//   most
//          wall    wall          rest         each by the wall clock
#ifndef ELFIN_SYSCALLS_KERNEL_SLICE_CLOCK_H_
#define ELFIN_SYSCALLS_KERNEL_SLICE_CLOCK_H_

#include <cstdint>

#include "syscalls/kernel/host.h"

namespace elfin::kernel {

class SliceClock {
 public:
  struct Slice {
    int64_t wall_ns = 0;
    int64_t cpu_ns = 0;  // 0 to wall_ns
  };

  explicit SliceClock(Host& host) : host_(host) {}

  /// A thread begins to run. Nothing else runs until End.
  void Begin();

  /// Of the turn that has begun, so far. Its cpu_ns never shrinks, End's included.
  Slice Elapsed() const;

  /// The turn is over.
  Slice End();

 private:
  bool IsTimeToAsk(int64_t now_ns) const;
  int64_t CpuOf(int64_t wall_ns, int64_t cpu_now_ns) const;

  Host& host_;
  int64_t begin_ns_ = 0;
  // At the last question to the processor clock:
  int64_t asked_ns_ = 0;
  int64_t asked_cpu_ns_ = 0;
  int64_t counted_ns_ = 0;  // turns since then
};

}  // namespace elfin::kernel

#endif  // ELFIN_SYSCALLS_KERNEL_SLICE_CLOCK_H_
