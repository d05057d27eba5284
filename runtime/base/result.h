// Result<T>: a value or an Errno. For everything that guest or disk can cause.
//
//   Result<Inode*> Lookup(...);
//   Inode* inode = TRY(Lookup(...));            // in a plain function: returns the errno on
//   failure CO_ASSIGN(Inode* inode, co_await Find(...)); // the same in a coroutine
//
// Only our own bugs are CHECKs (check.h); what is not supported yet is a value of its own.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/errno.h"

namespace elfin {

struct Unit {};

template <class T = Unit>
class [[nodiscard]] Result {
 public:
  using Value = T;
  Result(Errno error)
      : error_(error) {}  // NOLINT(google-explicit-constructor): `return Errno::kX;`
  template <class U = T, std::enable_if_t<std::is_convertible_v<U&&, T> &&
                                              !std::is_same_v<std::decay_t<U>, Errno> &&
                                              !std::is_same_v<std::decay_t<U>, Result>,
                                          int> = 0>
  Result(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  /// Precondition: !ok().
  Errno error() const {
    ELFIN_CHECK(!ok());
    return error_;
  }
  /// Precondition: ok().
  T& value() & {
    ELFIN_CHECK(ok());
    return *value_;
  }
  const T& value() const& {
    ELFIN_CHECK(ok());
    return *value_;
  }
  T&& value() && {
    ELFIN_CHECK(ok());
    return std::move(*value_);
  }
  T* operator->() { return &value(); }
  T& operator*() { return value(); }
  const T* operator->() const { return &value(); }
  const T& operator*() const { return value(); }

 private:
  std::optional<T> value_;
  Errno error_ = Errno::kInval;
};

using Status = Result<Unit>;
inline constexpr Unit kOk{};

/// The value that Linux puts into rax for a failed call. The only place where -errno is made.
inline int64_t ToSyscallReturn(Errno error) { return -static_cast<int64_t>(error); }
inline int64_t ToSyscallReturn(const Result<uint64_t>& result) {
  return result.ok() ? static_cast<int64_t>(result.value()) : ToSyscallReturn(result.error());
}

}  // namespace elfin

#define ELFIN_CONCAT_(a, b) a##b
#define ELFIN_CONCAT(a, b) ELFIN_CONCAT_(a, b)

/// The value of a Result expression; leaves the (plain) function with its errno on failure.
#define TRY(expression)                              \
  ({                                                 \
    auto try_result = (expression);                  \
    if (!try_result.ok()) return try_result.error(); \
    std::move(try_result).value();                   \
  })

/// Coroutines can't leave from within an expression: `CO_ASSIGN(auto x, co_await F());`,
/// `CO_TRY(F());`.
#define CO_ASSIGN(declaration, expression) \
  CO_ASSIGN_(declaration, expression, ELFIN_CONCAT(co_result_, __LINE__))
#define CO_ASSIGN_(declaration, expression, name) \
  auto name = (expression);                       \
  if (!name.ok()) co_return name.error();         \
  declaration = std::move(name).value()
#define CO_TRY(expression)                            \
  do {                                                \
    auto co_result = (expression);                    \
    if (!co_result.ok()) co_return co_result.error(); \
  } while (false)
