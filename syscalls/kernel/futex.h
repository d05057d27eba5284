// Futexes: wait queues by guest address (futex(2)).
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "runtime/base/result.h"
#include "runtime/base/task.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::kernel {

class Thread;

/// Keyed by process and address; what processes share is not there yet, since they share no memory.
class Futexes {
 public:
  struct Key {
    int32_t process;
    uint64_t address;
    auto operator<=>(const Key&) const = default;
  };

  /// Waits until woken by a mask that has a bit in common with `bitset`. The caller has compared the
  /// futex word. Errors: those of Wait.
  Task<Status> WaitOn(Thread& thread, Key key, uint32_t bitset, std::optional<int64_t> deadline_ns);
  /// Wakes up to `count` waiters; returns how many.
  uint64_t Wake(Key key, uint64_t count, uint32_t bitset);
  /// Wakes up to `wake_count`, moves up to `move_count` of the rest to `to`; returns woken + moved.
  uint64_t Requeue(Key from, Key to, uint64_t wake_count, uint64_t move_count, uint64_t* woken);

 private:
  struct Waiter {
    Key key;
    uint32_t bitset;
    bool woken = false;
    WaitQueue queue;
  };
  std::multimap<Key, Waiter*> waiters_;
};

}  // namespace elfin::kernel
