#include "runtime/cpu/float80/convert.h"

#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

/// A binary interchange format of IEEE 754.
template <unsigned fraction_bits, unsigned exponent_bits>
struct Format {
  static constexpr int32_t kInfinite = (1 << exponent_bits) - 1;
  static constexpr int32_t kBias = kInfinite / 2;
  static constexpr unsigned kDrop = 63 - fraction_bits;  // of Float80's significand

  static uint64_t Pack(bool sign, int32_t exponent, uint64_t significand) {
    const uint64_t fraction = significand << 1 >> (64 - fraction_bits);
    return static_cast<uint64_t>(sign) << (fraction_bits + exponent_bits) |
           static_cast<uint64_t>(exponent) << fraction_bits | fraction;
  }

  static Float80 Widen(Context& context, uint64_t bits);
  static uint64_t Narrow(Context& context, Float80 a);

 private:
  static uint64_t RoundTiny(Context& context, const Unpacked& a, int32_t exponent);
  static uint64_t RoundInRange(Context& context, const Unpacked& a, int32_t exponent);
};

using Single = Format<23, 8>;
using Double = Format<52, 11>;

void RaiseInexact(Context& context, const RoundedSignificand& rounded) {
  if (rounded.inexact) context.raised |= kPrecision;
  if (rounded.up) context.raised |= kRoundedUp;
}

template <unsigned fraction_bits, unsigned exponent_bits>
Float80 Format<fraction_bits, exponent_bits>::Widen(Context& context, uint64_t bits) {
  const bool sign = bits >> (fraction_bits + exponent_bits) != 0;
  const auto exponent = static_cast<int32_t>(bits >> fraction_bits & kInfinite);
  const uint64_t fraction = bits << (64 - fraction_bits) >> 1;
  const uint16_t sign_bit = sign ? kSignBit : 0;
  if (exponent == kInfinite) {
    const Float80 special{fraction | kIntegerBit, static_cast<uint16_t>(kMaxExponent | sign_bit)};
    return fraction == 0 ? special : PropagateNan(context, special);
  }
  if (exponent != 0) {
    return {fraction | kIntegerBit,
            static_cast<uint16_t>((exponent - kBias + kExponentBias) | sign_bit)};
  }
  if (fraction == 0) return Zero(sign);
  context.raised |= kDenormal;
  const int shift = __builtin_clzll(fraction);
  return {fraction << shift, static_cast<uint16_t>((1 - kBias + kExponentBias - shift) | sign_bit)};
}

template <unsigned fraction_bits, unsigned exponent_bits>
uint64_t Format<fraction_bits, exponent_bits>::RoundTiny(Context& context, const Unpacked& a,
                                                         int32_t exponent) {
  const Rounding rounding = context.rounding();
  const bool tiny =
      exponent < 0 || !RoundSignificand(rounding, a.sign, {a.significand, 0}, kDrop).carry;
  const Uint128 shifted = ShiftRightSticky({a.significand, 0}, static_cast<uint32_t>(1 - exponent));
  const RoundedSignificand rounded = RoundSignificand(rounding, a.sign, shifted, kDrop);
  if (tiny && context.Unmasked(kUnderflow)) {
    context.raised |= kUnderflow;
    return 0;
  }
  if (tiny && rounded.inexact) context.raised |= kUnderflow;
  RaiseInexact(context, rounded);
  return Pack(a.sign, rounded.significand >> 63 ? 1 : 0, rounded.significand);
}

template <unsigned fraction_bits, unsigned exponent_bits>
uint64_t Format<fraction_bits, exponent_bits>::RoundInRange(Context& context, const Unpacked& a,
                                                            int32_t exponent) {
  const RoundedSignificand rounded =
      RoundSignificand(context.rounding(), a.sign, {a.significand, 0}, kDrop);
  if (rounded.carry) ++exponent;
  if (exponent < kInfinite) {
    RaiseInexact(context, rounded);
    return Pack(a.sign, exponent, rounded.significand);
  }
  context.raised |= kOverflow;
  if (context.Unmasked(kOverflow)) return 0;
  const bool up =
      RoundSignificand(context.rounding(), a.sign, {~uint64_t{0}, ~uint64_t{0}}, kDrop).up;
  context.raised |= kPrecision | (up ? kRoundedUp : 0);
  return up ? Pack(a.sign, kInfinite, 0) : Pack(a.sign, kInfinite - 1, ~uint64_t{0});
}

template <unsigned fraction_bits, unsigned exponent_bits>
uint64_t Format<fraction_bits, exponent_bits>::Narrow(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (c == Class::kZero) return Pack(a.sign(), 0, 0);
  if (c == Class::kInfinity) return Pack(a.sign(), kInfinite, 0);
  if (IsNanOrUnsupported(c)) {
    const Float80 quiet = PropagateNan(context, a);
    return Pack(quiet.sign(), kInfinite, quiet.significand);
  }
  Context ignored;  // stores do not raise kDenormal
  const Unpacked unpacked = Unpack(ignored, a);
  const int32_t exponent = unpacked.exponent - kExponentBias + kBias;
  return exponent <= 0 ? RoundTiny(context, unpacked, exponent)
                       : RoundInRange(context, unpacked, exponent);
}

/// |a| rounded to an integer below 2^64; `fits` is false for what is larger.
struct Integral {
  uint64_t magnitude;
  bool fits;
  bool inexact;
  bool up;
};

/// Precondition: zero, denormal or normal.
Integral RoundMagnitude(Float80 a, Rounding rounding) {
  const int32_t shift = kExponentBias + 63 - a.exponent();
  if (shift < 0) return {0, false, false, false};
  if (shift == 0) return {a.significand, true, false, false};
  // The integer in the high half, one bit to the left, so that one bit can be dropped.
  const Uint128 shifted = ShiftRightSticky({a.significand, 0}, static_cast<uint32_t>(shift - 1));
  const RoundedSignificand rounded = RoundSignificand(rounding, a.sign(), shifted, 1);
  const uint64_t magnitude = rounded.carry ? kIntegerBit : rounded.significand >> 1;
  return {magnitude, true, rounded.inexact, rounded.up};
}

void RaiseInexact(Context& context, const Integral& integral) {
  if (integral.inexact) context.raised |= kPrecision;
  if (integral.up) context.raised |= kRoundedUp;
}

bool IsFinite(Class c) { return c <= Class::kNormal; }

}  // namespace

Float80 FromFloat32(Context& context, uint32_t bits) { return Single::Widen(context, bits); }
Float80 FromFloat64(Context& context, uint64_t bits) { return Double::Widen(context, bits); }

uint32_t ToFloat32(Context& context, Float80 a) {
  return static_cast<uint32_t>(Single::Narrow(context, a));
}
uint64_t ToFloat64(Context& context, Float80 a) { return Double::Narrow(context, a); }

Float80 FromInteger(int64_t value) {
  if (value == 0) return Zero(false);
  const bool sign = value < 0;
  const uint64_t magnitude = sign ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const int shift = __builtin_clzll(magnitude);
  return {magnitude << shift,
          static_cast<uint16_t>((kExponentBias + 63 - shift) | (sign ? kSignBit : 0))};
}

int64_t ToInteger(Context& context, Float80 a, unsigned bits, Rounding rounding) {
  const uint64_t limit = uint64_t{1} << (bits - 1);
  const auto indefinite = static_cast<int64_t>(0 - limit);
  if (IsFinite(Classify(a))) {
    const Integral integral = RoundMagnitude(a, rounding);
    if (integral.fits && integral.magnitude <= limit - (a.sign() ? 0 : 1)) {
      RaiseInexact(context, integral);
      return static_cast<int64_t>(a.sign() ? 0 - integral.magnitude : integral.magnitude);
    }
  }
  context.raised |= kInvalid;
  return indefinite;
}

Float80 RoundToIntegral(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (IsNanOrUnsupported(c)) return PropagateNan(context, a);
  if (!IsFinite(c) || c == Class::kZero) return a;
  RaiseIfDenormal(context, a);
  if (context.Stopped()) return kIndefinite;
  const Integral integral = RoundMagnitude(a, context.rounding());
  if (!integral.fits) return a;
  RaiseInexact(context, integral);
  if (integral.magnitude == 0) return Zero(a.sign());
  const int shift = __builtin_clzll(integral.magnitude);
  return {integral.magnitude << shift,
          static_cast<uint16_t>((kExponentBias + 63 - shift) | (a.sign_exponent & kSignBit))};
}

}  // namespace elfin::cpu::float80
