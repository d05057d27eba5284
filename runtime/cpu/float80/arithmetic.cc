#include "runtime/cpu/float80/arithmetic.h"

#include "runtime/cpu/float80/finite.h"
#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

Float80 RoundUnpacked(Context& context, const Unpacked& a) {
  return Round(context, {{a.significand, 0}, a.exponent, a.sign});
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
  const Unrounded sum = AddFinite(Unpack(context, a), other);
  if (sum.significand.is_zero()) return Zero(context.rounding() == Rounding::kDown);
  return Round(context, sum);
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
  return Round(context, MultiplyFinite(x, Unpack(context, b)));
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
  const Unpacked x = Unpack(context, a);
  return Round(context, DivideFinite(x, Unpack(context, b)));
}

Float80 SquareRoot(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (IsNanOrUnsupported(c)) return PropagateNan(context, a);
  if (c == Class::kZero) return a;
  if (a.sign()) return Invalid(context);
  if (c == Class::kInfinity) return a;
  return Round(context, SquareRootFinite(Unpack(context, a)));
}

}  // namespace elfin::cpu::float80
