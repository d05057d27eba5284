#include "syscalls/kernel/futex.h"

#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

/// Lives in the waiting coroutine's frame, and takes itself off the list when that is destroyed.
struct Futexes::Waiter {
  Waiter(Futexes& futexes, Key key, uint32_t bitset, int32_t tid)
      : bitset(bitset), tid(tid), futexes_(futexes), place(futexes.waiters_.emplace(key, this)) {}
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
  const int32_t tid;
  bool woken = false;
  WaitQueue queue;

 private:
  Futexes& futexes_;
  Waiters::iterator place;
};

Futexes::Key Futexes::KeyOf(const memory::AddressSpace& space, GuestAddr address, bool is_private) {
  if (!is_private) {
    const auto [pages, offset] = space.FindShared(address.value);
    if (pages != nullptr) return {pages, offset};
  }
  return {&space, address.value};
}

Task<Status> Futexes::WaitOn(Thread& thread, Key key, uint32_t bitset,
                             std::optional<int64_t> deadline_ns) {
  Waiter waiter(*this, key, bitset, thread.tid());
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

Futexes::First Futexes::FirstWaiter(Key key) const {
  const auto [first, last] = waiters_.equal_range(key);
  if (first == last) return {};
  return {first->second->tid, std::next(first) != last};
}

namespace {

/// struct robust_list_head.
struct RobustListHead {
  uint64_t first;
  int64_t lock_offset;
  uint64_t pending;
};
constexpr uint64_t kPriorityInheritance = 1;  // in a pointer to an entry
constexpr int kMaxRobustLocks = 2048;         // ROBUST_LIST_LIMIT

void ReleaseRobustLock(Thread& thread, uint64_t entry, int64_t lock_offset) {
  memory::AddressSpace& space = *thread.process().memory;
  const uint64_t address = (entry & ~kPriorityInheritance) + static_cast<uint64_t>(lock_offset);
  const GuestPtr<uint32_t> lock{{address}};
  const Result<uint32_t> word = space.CopyIn(lock);
  if (!word.ok() || address % sizeof(uint32_t) != 0) return;
  if ((word.value() & kFutexOwner) != static_cast<uint32_t>(thread.tid())) return;
  const uint32_t now = (word.value() & kFutexWaiters) | kFutexOwnerDied;
  if (!space.CopyOut(lock, now).ok()) return;
  if ((now & kFutexWaiters) != 0) {
    thread.kernel().futexes().Wake(Futexes::KeyOf(space, {address}), 1, UINT32_MAX);
  }
}

}  // namespace

// Linux's exit_robust_list, kernel/futex/core.c.
void ReleaseRobustLocks(Thread& thread) {
  if (thread.robust_list == 0) return;
  const GuestAddr head_at{thread.robust_list};
  thread.robust_list = 0;
  const memory::AddressSpace& space = *thread.process().memory;
  const Result<RobustListHead> head = space.CopyIn(GuestPtr<RobustListHead>{head_at});
  if (!head.ok()) return;
  const auto& [first, lock_offset, pending] = head.value();
  uint64_t entry = first;
  for (int n = 0; n < kMaxRobustLocks; ++n) {
    const GuestAddr at{entry & ~kPriorityInheritance};
    if (at.value == head_at.value) break;
    const Result<uint64_t> next = space.CopyIn(GuestPtr<uint64_t>{at});
    if (entry != pending) ReleaseRobustLock(thread, entry, lock_offset);
    if (!next.ok()) break;
    entry = next.value();
  }
  if (pending != 0) ReleaseRobustLock(thread, pending, lock_offset);
}

}  // namespace elfin::kernel
