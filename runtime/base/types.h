// Strong types for guest values: they can't be mixed up with each other or with host pointers.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace elfin {

inline constexpr uint64_t kPageSize = 4096;
inline constexpr uint64_t kPageShift = 12;

constexpr uint64_t RoundDown(uint64_t value, uint64_t unit) { return value / unit * unit; }
constexpr uint64_t RoundUp(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// An address in guest space, 64 bits as the guest wrote it: nothing says that anything is mapped
/// there.
struct GuestAddr {
  uint64_t value = 0;

  constexpr auto operator<=>(const GuestAddr&) const = default;
  constexpr GuestAddr operator+(uint64_t offset) const { return {value + offset}; }
  constexpr GuestAddr operator-(uint64_t offset) const { return {value - offset}; }
  constexpr uint64_t operator-(GuestAddr other) const { return value - other.value; }
  constexpr bool is_null() const { return value == 0; }
};

/// A guest address that points at a T in the guest's layout (a struct of syscalls/abi, an integer).
template <class T>
struct GuestPtr {
  GuestAddr address;

  constexpr bool is_null() const { return address.is_null(); }
  constexpr GuestPtr operator+(uint64_t count) const { return {address + count * sizeof(T)}; }
};

/// A file descriptor number.
struct Fd {
  int32_t value = -1;
  constexpr auto operator<=>(const Fd&) const = default;
};

}  // namespace elfin

template <>
struct std::hash<elfin::GuestAddr> {
  size_t operator()(elfin::GuestAddr a) const noexcept { return std::hash<uint64_t>()(a.value); }
};
