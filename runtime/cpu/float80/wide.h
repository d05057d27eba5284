// Inside float80: binary floating point with 128 bits of significand, in which transcendental
// functions are computed. No NaNs, no infinities, no flags; exponents never overflow in what we do.
// Bits that are lost leave a one in the lowest bit, so that a final rounding is right on which side
// of a number and of a half way it is; apart from that each operation is wrong by less than two
// units in the last place.
#pragma once

#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {

/// (-1)^sign × significand × 2^(exponent − 127); significand's top bit is set, or all of it is
/// zero.
struct Wide {
  Uint128 significand;
  int32_t exponent = 0;
  bool sign = false;

  constexpr bool is_zero() const { return significand.is_zero(); }
};

inline constexpr Wide kWideOne{{kIntegerBit, 0}, 0, false};

constexpr Wide Negate(Wide a) { return {a.significand, a.exponent, !a.sign}; }
constexpr Wide Absolute(Wide a) { return {a.significand, a.exponent, false}; }
/// a × 2^power.
constexpr Wide Shift(Wide a, int32_t power) { return {a.significand, a.exponent + power, a.sign}; }

constexpr Wide ToWide(const Unpacked& a) {
  return {{a.significand, 0}, a.exponent - kExponentBias, a.sign};
}
/// integer × 2^exponent.
Wide NormalizeWide(Uint128 integer, int32_t exponent, bool sign);
Wide ToWide(int32_t integer);

Wide Add(const Wide& a, const Wide& b);
inline Wide Subtract(const Wide& a, const Wide& b) { return Add(a, Negate(b)); }
Wide Multiply(const Wide& a, const Wide& b);
/// Precondition: b is not zero.
Wide Divide(const Wide& a, const Wide& b);
/// |a| < |b|.
bool MagnitudeLess(const Wide& a, const Wide& b);

/// coefficients[0] + x × (coefficients[1] + x × (…)).
Wide Polynomial(const Wide& x, const Wide* coefficients, unsigned count);

/// Rounds to Float80 in `context`. The value stands for an irrational number: kPrecision is raised
/// even where it looks exact.
Float80 RoundWide(Context& context, const Wide& value);

}  // namespace elfin::cpu::float80
