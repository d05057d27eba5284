// How a system call waits: `co_await` on wait queues, with a deadline, interrupted by signals.
//
//   while (buffer.empty()) {
//     CO_TRY(co_await queue.Wait(thread));            // woken, or the errno for the guest
//   }
//
//   Wait wait(thread);                                // poll: several queues and a deadline
//   for (File* file : files) wait.On(file->queue());
//   wait.Until(deadline_ns);
//   Status status = co_await wait;
//
// Waking up is a hint: look at the condition again. The condition must be looked at without a
// co_await between that and the wait (there is one kernel thread, so nothing can happen in
// between).
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>

#include "runtime/base/coroutine.h"
#include "runtime/base/result.h"
#include "syscalls/kernel/queue_listener.h"
#include "syscalls/kernel/scheduler.h"

namespace elfin::kernel {

class Thread;
class WaitQueue;

/// One wait of one coroutine, an awaiter. Lives in the coroutine's frame; co_await it at most once.
/// Destroying it (with its coroutine) takes it off everything that it waits on.
///
/// Result of co_await:
///   kOk           woken by a queue
///   kRestartSys   a signal is deliverable to the thread. Return it unchanged where Linux restarts
///   the
///                 call (read, wait4, futex…), or turn it into kIntr (poll, select, sleeping calls)
///                 or kRestartNoHand or kRestartBlock; signals.h decides what the guest sees.
///   kTimedOut     the deadline passed
class Wait {
 public:
  /// Interrupted by signals for `thread`.
  explicit Wait(Thread& thread);
  /// Not interruptible (disk blocks, loading at spawn).
  explicit Wait(Scheduler& scheduler);
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait();

  /// Woken by this queue too. A queue that is destroyed wakes its waiters.
  void On(WaitQueue& queue);
  /// Gives up at this time of the monotonic clock (Scheduler::Now); at once if it is past.
  void Until(int64_t deadline_ns);
  /// Lets everybody else go first: the coroutine goes on in the next Step, when no cpu runs.
  void Yield();

  bool await_ready();
  void await_suspend(std::coroutine_handle<> coroutine);
  Status await_resume();

  /// For the kernel: ends the wait with kRestartSys (a signal has come).
  void Interrupt();

 private:
  friend class Scheduler;
  friend class WaitQueue;

  struct Link {
    Wait* wait = nullptr;
    WaitQueue* queue = nullptr;
    Link* previous = nullptr;
    Link* next = nullptr;
  };
  class Deadline final : public Timer {
   public:
    Deadline(Scheduler& scheduler, Wait& wait) : Timer(scheduler), wait_(wait) {}

   private:
    void Expire() override;
    Wait& wait_;
  };
  enum class State { kNew, kWaiting, kReady, kDone };

  void Finish(Status result);
  void Unlink();

  Scheduler& scheduler_;
  Thread* thread_ = nullptr;
  State state_ = State::kNew;
  Status result_ = kOk;
  std::list<Link> links_;
  Deadline timer_;
  std::optional<int64_t> deadline_;
  bool yields_ = false;
  std::coroutine_handle<> coroutine_;
  Wait* ready_previous_ = nullptr;
  Wait* ready_next_ = nullptr;
};

/// Coroutines that wait for one thing, in order of arrival.
class WaitQueue {
 public:
  WaitQueue() = default;
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;
  ~WaitQueue() { WakeAll(0); }

  /// Wakes up to `count` waiters, no listener; returns how many.
  size_t Wake(size_t count);
  /// Wakes all waiters, and tells the listeners which vfs::PollBits may have become true (0: none).
  void WakeAll(uint32_t events = kAnyEvent);
  bool empty() const { return head_ == nullptr; }
  ListenerList& listeners() { return listeners_; }

  /// What `co_await queue.Wait(thread)` awaits.
  struct Awaiter : kernel::Wait {
    template <class Who>
    Awaiter(WaitQueue& queue, Who& who) : kernel::Wait(who) {
      On(queue);
    }
    template <class Who>
    Awaiter(WaitQueue& queue, Who& who, int64_t deadline_ns) : Awaiter(queue, who) {
      Until(deadline_ns);
    }
  };
  Awaiter Wait(Thread& thread) { return Awaiter(*this, thread); }
  Awaiter WaitUntil(Thread& thread, int64_t deadline_ns) {
    return Awaiter(*this, thread, deadline_ns);
  }
  /// For work that no signal interrupts.
  Awaiter WaitUninterruptibly(Scheduler& scheduler) { return Awaiter(*this, scheduler); }

 private:
  friend class kernel::Wait;
  kernel::Wait::Link* head_ = nullptr;
  kernel::Wait::Link* tail_ = nullptr;
  ListenerList listeners_;
};

}  // namespace elfin::kernel
