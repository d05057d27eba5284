// 128-bit integers as two halves. The compilers' own __int128 calls a runtime library on
// WebAssembly, which cpu.wasm does not have.
#pragma once

#include <cstdint>

namespace elfin::cpu::float80 {

struct Uint128 {
  uint64_t high = 0;
  uint64_t low = 0;

  constexpr bool operator==(const Uint128&) const = default;
  constexpr bool is_zero() const { return (high | low) == 0; }
};

constexpr bool Less(Uint128 a, Uint128 b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}
constexpr Uint128 Plus(Uint128 a, Uint128 b) {
  const uint64_t low = a.low + b.low;
  return {a.high + b.high + (low < a.low), low};
}
constexpr Uint128 Minus(Uint128 a, Uint128 b) {
  return {a.high - b.high - (a.low < b.low), a.low - b.low};
}

/// 0 ≤ count ≤ 127.
constexpr Uint128 ShiftLeft(Uint128 a, unsigned count) {
  if (count == 0) return a;
  if (count >= 64) return {a.low << (count - 64), 0};
  return {a.high << count | a.low >> (64 - count), a.low << count};
}
/// 0 ≤ count ≤ 127.
constexpr Uint128 ShiftRight(Uint128 a, unsigned count) {
  if (count == 0) return a;
  if (count >= 64) return {0, a.high >> (count - 64)};
  return {a.high >> count, a.high << (64 - count) | a.low >> count};
}
/// Shifts by any count; bits that are lost leave a one in the lowest bit.
constexpr Uint128 ShiftRightSticky(Uint128 a, uint32_t count) {
  if (count == 0) return a;
  if (count > 127) return {0, a.is_zero() ? uint64_t{0} : uint64_t{1}};
  Uint128 shifted = ShiftRight(a, count);
  if (!(ShiftLeft(shifted, count) == a)) shifted.low |= 1;
  return shifted;
}
/// Precondition: not zero.
constexpr unsigned CountLeadingZeros(Uint128 a) {
  return static_cast<unsigned>(a.high != 0 ? __builtin_clzll(a.high) : 64 + __builtin_clzll(a.low));
}

constexpr Uint128 MultiplyWide(uint64_t a, uint64_t b) {
  const uint64_t a0 = a & 0xffffffff;
  const uint64_t a1 = a >> 32;
  const uint64_t b0 = b & 0xffffffff;
  const uint64_t b1 = b >> 32;
  const uint64_t p00 = a0 * b0;
  const uint64_t p01 = a0 * b1 + (p00 >> 32);
  const uint64_t p10 = a1 * b0 + (p01 & 0xffffffff);
  return {a1 * b1 + (p01 >> 32) + (p10 >> 32), p10 << 32 | (p00 & 0xffffffff)};
}

struct Division64 {
  uint64_t quotient;
  uint64_t remainder;
};

/// One 32-bit digit of DivideWide's quotient: (a × 2^32 + next) / b with a < b, b's top bit set.
constexpr Division64 DivideDigit(uint64_t a, uint64_t next, uint64_t b) {
  const uint64_t b1 = b >> 32;
  uint64_t digit = a / b1;
  if (digit > 0xffffffff) digit = 0xffffffff;
  // Too large by at most two (Knuth, The Art of Computer Programming, vol. 2, 4.3.1).
  uint64_t partial = a - digit * b1;
  while (partial <= 0xffffffff && digit * (b & 0xffffffff) > (partial << 32 | next)) {
    --digit;
    partial += b1;
  }
  return {digit, (a << 32 | next) - digit * b};
}

/// a / b. Preconditions: a.high < b, b's top bit set.
constexpr Division64 DivideWide(Uint128 a, uint64_t b) {
  const Division64 first = DivideDigit(a.high, a.low >> 32, b);
  const Division64 second = DivideDigit(first.remainder, a.low & 0xffffffff, b);
  return {first.quotient << 32 | second.quotient, second.remainder};
}

}  // namespace elfin::cpu::float80
