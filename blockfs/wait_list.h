// WaitList: coroutines that wait for an event. Background: a coroutine that nobody waits for.
#pragma once

#include <algorithm>
#include <vector>

#include "runtime/base/coroutine.h"

namespace elfin::blockfs {

/// `co_await list;` waits until the next WakeAll(). A coroutine that is destroyed while it waits
/// leaves the list. The list outlives those who wait on it.
class WaitList {
 public:
  class Waiter {
   public:
    explicit Waiter(WaitList& list) : list_(list) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { std::erase(list_.waiters_, this); }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      handle_ = waiting;
      list_.waiters_.push_back(this);
    }
    void await_resume() const noexcept {}

   private:
    friend class WaitList;
    WaitList& list_;
    std::coroutine_handle<> handle_;
  };

  Waiter operator co_await() { return Waiter(*this); }
  bool empty() const { return waiters_.empty(); }
  void WakeOne() {
    if (waiters_.empty()) return;
    Waiter* first = waiters_.front();
    waiters_.erase(waiters_.begin());
    first->handle_.resume();
  }
  /// Those who begin to wait meanwhile are not woken.
  void WakeAll() {
    for (size_t count = waiters_.size(); count > 0 && !waiters_.empty(); --count) WakeOne();
  }

 private:
  std::vector<Waiter*> waiters_;
};

/// What a coroutine returns that runs on by itself: its frame goes when it ends, whoever started
/// it.
struct Background {
  struct promise_type {
    Background get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};

}  // namespace elfin::blockfs
