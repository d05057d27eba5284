// One timer of timer_create(2).
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// Sends its signal when it expires; expiries while that is still pending are counted as overruns.
class PosixTimer final : public Timer {
 public:
  /// `target`: the thread of SIGEV_THREAD_ID; 0: the process. Signal 0: nobody is told
  /// (SIGEV_NONE).
  PosixTimer(Process& process, int32_t number, int32_t clock, abi::SigInfo info, Tid target);

  int32_t clock() const { return clock_; }
  /// Sets it to expire at a time of the monotonic clock and then every `interval_ns` (0: once).
  void Start(int64_t deadline_ns, int64_t interval_ns);
  void Stop();
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
  int64_t interval_ns_ = 0;
  int32_t missed_ = 0;  // expiries since the signal became pending, but the first
  int32_t overrun_ = 0;
  bool is_pending_ = false;
};

}  // namespace elfin::kernel
