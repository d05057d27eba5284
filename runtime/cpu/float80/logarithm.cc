#include "runtime/cpu/float80/transcendental.h"
#include "runtime/cpu/float80/wide_constants.h"

namespace elfin::cpu::float80 {
namespace {

constexpr unsigned kExponentialTerms = sizeof(kExponential) / sizeof(kExponential[0]);
constexpr unsigned kLogarithmTerms = sizeof(kReciprocalOdd) / sizeof(kReciprocalOdd[0]);

/// log2((1 + s) / (1 − s)) = 2/ln 2 × artanh(s), |s| ≤ 0.18.
Wide LogarithmOfRatio(const Wide& s) {
  if (s.is_zero()) return s;
  const Wide artanh = Multiply(s, Polynomial(Multiply(s, s), kReciprocalOdd, kLogarithmTerms));
  return Multiply(kWideTwoLog2OfE, artanh);
}

/// log2(x) of a positive number.
Wide LogarithmOf(const Wide& x) {
  Wide mantissa = {x.significand, 0, false};
  int32_t power = x.exponent;
  if (MagnitudeLess(kWideRootOf2, mantissa)) {
    mantissa.exponent = -1;
    ++power;
  }
  const Wide ratio = Divide(Subtract(mantissa, kWideOne), Add(mantissa, kWideOne));
  return Add(ToWide(power), LogarithmOfRatio(ratio));
}

/// log2(1 + x), x > −1, x not zero.
Wide LogarithmOfSum(const Wide& x) {
  // Between about −0.29 and 0.41 the sum would lose what x has below 2^-127.
  if (x.exponent < -2) return LogarithmOfRatio(Divide(x, Add(ToWide(2), x)));
  return LogarithmOf(Add(kWideOne, x));
}

/// y × logarithm where one of the two is zero or infinite; what the logarithm is, its sign says.
enum class Size : uint8_t { kZero, kFinite, kInfinite };
Float80 MultiplyExtreme(Context& context, Float80 y, Size logarithm, bool logarithm_sign) {
  const Class cy = Classify(y);
  const bool sign = y.sign() != logarithm_sign;
  if (cy == Class::kInfinity) {
    return logarithm == Size::kZero ? Invalid(context) : Infinity(sign);
  }
  if (logarithm == Size::kInfinite) {
    if (cy == Class::kZero) return Invalid(context);
    RaiseIfDenormal(context, y);
    return Infinity(sign);
  }
  RaiseIfDenormal(context, y);
  return Zero(sign);
}

bool IsExtreme(Class c) { return c == Class::kZero || c == Class::kInfinity; }

bool BelowOne(Float80 x) { return x.exponent() < kExponentBias; }

}  // namespace

Float80 PowerOfTwoMinusOne(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (IsNanOrUnsupported(c)) return PropagateNan(context, a);
  if (c == Class::kZero) return a;
  if (c == Class::kInfinity) return a.sign() ? Negate(kOne) : a;
  const Unpacked x = Unpack(context, a);
  if (x.exponent > kExponentBias || (x.exponent == kExponentBias && x.significand != kIntegerBit)) {
    context.raised |= kPrecision;
    return a;
  }
  if (x.exponent == kExponentBias) {
    context.raised |= kPrecision;
    return x.sign ? Float80{kIntegerBit, kSignBit | (kExponentBias - 1)} : kOne;
  }
  const Wide power = Multiply(ToWide(x), kWideLogOf2);
  return RoundWide(context, Multiply(power, Polynomial(power, kExponential, kExponentialTerms)));
}

Float80 LogarithmTimes(Context& context, Float80 y, Float80 x) {
  const Class cy = Classify(y);
  const Class cx = Classify(x);
  if (IsNanOrUnsupported(cy) || IsNanOrUnsupported(cx)) return PropagateNan(context, x, y);
  if (cx == Class::kZero) {
    if (cy != Class::kZero && cy != Class::kInfinity) {
      context.raised |= kZeroDivide;
      return Infinity(!y.sign());
    }
    return MultiplyExtreme(context, y, Size::kInfinite, true);
  }
  if (x.sign()) return Invalid(context);
  if (cx == Class::kInfinity) return MultiplyExtreme(context, y, Size::kInfinite, false);
  if (x == kOne) return MultiplyExtreme(context, y, Size::kZero, false);
  if (IsExtreme(cy)) {
    RaiseIfDenormal(context, x);
    return MultiplyExtreme(context, y, Size::kFinite, BelowOne(x));
  }
  const Wide factor = ToWide(Unpack(context, y));
  return RoundWide(context, Multiply(factor, LogarithmOf(ToWide(Unpack(context, x)))));
}

Float80 LogarithmPlusOneTimes(Context& context, Float80 y, Float80 x) {
  const Class cy = Classify(y);
  const Class cx = Classify(x);
  if (IsNanOrUnsupported(cy) || IsNanOrUnsupported(cx)) return PropagateNan(context, x, y);
  if (cx == Class::kZero) return MultiplyExtreme(context, y, Size::kZero, x.sign());
  if (cx == Class::kInfinity) {
    return x.sign() ? Invalid(context) : MultiplyExtreme(context, y, Size::kInfinite, false);
  }
  if (IsExtreme(cy)) {
    RaiseIfDenormal(context, x);
    return MultiplyExtreme(context, y, Size::kFinite, x.sign());
  }
  const Wide factor = ToWide(Unpack(context, y));
  const Wide addend = ToWide(Unpack(context, x));
  if (addend.sign && addend.exponent >= 0) {
    if (!context.Stopped()) context.raised |= kPrecision;
    return x;
  }
  return RoundWide(context, Multiply(factor, LogarithmOfSum(addend)));
}

}  // namespace elfin::cpu::float80
