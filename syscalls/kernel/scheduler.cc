#include "syscalls/kernel/scheduler.h"

#include "syscalls/kernel/host.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::kernel {

void Timer::Arm(int64_t deadline_ns) {
  Disarm();
  deadline_ = deadline_ns;
  armed_ = true;
  scheduler_.timers_.emplace(deadline_ns, this);
}

void Timer::Disarm() {
  if (!armed_) return;
  armed_ = false;
  auto [first, last] = scheduler_.timers_.equal_range(deadline_);
  for (auto timer = first; timer != last; ++timer) {
    if (timer->second != this) continue;
    scheduler_.timers_.erase(timer);
    return;
  }
}

Scheduler::~Scheduler() { CHECK(timers_.empty() && ready_head_ == nullptr); }

int64_t Scheduler::Now() const { return host_.Now(HostClock::kMonotonic); }

void Scheduler::ExpireTimers() {
  const int64_t now = timers_.empty() ? 0 : Now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    Timer* timer = timers_.begin()->second;
    timer->Disarm();
    timer->Expire();
  }
}

int Scheduler::ResumeReady() {
  int limit = 0;
  for (Wait* wait = ready_head_; wait != nullptr; wait = wait->ready_next_) ++limit;
  int count = 0;
  for (; count < limit && ready_head_ != nullptr; ++count) {
    Wait* wait = ready_head_;
    Remove(*wait);
    wait->state_ = Wait::State::kDone;
    wait->coroutine_.resume();  // `wait` is gone now
  }
  return count;
}

std::optional<int64_t> Scheduler::next_deadline() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first;
}

void Scheduler::Append(Wait& wait) {
  wait.ready_previous_ = ready_tail_;
  wait.ready_next_ = nullptr;
  (ready_tail_ != nullptr ? ready_tail_->ready_next_ : ready_head_) = &wait;
  ready_tail_ = &wait;
}

void Scheduler::Remove(Wait& wait) {
  (wait.ready_previous_ != nullptr ? wait.ready_previous_->ready_next_ : ready_head_) =
      wait.ready_next_;
  (wait.ready_next_ != nullptr ? wait.ready_next_->ready_previous_ : ready_tail_) =
      wait.ready_previous_;
  wait.ready_previous_ = wait.ready_next_ = nullptr;
}

}  // namespace elfin::kernel
