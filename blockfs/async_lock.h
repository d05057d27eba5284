// AsyncLock: many readers or one writer, among coroutines. First come, first served.
//
//   const AsyncLock::Guard guard = co_await lock.Shared();     // held until the guard goes
//
// Not recursive: who holds it must not ask for it again.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "runtime/base/task.h"

namespace elfin::blockfs {

class AsyncLock {
 public:
  class [[nodiscard]] Guard {
   public:
    Guard() = default;
    Guard(Guard&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
    Guard& operator=(Guard&& other) noexcept {
      Release();
      lock_ = std::exchange(other.lock_, nullptr);
      return *this;
    }
    ~Guard() { Release(); }
    void Release() {
      if (AsyncLock* lock = std::exchange(lock_, nullptr)) lock->Leave();
    }

   private:
    friend class AsyncLock;
    explicit Guard(AsyncLock& lock) : lock_(&lock) {}
    AsyncLock* lock_ = nullptr;
  };

  /// Whether Shared would give it at once: enough for what doesn't wait meanwhile.
  bool IsFreeForReaders() const { return queue_.empty() && Free(Kind::kShared); }
  Task<Guard> Shared() { return Enter(Kind::kShared); }
  Task<Guard> Exclusive() { return Enter(Kind::kExclusive); }

 private:
  enum class Kind { kShared, kExclusive };
  struct Waiter {
    AsyncLock& lock;
    Kind kind;
    bool queued = false;
    std::coroutine_handle<> handle = nullptr;

    ~Waiter() {
      if (!queued) return;
      std::erase(lock.queue_, this);
      lock.Admit();
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      handle = waiting;
      queued = true;
      lock.queue_.push_back(this);
    }
    void await_resume() const noexcept {}
  };

  bool Free(Kind kind) const {
    return kind == Kind::kShared ? !writing_ : !writing_ && readers_ == 0;
  }
  void Take(Kind kind) {
    if (kind == Kind::kShared) {
      ++readers_;
    } else {
      writing_ = true;
    }
  }
  Task<Guard> Enter(Kind kind) {
    if (!queue_.empty() || !Free(kind)) return Wait(kind);
    Take(kind);
    return Guard(*this);
  }
  Task<Guard> Wait(Kind kind) {
    Waiter waiter{*this, kind};
    co_await waiter;
    co_return Guard(*this);
  }
  void Leave() {
    if (writing_) {
      writing_ = false;
    } else {
      --readers_;
    }
    Admit();
  }
  void Admit() {
    while (!queue_.empty() && Free(queue_.front()->kind)) {
      Waiter* next = queue_.front();
      queue_.pop_front();
      next->queued = false;
      Take(next->kind);
      next->handle.resume();
    }
  }

  size_t readers_ = 0;
  bool writing_ = false;
  std::deque<Waiter*> queue_;
};

}  // namespace elfin::blockfs
