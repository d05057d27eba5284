// Task<T>: the result of work that may have to wait.
//
// A Task is a T that is there already, or a coroutine that will produce one:
//
//   Task<Result<uint64_t>> Read(...) {            // needn't wait: a plain function, no frame is
//   made
//     if (bytes_ready) return TRY(Take(...));     // TRY and `return Errno::kX;` work as usual
//     return ReadSlowly(...);
//   }
//   Task<Result<uint64_t>> ReadSlowly(...) {      // waits: a coroutine
//     CO_TRY(co_await queue.Wait(thread));
//     co_return uint64_t{1};
//   }
//
// A coroutine starts at once (eagerly) and runs to its first real wait, so that one which finds all
// it needs is ready when its Task comes back, and awaiting that never suspends. A loop over such
// calls does not grow the stack. When a waiting one ends, it resumes whoever awaits it (one awaiter
// at most).
//
// Lifetime: destroying a Task destroys the coroutine where it stands, with all its locals and the
// tasks that it awaits; that is how a blocked system call of a killed process ends. References
// among a coroutine's parameters must outlive the Task (parameters by value are copied into the
// frame); lambdas with captures must not be coroutines. No pointer into guest memory is kept across
// a co_await. Not thread-safe: one kernel, one thread.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/coroutine.h"

namespace elfin {

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  /// A Task that is ready: from a T or whatever converts to one (`return Errno::kBadF;`).
  template <class U,
            std::enable_if_t<
                std::is_convertible_v<U&&, T> && !std::is_same_v<std::decay_t<U>, Task>, int> = 0>
  Task(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

  Task(Task&& other) noexcept
      : value_(std::move(other.value_)), handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      value_ = std::move(other.value_);
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Whether the value is there.
  bool ready() const { return !handle_ || handle_.done(); }
  /// Moves the value out. Precondition: ready(), and not taken before.
  T Take() {
    ELFIN_CHECK(ready());
    std::optional<T>& value = handle_ ? handle_.promise().value : value_;
    ELFIN_CHECK(value.has_value());
    return *std::move(value);
  }

  // The awaiter's three functions: `T value = co_await std::move(task);` or `co_await F()`.
  bool await_ready() const noexcept { return ready(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
  }
  T await_resume() { return Take(); }

 private:
  explicit Task(Handle handle) : handle_(handle) {}

  std::optional<T> value_;
  Handle handle_;
};

template <class T>
struct Task<T>::promise_type {
  /// Suspends for good and goes on with whoever awaits this coroutine.
  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(Handle ended) const noexcept {
      std::coroutine_handle<> next = ended.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  Task get_return_object() { return Task(Handle::from_promise(*this)); }
  std::suspend_never initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  void unhandled_exception() { ELFIN_CHECK(false); }

  std::optional<T> value;
  std::coroutine_handle<> continuation;
};

}  // namespace elfin
