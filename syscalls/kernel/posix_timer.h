// One timer of timer_create(2).
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// A clock may also count the processor time of its process or of one thread; then it is looked at
/// after each time slice, and as fine as slices are.
/// Sends its signal when it expires; expiries while that is still pending are counted as overruns.
class PosixTimer final : public Timer {
 public:
  /// `target`: the thread of SIGEV_THREAD_ID; 0: the process. Signal 0: nobody is told
  /// (SIGEV_NONE). `measured`: the thread of CLOCK_THREAD_CPUTIME_ID.
  PosixTimer(Process& process, int32_t number, int32_t clock, abi::SigInfo info, Tid target,
             Tid measured);

  int32_t clock() const { return clock_; }
  bool on_processor_time() const;
  /// ns of the processor time that it counts, or of the monotonic clock.
  int64_t Now() const;
  /// Sets it to expire when Now() is `deadline_ns`, and then every `interval_ns` (0: once).
  void Start(int64_t deadline_ns, int64_t interval_ns);
  void Stop();
  /// Expires if its processor time has come. No slice of the process runs.
  void CheckProcessorTime();
  /// ns; 0: it is off.
  int64_t remaining_ns() const;
  int64_t interval_ns() const { return interval_ns_; }
  /// timer_getoverrun(2): of the signal delivered last.
  int32_t overrun() const { return overrun_; }
  /// Its signal is being delivered: what si_overrun says.
  int32_t TakeOverrun();
  int32_t number() const { return info_.timer.id; }

 private:
  void Expire() override;

  Process& process_;
  const int32_t clock_;
  abi::SigInfo info_;
  const Tid target_;
  const Tid measured_;
  int64_t deadline_ns_ = 0;  // 0: off
  int64_t interval_ns_ = 0;
  int32_t missed_ = 0;  // expiries since the signal became pending, but the first
  int32_t overrun_ = 0;
  bool is_pending_ = false;
};

}  // namespace elfin::kernel
