#include "runtime/cpu/float80/finite.h"

namespace elfin::cpu::float80 {
namespace {

/// |larger| ≥ |smaller| need not hold, larger.exponent ≥ smaller.exponent must.
Unrounded AddMagnitudes(const Unpacked& larger, Uint128 smaller) {
  Uint128 sum = Plus({larger.significand, 0}, smaller);
  int32_t exponent = larger.exponent;
  if (sum.high < larger.significand) {
    sum = ShiftRightSticky(sum, 1);
    sum.high |= kIntegerBit;
    ++exponent;
  }
  return {sum, exponent, larger.sign};
}

Unrounded SubtractMagnitudes(const Unpacked& larger, Uint128 smaller) {
  Uint128 difference = Minus({larger.significand, 0}, smaller);
  bool sign = larger.sign;
  if (larger.significand < smaller.high) {  // equal exponents only, so smaller.low is zero
    difference = Minus({}, difference);
    sign = !sign;
  }
  if (difference.is_zero()) return {difference, 0, false};
  const unsigned shift = CountLeadingZeros(difference);
  return {ShiftLeft(difference, shift), larger.exponent - static_cast<int32_t>(shift), sign};
}

/// floor(sqrt(a)).
uint64_t IntegerRoot64(uint64_t a) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit != 0; bit >>= 1) {
    const uint64_t candidate = root | bit;
    if (candidate * candidate <= a) root = candidate;
  }
  return root;
}

/// floor(sqrt(a)); a.high ≥ 2^62. Zimmermann, "Karatsuba Square Root", one step.
uint64_t IntegerRoot128(Uint128 a) {
  const uint64_t upper = IntegerRoot64(a.high);
  const uint64_t remainder = a.high - upper * upper;
  uint64_t lower = (remainder << 31 | a.low >> 33) / upper;
  if (lower > 0xffffffff) lower = 0xffffffff;
  uint64_t root = (upper << 32) + lower;
  while (Less(a, MultiplyWide(root, root))) --root;
  return root;
}

}  // namespace

Unrounded AddFinite(const Unpacked& a, const Unpacked& b) {
  const bool swap = a.exponent < b.exponent;
  const Unpacked& larger = swap ? b : a;
  const Unpacked& smaller = swap ? a : b;
  const Uint128 aligned = ShiftRightSticky(
      {smaller.significand, 0}, static_cast<uint32_t>(larger.exponent - smaller.exponent));
  return a.sign == b.sign ? AddMagnitudes(larger, aligned) : SubtractMagnitudes(larger, aligned);
}

Unrounded MultiplyFinite(const Unpacked& a, const Unpacked& b) {
  Uint128 product = MultiplyWide(a.significand, b.significand);
  int32_t exponent = a.exponent + b.exponent - kExponentBias + 1;
  if (!(product.high & kIntegerBit)) {
    product = ShiftLeft(product, 1);
    --exponent;
  }
  return {product, exponent, a.sign != b.sign};
}

Unrounded DivideFinite(const Unpacked& a, const Unpacked& b) {
  int32_t exponent = a.exponent - b.exponent + kExponentBias - 1;
  Uint128 dividend{a.significand, 0};
  if (a.significand >= b.significand) {
    dividend = ShiftRight(dividend, 1);
    ++exponent;
  }
  const Division64 result = DivideWide(dividend, b.significand);
  uint64_t rest = 0;
  if (result.remainder != 0) {
    const uint64_t other_half = b.significand - result.remainder;
    rest = result.remainder < other_half    ? kQuietBit
           : result.remainder == other_half ? kIntegerBit
                                            : kIntegerBit | kQuietBit;
  }
  return {{result.quotient, rest}, exponent, a.sign != b.sign};
}

Unrounded SquareRootFinite(const Unpacked& a) {
  const bool odd = ((a.exponent - kExponentBias) & 1) != 0;
  const Uint128 radicand =
      odd ? Uint128{a.significand, 0} : Uint128{a.significand >> 1, a.significand << 63};
  const uint64_t root = IntegerRoot128(radicand);
  const Uint128 remainder = Minus(radicand, MultiplyWide(root, root));
  uint64_t rest = 0;
  if (!remainder.is_zero()) {
    rest = Less({0, root}, remainder) ? kIntegerBit | kQuietBit : kQuietBit;
  }
  const int32_t exponent = (a.exponent - kExponentBias - (odd ? 1 : 0)) / 2 + kExponentBias;
  return {{root, rest}, exponent, false};
}

}  // namespace elfin::cpu::float80
