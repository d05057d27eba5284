// Detach: lets an operation that others depend on run to its end, also when whoever waits for it is
// destroyed (a system call of a killed process).
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "blockfs/wait_list.h"
#include "runtime/base/task.h"

namespace elfin::blockfs {

template <class T>
struct DetachedOutcome {
  std::optional<T> value;
  WaitList done;
};

template <class T>
Background RunDetached(Task<T> task, std::shared_ptr<DetachedOutcome<T>> outcome) {
  outcome->value.emplace(co_await std::move(task));
  outcome->done.WakeAll();
}

template <class T>
Task<T> AwaitDetached(std::shared_ptr<DetachedOutcome<T>> outcome) {
  while (!outcome->value.has_value()) co_await outcome->done;
  co_return *std::move(outcome->value);
}

/// `task` must own all that it uses: references among its parameters have to live on by themselves.
template <class T>
Task<T> Detach(Task<T> task) {
  if (task.ready()) return task;
  auto outcome = std::make_shared<DetachedOutcome<T>>();
  RunDetached(std::move(task), outcome);
  return AwaitDetached(std::move(outcome));
}

}  // namespace elfin::blockfs
