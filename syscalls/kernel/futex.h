// Futexes: waiters by the word that they wait on (futex(2)).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>

#include "runtime/base/result.h"
#include "runtime/base/task.h"
#include "runtime/base/types.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::memory {
class AddressSpace;
}

namespace elfin::kernel {

class Thread;

/// A futex word that belongs to a lock: who holds it, and what else is known (linux/futex.h).
inline constexpr uint32_t kFutexOwner = 0x3fff'ffff;  // the holder's tid
inline constexpr uint32_t kFutexOwnerDied = 0x4000'0000;
inline constexpr uint32_t kFutexWaiters = 0x8000'0000;

/// Keyed by what all see who share the word: memory and address, or shared pages and offset.
class Futexes {
 public:
  struct Key {
    const void* scope;  // an address space or shared pages
    uint64_t offset;
    auto operator<=>(const Key&) const = default;
  };
  /// is_private: FUTEX_PRIVATE_FLAG, nobody outside this memory is meant.
  static Key KeyOf(const memory::AddressSpace& space, GuestAddr address, bool is_private = false);

  /// Waits until woken by a mask that has a bit in common with `bitset`. The caller has compared
  /// the futex word. Errors: those of Wait.
  Task<Status> WaitOn(Thread& thread, Key key, uint32_t bitset, std::optional<int64_t> deadline_ns);
  /// Wakes up to `count` waiters; returns how many.
  uint64_t Wake(Key key, uint64_t count, uint32_t bitset);
  /// Wakes up to `wake`, lets up to `move` of the rest wait at `to`; returns how many were woken
  /// and moved.
  uint64_t Requeue(Key from, Key to, uint64_t wake, uint64_t move);
  /// Who waits longest there, and whether others do; a tid of 0: nobody.
  struct First {
    int32_t tid = 0;
    bool others = false;
  };
  First FirstWaiter(Key key) const;

 private:
  struct Waiter;
  using Waiters = std::multimap<Key, Waiter*>;
  Waiters waiters_;
};

/// What the end of a thread does to the locks of its robust list (get_robust_list(2)): marks them
/// and wakes one waiter each.
void ReleaseRobustLocks(Thread& thread);

}  // namespace elfin::kernel
