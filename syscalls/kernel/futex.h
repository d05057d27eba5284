// Futexes: waiters by guest address (futex(2)).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>

#include "runtime/base/result.h"
#include "runtime/base/task.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::kernel {

class Thread;

/// Keyed by process and address: processes share no memory yet.
class Futexes {
 public:
  struct Key {
    int32_t process;
    uint64_t address;
    auto operator<=>(const Key&) const = default;
  };

  /// Waits until woken by a mask that has a bit in common with `bitset`. The caller has compared
  /// the futex word. Errors: those of Wait.
  Task<Status> WaitOn(Thread& thread, Key key, uint32_t bitset, std::optional<int64_t> deadline_ns);
  /// Wakes up to `count` waiters; returns how many.
  uint64_t Wake(Key key, uint64_t count, uint32_t bitset);
  /// Wakes up to `wake`, lets up to `move` of the rest wait at `to`; returns how many were woken
  /// and moved.
  uint64_t Requeue(Key from, Key to, uint64_t wake, uint64_t move);

 private:
  struct Waiter;
  using Waiters = std::multimap<Key, Waiter*>;
  Waiters waiters_;
};

}  // namespace elfin::kernel
