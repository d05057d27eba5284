// The ready list and the timers: who goes on next, and when to look again.
//
//   WaitQueue::Wake…, Timer expiry, a signal        →  Wait moves to the ready list
//   Kernel::Step → ResumeReady                      →  its coroutine runs on until it waits again
//   or ends
//
// Waking never resumes from inside the waker: handlers can't be re-entered by what they wake.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace elfin::kernel {

class Host;
class Scheduler;
class Wait;

/// The expiries of a periodic timer that has expired: how many have come, up to `now`, and when the
/// next one is due, which is after `now` (INT64_MAX: never). Precondition: interval_ns > 0.
struct Expiries {
  int64_t count;
  int64_t next_ns;
};
inline Expiries ExpiriesUpTo(int64_t now_ns, int64_t deadline_ns, int64_t interval_ns) {
  Expiries expiries{1, INT64_MAX};
  if (now_ns > deadline_ns) expiries.count += (now_ns - deadline_ns) / interval_ns;
  int64_t later = 0;
  const bool overflows = __builtin_mul_overflow(expiries.count, interval_ns, &later) ||
                         __builtin_add_overflow(deadline_ns, later, &expiries.next_ns);
  if (overflows) expiries.next_ns = INT64_MAX;
  return expiries;
}

/// Something that happens at a time of the monotonic clock. Disarmed when destroyed.
class Timer {
 public:
  explicit Timer(Scheduler& scheduler) : scheduler_(scheduler) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { Disarm(); }

  /// Expire() is called once, at or after `deadline_ns` (HostClock::kMonotonic). Replaces an
  /// earlier one.
  void Arm(int64_t deadline_ns);
  void Disarm();
  bool armed() const { return armed_; }
  int64_t deadline() const { return deadline_; }

 private:
  friend class Scheduler;
  /// The timer is disarmed already and may be armed again from here.
  virtual void Expire() = 0;

  Scheduler& scheduler_;
  bool armed_ = false;
  int64_t deadline_ = 0;
};

class Scheduler {
 public:
  explicit Scheduler(Host& host) : host_(host) {}
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  /// The monotonic clock, ns.
  int64_t Now() const;
  /// Calls Expire() of every timer whose time has come.
  void ExpireTimers();
  /// Resumes what was ready when called (not what that makes ready). Returns how many.
  int ResumeReady();
  bool has_ready() const { return ready_head_ != nullptr; }
  std::optional<int64_t> next_deadline() const;

 private:
  friend class Timer;
  friend class Wait;
  void Append(Wait& wait);
  void Remove(Wait& wait);

  Host& host_;
  std::multimap<int64_t, Timer*> timers_;
  Wait* ready_head_ = nullptr;
  Wait* ready_tail_ = nullptr;
};

}  // namespace elfin::kernel
