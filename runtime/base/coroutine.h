// <coroutine>, also where the standard library has none.
//
// g++ 12 has the header. clang 14 with libc++ 13 (Debian's em++) compiles C++20 coroutines under
// -std=c++20 without a further flag, looks for the types in namespace std, and lacks only the
// header: the part of it that task.h needs is below. Continuing another coroutine is a tail call
// there (-mtail-call). Don't include <experimental/coroutine> beside this.
#pragma once

#if __has_include(<coroutine>)
#include <coroutine>
#else

#include <cstddef>

namespace std {

template <class R, class... Arguments>
struct coroutine_traits {
  using promise_type = typename R::promise_type;
};

template <class Promise = void>
struct coroutine_handle;

template <>
struct coroutine_handle<void> {
  constexpr coroutine_handle() noexcept = default;
  constexpr coroutine_handle(nullptr_t) noexcept {}
  static constexpr coroutine_handle from_address(void* frame) noexcept {
    coroutine_handle handle;
    handle.frame_ = frame;
    return handle;
  }
  constexpr void* address() const noexcept { return frame_; }
  constexpr explicit operator bool() const noexcept { return frame_ != nullptr; }
  bool done() const { return __builtin_coro_done(frame_); }
  void resume() const { __builtin_coro_resume(frame_); }
  void operator()() const { resume(); }
  void destroy() const { __builtin_coro_destroy(frame_); }

 protected:
  void* frame_ = nullptr;
};

template <class Promise>
struct coroutine_handle : coroutine_handle<> {
  constexpr coroutine_handle() noexcept = default;
  constexpr coroutine_handle(nullptr_t) noexcept {}
  static constexpr coroutine_handle from_address(void* frame) noexcept {
    coroutine_handle handle;
    handle.frame_ = frame;
    return handle;
  }
  static coroutine_handle from_promise(Promise& promise) {
    coroutine_handle handle;
    handle.frame_ = __builtin_coro_promise(reinterpret_cast<char*>(__builtin_addressof(promise)),
                                           alignof(Promise), /*from=*/true);
    return handle;
  }
  Promise& promise() const {
    return *static_cast<Promise*>(__builtin_coro_promise(frame_, alignof(Promise), /*from=*/false));
  }
};

inline coroutine_handle<> noop_coroutine() noexcept {
  return coroutine_handle<>::from_address(__builtin_coro_noop());
}

struct suspend_never {
  constexpr bool await_ready() const noexcept { return true; }
  constexpr void await_suspend(coroutine_handle<>) const noexcept {}
  constexpr void await_resume() const noexcept {}
};

struct suspend_always {
  constexpr bool await_ready() const noexcept { return false; }
  constexpr void await_suspend(coroutine_handle<>) const noexcept {}
  constexpr void await_resume() const noexcept {}
};

}  // namespace std

#endif
