#include "runtime/cpu/float80/arithmetic.h"

#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

Float80 RoundUnpacked(Context& context, const Unpacked& a) {
  return Round(context, {{a.significand, 0}, a.exponent, a.sign});
}

/// |larger| ≥ |smaller| need not hold, larger.exponent ≥ smaller.exponent must.
Float80 AddMagnitudes(Context& context, const Unpacked& larger, Uint128 smaller) {
  Uint128 sum = Plus({larger.significand, 0}, smaller);
  int32_t exponent = larger.exponent;
  if (sum.high < larger.significand) {
    sum = ShiftRightSticky(sum, 1);
    sum.high |= kIntegerBit;
    ++exponent;
  }
  return Round(context, {sum, exponent, larger.sign});
}

Float80 SubtractMagnitudes(Context& context, const Unpacked& larger, Uint128 smaller) {
  Uint128 difference = Minus({larger.significand, 0}, smaller);
  bool sign = larger.sign;
  if (larger.significand < smaller.high) {  // equal exponents only, so smaller.low is zero
    difference = Minus({}, difference);
    sign = !sign;
  }
  if (difference.is_zero()) return Zero(context.rounding() == Rounding::kDown);
  const unsigned shift = CountLeadingZeros(difference);
  return Round(context,
               {ShiftLeft(difference, shift), larger.exponent - static_cast<int32_t>(shift), sign});
}

Float80 AddFinite(Context& context, const Unpacked& a, const Unpacked& b) {
  const bool swap = a.exponent < b.exponent;
  const Unpacked& larger = swap ? b : a;
  const Unpacked& smaller = swap ? a : b;
  const Uint128 aligned = ShiftRightSticky(
      {smaller.significand, 0}, static_cast<uint32_t>(larger.exponent - smaller.exponent));
  return a.sign == b.sign ? AddMagnitudes(context, larger, aligned)
                          : SubtractMagnitudes(context, larger, aligned);
}

Float80 AddZero(Context& context, Float80 a, Float80 b, bool b_sign) {
  const bool a_zero = Classify(a) == Class::kZero;
  if (a_zero && Classify(b) == Class::kZero) {
    const bool down = context.rounding() == Rounding::kDown;
    return Zero(a.sign() == b_sign ? b_sign : down);
  }
  Unpacked other = Unpack(context, a_zero ? b : a);
  if (a_zero) other.sign = b_sign;
  return RoundUnpacked(context, other);
}

/// a + b, or a − b when flip is the sign bit.
Float80 AddFlipped(Context& context, Float80 a, Float80 b, bool flip) {
  const bool b_sign = b.sign() != flip;
  if (!IsNormal(a) || !IsNormal(b)) {
    const Class ca = Classify(a);
    const Class cb = Classify(b);
    if (IsNanOrUnsupported(ca) || IsNanOrUnsupported(cb)) return PropagateNan(context, a, b);
    if (ca == Class::kInfinity && cb == Class::kInfinity) {
      return a.sign() == b_sign ? a : Invalid(context);
    }
    if (ca == Class::kInfinity || cb == Class::kInfinity) {
      RaiseIfDenormal(context, a);
      RaiseIfDenormal(context, b);
      return ca == Class::kInfinity ? a : Infinity(b_sign);
    }
    if (ca == Class::kZero || cb == Class::kZero) return AddZero(context, a, b, b_sign);
  }
  Unpacked other = Unpack(context, b);
  other.sign = b_sign;
  return AddFinite(context, Unpack(context, a), other);
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

Float80 SquareRootFinite(Context& context, const Unpacked& a) {
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
  return Round(context, {{root, rest}, exponent, false});
}

Float80 DivideFinite(Context& context, const Unpacked& a, const Unpacked& b) {
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
  return Round(context, {{result.quotient, rest}, exponent, a.sign != b.sign});
}

}  // namespace

Float80 Add(Context& context, Float80 a, Float80 b) { return AddFlipped(context, a, b, false); }

Float80 Subtract(Context& context, Float80 a, Float80 b) { return AddFlipped(context, a, b, true); }

Float80 Multiply(Context& context, Float80 a, Float80 b) {
  const bool sign = a.sign() != b.sign();
  if (!IsNormal(a) || !IsNormal(b)) {
    const Class ca = Classify(a);
    const Class cb = Classify(b);
    if (IsNanOrUnsupported(ca) || IsNanOrUnsupported(cb)) return PropagateNan(context, a, b);
    const bool infinite = ca == Class::kInfinity || cb == Class::kInfinity;
    const bool zero = ca == Class::kZero || cb == Class::kZero;
    if (infinite && zero) return Invalid(context);
    if (infinite || zero) {
      RaiseIfDenormal(context, a);
      RaiseIfDenormal(context, b);
      return infinite ? Infinity(sign) : Zero(sign);
    }
  }
  const Unpacked x = Unpack(context, a);
  const Unpacked y = Unpack(context, b);
  Uint128 product = MultiplyWide(x.significand, y.significand);
  int32_t exponent = x.exponent + y.exponent - kExponentBias + 1;
  if (!(product.high & kIntegerBit)) {
    product = ShiftLeft(product, 1);
    --exponent;
  }
  return Round(context, {product, exponent, sign});
}

Float80 Divide(Context& context, Float80 a, Float80 b) {
  const bool sign = a.sign() != b.sign();
  if (!IsNormal(a) || !IsNormal(b)) {
    const Class ca = Classify(a);
    const Class cb = Classify(b);
    if (IsNanOrUnsupported(ca) || IsNanOrUnsupported(cb)) return PropagateNan(context, a, b);
    if (ca == cb && (ca == Class::kInfinity || ca == Class::kZero)) return Invalid(context);
    if (cb == Class::kZero && ca != Class::kInfinity) {
      context.raised |= kZeroDivide;
      return Infinity(sign);
    }
    if (ca == Class::kInfinity || ca == Class::kZero || cb == Class::kInfinity) {
      RaiseIfDenormal(context, a);
      RaiseIfDenormal(context, b);
      return ca == Class::kInfinity ? Infinity(sign) : Zero(sign);
    }
  }
  return DivideFinite(context, Unpack(context, a), Unpack(context, b));
}

Float80 SquareRoot(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (IsNanOrUnsupported(c)) return PropagateNan(context, a);
  if (c == Class::kZero) return a;
  if (a.sign()) return Invalid(context);
  if (c == Class::kInfinity) return a;
  return SquareRootFinite(context, Unpack(context, a));
}

}  // namespace elfin::cpu::float80
