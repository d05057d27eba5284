#include "runtime/cpu/float80/wide.h"

namespace elfin::cpu::float80 {
namespace {

Wide AddMagnitudes(const Wide& larger, Uint128 smaller) {
  const Uint128 sum = Plus(larger.significand, smaller);
  if (!Less(sum, larger.significand)) return {sum, larger.exponent, larger.sign};
  Uint128 halved = ShiftRightSticky(sum, 1);
  halved.high |= kIntegerBit;
  return {halved, larger.exponent + 1, larger.sign};
}

}  // namespace

Wide NormalizeWide(Uint128 integer, int32_t exponent, bool sign) {
  if (integer.is_zero()) return {};
  const unsigned shift = CountLeadingZeros(integer);
  return {ShiftLeft(integer, shift), exponent + 127 - static_cast<int32_t>(shift), sign};
}

Wide ToWide(int32_t integer) {
  const int64_t value = integer;
  return NormalizeWide({0, static_cast<uint64_t>(value < 0 ? -value : value)}, 0, value < 0);
}

bool MagnitudeLess(const Wide& a, const Wide& b) {
  if (a.is_zero() || b.is_zero()) return !b.is_zero();
  return a.exponent != b.exponent ? a.exponent < b.exponent : Less(a.significand, b.significand);
}

Wide Add(const Wide& a, const Wide& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const bool swap = MagnitudeLess(a, b);
  const Wide& larger = swap ? b : a;
  const Wide& smaller = swap ? a : b;
  const Uint128 aligned = ShiftRightSticky(
      smaller.significand, static_cast<uint32_t>(larger.exponent - smaller.exponent));
  if (a.sign == b.sign) return AddMagnitudes(larger, aligned);
  return NormalizeWide(Minus(larger.significand, aligned), larger.exponent - 127, larger.sign);
}

Wide Multiply(const Wide& a, const Wide& b) {
  if (a.is_zero() || b.is_zero()) return {};
  const Uint128 low = MultiplyWide(a.significand.low, b.significand.low);
  const Uint128 cross1 = MultiplyWide(a.significand.high, b.significand.low);
  const Uint128 cross2 = MultiplyWide(a.significand.low, b.significand.high);
  Uint128 product = MultiplyWide(a.significand.high, b.significand.high);
  const Uint128 middle1 = Plus({0, cross1.low}, {0, low.high});
  const Uint128 middle = Plus(middle1, {0, cross2.low});
  product = Plus(product, {0, cross1.high});
  product = Plus(product, {0, cross2.high});
  product = Plus(product, {0, middle.high});
  int32_t exponent = a.exponent + b.exponent + 1;
  uint64_t rest = middle.low;
  if (!(product.high & kIntegerBit)) {
    product = ShiftLeft(product, 1);
    product.low |= rest >> 63;
    rest <<= 1;
    --exponent;
  }
  if ((rest | low.low) != 0) product.low |= 1;
  return {product, exponent, a.sign != b.sign};
}

Wide Divide(const Wide& a, const Wide& b) {
  if (a.is_zero()) return {};
  Uint128 remainder = a.significand;
  int32_t exponent = a.exponent - b.exponent;
  if (Less(remainder, b.significand)) {
    remainder =
        ShiftLeft(remainder, 1);  // may lose its top bit; the difference is right all the same
    --exponent;
  }
  remainder = Minus(remainder, b.significand);
  Uint128 quotient{0, 1};
  for (unsigned bits = 1; bits < 128; ++bits) {
    const bool carry = remainder.high >> 63 != 0;
    remainder = ShiftLeft(remainder, 1);
    const bool one = carry || !Less(remainder, b.significand);
    if (one) remainder = Minus(remainder, b.significand);
    quotient = ShiftLeft(quotient, 1);
    quotient.low |= one ? 1 : 0;
  }
  if (!remainder.is_zero()) quotient.low |= 1;
  return {quotient, exponent, a.sign != b.sign};
}

Wide Polynomial(const Wide& x, const Wide* coefficients, unsigned count) {
  Wide sum = coefficients[count - 1];
  for (unsigned i = count - 1; i-- > 0;) sum = Add(Multiply(sum, x), coefficients[i]);
  return sum;
}

Float80 RoundWide(Context& context, const Wide& value) {
  const Float80 rounded =
      RoundExtended(context, {value.significand, value.exponent + kExponentBias, value.sign});
  if (context.Stopped()) return rounded;
  if (rounded.exponent() == 0) context.raised |= kUnderflow;
  context.raised |= kPrecision;
  return rounded;
}

}  // namespace elfin::cpu::float80
