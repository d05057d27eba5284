#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

// SDM vol. 1, 8.5.4 and 8.5.5: what an unmasked overflow or underflow adds to the exponent.
constexpr int32_t kExponentWrap = 24576;

bool RoundsUp(Rounding rounding, bool sign, bool odd, uint64_t rest) {
  switch (rounding) {
    case Rounding::kNearest:
      return rest > kIntegerBit || (rest == kIntegerBit && odd);
    case Rounding::kDown:
      return sign;
    case Rounding::kUp:
      return !sign;
    case Rounding::kTowardZero:
      return false;
  }
  return false;
}

Float80 Pack(bool sign, int32_t exponent, uint64_t significand) {
  return {significand, static_cast<uint16_t>(exponent | (sign ? kSignBit : 0))};
}

void RaiseInexact(Context& context, const RoundedSignificand& rounded) {
  if (!rounded.inexact) return;
  context.raised |= kPrecision;
  if (rounded.up) context.raised |= kRoundedUp;
}

Float80 MaskedOverflow(Context& context, bool sign, unsigned drop) {
  context.raised |= kOverflow | kPrecision;
  if (RoundsUp(context.rounding(), sign, true, ~uint64_t{0})) {
    context.raised |= kRoundedUp;
    return Infinity(sign);
  }
  return Pack(sign, kMaxExponent - 1, ~uint64_t{0} << drop);
}

Float80 RoundInRange(Context& context, const Unrounded& value, unsigned drop) {
  const RoundedSignificand rounded =
      RoundSignificand(context.rounding(), value.sign, value.significand, drop);
  int32_t exponent = value.exponent + (rounded.carry ? 1 : 0);
  if (exponent >= kMaxExponent) {
    if (!context.Unmasked(kOverflow)) return MaskedOverflow(context, value.sign, drop);
    context.raised |= kOverflow;
    exponent -= kExponentWrap;
    if (exponent >= kMaxExponent) {  // only FSCALE gets that far
      context.raised |= kPrecision | kRoundedUp;
      return Infinity(value.sign);
    }
  }
  RaiseInexact(context, rounded);
  return Pack(value.sign, exponent, rounded.significand);
}

Float80 RoundDenormal(Context& context, const Unrounded& value, unsigned drop, bool tiny) {
  const Uint128 shifted =
      ShiftRightSticky(value.significand, static_cast<uint32_t>(1 - value.exponent));
  const RoundedSignificand rounded =
      RoundSignificand(context.rounding(), value.sign, shifted, drop);
  if (rounded.inexact && tiny) context.raised |= kUnderflow;
  RaiseInexact(context, rounded);
  return Pack(value.sign, rounded.significand >> 63 ? 1 : 0, rounded.significand);
}

Float80 RoundTiny(Context& context, const Unrounded& value, unsigned drop) {
  // Tininess is detected after rounding, as if the exponent had no bounds.
  const bool tiny =
      value.exponent < 0 ||
      !RoundSignificand(context.rounding(), value.sign, value.significand, drop).carry;
  if (!tiny || !context.Unmasked(kUnderflow)) return RoundDenormal(context, value, drop, tiny);
  context.raised |= kUnderflow;
  Unrounded wrapped = value;
  wrapped.exponent += kExponentWrap;
  if (wrapped.exponent <= 0) {  // only FSCALE gets that far
    context.raised |= kPrecision;
    return Zero(value.sign);
  }
  return RoundInRange(context, wrapped, drop);
}

Float80 RoundDropping(Context& context, const Unrounded& value, unsigned drop) {
  if (context.Stopped()) return kIndefinite;
  return value.exponent <= 0 ? RoundTiny(context, value, drop) : RoundInRange(context, value, drop);
}

}  // namespace

RoundedSignificand RoundSignificand(Rounding rounding, bool sign, Uint128 significand,
                                    unsigned drop) {
  const uint64_t unit = uint64_t{1} << drop;
  uint64_t kept = significand.high & ~(unit - 1);
  uint64_t rest = significand.low;
  if (drop != 0) {
    const bool sticky = significand.low << (64 - drop) != 0;
    rest = significand.high << (64 - drop) | significand.low >> drop | (sticky ? 1 : 0);
  }
  if (rest == 0) return {kept, false, false, false};
  if (!RoundsUp(rounding, sign, (kept & unit) != 0, rest)) return {kept, false, true, false};
  kept += unit;
  return kept == 0 ? RoundedSignificand{kIntegerBit, true, true, true}
                   : RoundedSignificand{kept, false, true, true};
}

Float80 Round(Context& context, const Unrounded& value) {
  return RoundDropping(context, value, 64 - context.precision());
}

Float80 RoundExtended(Context& context, const Unrounded& value) {
  return RoundDropping(context, value, 0);
}

Unpacked Unpack(Context& context, Float80 a) {
  if (a.exponent() != 0) return UnpackNormal(a);
  context.raised |= kDenormal;
  const int shift = __builtin_clzll(a.significand);
  return {a.significand << shift, 1 - shift, a.sign()};
}

Float80 PropagateNan(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (c == Class::kUnsupported) return Invalid(context);
  if (c == Class::kSignalingNan) context.raised |= kInvalid;
  return {a.significand | kQuietBit, a.sign_exponent};
}

Float80 PropagateNan(Context& context, Float80 a, Float80 b) {
  const Class ca = Classify(a);
  const Class cb = Classify(b);
  if (ca == Class::kUnsupported || cb == Class::kUnsupported) return Invalid(context);
  if (!IsNanOrUnsupported(cb)) return PropagateNan(context, a);
  if (!IsNanOrUnsupported(ca)) return PropagateNan(context, b);
  if (ca == Class::kSignalingNan || cb == Class::kSignalingNan) context.raised |= kInvalid;
  // SDM vol. 1, table 4-7: the quiet one, else the one with the larger significand, else the
  // positive.
  bool take_a = a.significand > b.significand;
  if (ca != cb) {
    take_a = ca == Class::kQuietNan;
  } else if (a.significand == b.significand) {
    take_a = a.sign_exponent <= b.sign_exponent;
  }
  const Float80 taken = take_a ? a : b;
  return {taken.significand | kQuietBit, taken.sign_exponent};
}

}  // namespace elfin::cpu::float80
