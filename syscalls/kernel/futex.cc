#include "syscalls/kernel/futex.h"

#include "syscalls/kernel/thread.h"

namespace elfin::kernel {

/// Lives in the waiting coroutine's frame, and takes itself off the list when that is destroyed.
struct Futexes::Waiter {
  Waiter(Futexes& futexes, Key key, uint32_t bitset)
      : bitset(bitset), futexes_(futexes), place(futexes.waiters_.emplace(key, this)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!woken) futexes_.waiters_.erase(place);
  }
  void Release() {
    woken = true;
    futexes_.waiters_.erase(place);
    queue.WakeAll();
  }
  void MoveTo(Key key) {
    futexes_.waiters_.erase(place);
    place = futexes_.waiters_.emplace(key, this);
  }

  const uint32_t bitset;
  bool woken = false;
  WaitQueue queue;

 private:
  Futexes& futexes_;
  Waiters::iterator place;
};

Task<Status> Futexes::WaitOn(Thread& thread, Key key, uint32_t bitset,
                             std::optional<int64_t> deadline_ns) {
  Waiter waiter(*this, key, bitset);
  while (!waiter.woken) {
    Wait wait(thread);
    wait.On(waiter.queue);
    if (deadline_ns) wait.Until(*deadline_ns);
    Status status = co_await wait;
    if (!status.ok() && !waiter.woken) co_return status;
  }
  co_return kOk;
}

uint64_t Futexes::Wake(Key key, uint64_t count, uint32_t bitset) {
  uint64_t woken = 0;
  auto [next, last] = waiters_.equal_range(key);
  while (woken < count && next != last) {
    Waiter* waiter = next->second;
    ++next;
    if ((waiter->bitset & bitset) == 0) continue;
    waiter->Release();
    ++woken;
  }
  return woken;
}

uint64_t Futexes::Requeue(Key from, Key to, uint64_t wake, uint64_t move) {
  uint64_t count = Wake(from, wake, UINT32_MAX);
  if (from == to) return count;
  auto [next, last] = waiters_.equal_range(from);
  for (uint64_t moved = 0; moved < move && next != last; ++moved, ++count) {
    Waiter* waiter = next->second;
    ++next;
    waiter->MoveTo(to);
  }
  return count;
}

}  // namespace elfin::kernel
