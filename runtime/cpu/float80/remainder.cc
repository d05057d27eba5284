#include "runtime/cpu/float80/remainder.h"

#include "runtime/cpu/float80/convert.h"
#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

// Scale factors beyond this overflow or underflow whatever they are applied to, wrapped or not.
constexpr int32_t kScaleLimit = 1 << 17;

struct Reduced {
  uint64_t quotient;   // modulo 2^64
  uint64_t remainder;  // in units of the divisor's lowest bit
};

/// (dividend × 2^shift) divided by divisor, both with the top bit set, 0 ≤ shift ≤ 63.
Reduced Reduce(uint64_t dividend, uint64_t divisor, unsigned shift) {
  Reduced result{0, dividend};
  if (result.remainder >= divisor) {
    result.remainder -= divisor;
    result.quotient = 1;
  }
  if (shift == 0) return result;
  const Division64 rest = DivideWide(ShiftRight({result.remainder, 0}, 64 - shift), divisor);
  return {result.quotient << shift | rest.quotient, rest.remainder};
}

Float80 PackExact(Context& context, uint64_t significand, int32_t exponent, bool sign) {
  if (significand == 0) return Zero(sign);
  const int shift = __builtin_clzll(significand);
  return RoundExtended(context, {{significand << shift, 0}, exponent - shift, sign});
}

/// FPREM1's last step: the other neighbour where it is nearer, or as near and even.
bool IsNearerAbove(uint64_t remainder, uint64_t divisor, bool odd) {
  const uint64_t above = divisor - remainder;
  return remainder > above || (remainder == above && odd);
}

Remainder ReduceFinite(Context& context, const Unpacked& a, const Unpacked& b, Quotient quotient) {
  const int32_t distance = a.exponent - b.exponent;
  if (distance >= 64) {
    // Leaves a multiple of 32 bits of quotient for later, as AMD's processors do: 32 to 63 bits
    // now.
    const int32_t later = (distance & ~31) - 32;
    const Reduced reduced =
        Reduce(a.significand, b.significand, static_cast<unsigned>(distance - later));
    return {PackExact(context, reduced.remainder, b.exponent + later, a.sign), 0, true};
  }
  if (distance < -1 || (distance < 0 && quotient == Quotient::kTruncated)) {
    return {PackExact(context, a.significand, a.exponent, a.sign), 0, false};
  }
  if (distance == -1) {                                // a < b: a itself, or a − b
    const bool above = a.significand > b.significand;  // 2a > b
    if (!above) return {PackExact(context, a.significand, a.exponent, a.sign), 0, false};
    const uint64_t value = (b.significand - a.significand) + b.significand;
    return {PackExact(context, value, a.exponent, !a.sign), 1, false};
  }
  Reduced reduced = Reduce(a.significand, b.significand, static_cast<unsigned>(distance));
  bool sign = a.sign;
  if (quotient == Quotient::kNearest &&
      IsNearerAbove(reduced.remainder, b.significand, (reduced.quotient & 1) != 0)) {
    reduced.remainder = b.significand - reduced.remainder;
    ++reduced.quotient;
    sign = !sign;
  }
  return {PackExact(context, reduced.remainder, b.exponent, sign),
          static_cast<uint8_t>(reduced.quotient & 7), false};
}

int32_t ScaleAmount(Float80 b) {
  Context ignored;
  const int64_t amount = ToInteger(ignored, b, 32, Rounding::kTowardZero);
  if (ignored.raised & kInvalid || amount > kScaleLimit || amount < -kScaleLimit) {
    return b.sign() ? -kScaleLimit : kScaleLimit;
  }
  return static_cast<int32_t>(amount);
}

}  // namespace

Remainder ComputeRemainder(Context& context, Float80 a, Float80 b, Quotient quotient) {
  const Class ca = Classify(a);
  const Class cb = Classify(b);
  if (IsNanOrUnsupported(ca) || IsNanOrUnsupported(cb)) {
    return {PropagateNan(context, a, b), 0, false};
  }
  if (ca == Class::kInfinity || cb == Class::kZero) return {Invalid(context), 0, false};
  if (ca == Class::kZero || cb == Class::kInfinity) {
    RaiseIfDenormal(context, a);
    RaiseIfDenormal(context, b);
    if (ca == Class::kZero) return {a, 0, false};
    const Unpacked same = Unpack(context, a);
    return {PackExact(context, same.significand, same.exponent, same.sign), 0, false};
  }
  const Unpacked x = Unpack(context, a);
  return ReduceFinite(context, x, Unpack(context, b), quotient);
}

Float80 Scale(Context& context, Float80 a, Float80 b) {
  const Class ca = Classify(a);
  const Class cb = Classify(b);
  if (IsNanOrUnsupported(ca) || IsNanOrUnsupported(cb)) return PropagateNan(context, a, b);
  if (cb == Class::kInfinity) {
    if ((ca == Class::kZero && !b.sign()) || (ca == Class::kInfinity && b.sign())) {
      return Invalid(context);
    }
    RaiseIfDenormal(context, a);
    return b.sign() ? Zero(a.sign()) : Infinity(a.sign());
  }
  if (ca == Class::kZero || ca == Class::kInfinity) {
    RaiseIfDenormal(context, b);
    return a;
  }
  RaiseIfDenormal(context, b);
  const Unpacked x = Unpack(context, a);
  return RoundExtended(context, {{x.significand, 0}, x.exponent + ScaleAmount(b), x.sign});
}

Extracted Extract(Context& context, Float80 a) {
  const Class c = Classify(a);
  if (IsNanOrUnsupported(c)) {
    const Float80 nan = PropagateNan(context, a);
    return {nan, nan};
  }
  if (c == Class::kInfinity) return {Infinity(false), a};
  if (c == Class::kZero) {
    context.raised |= kZeroDivide;
    return {Infinity(true), a};
  }
  const Unpacked x = Unpack(context, a);
  return {FromInteger(x.exponent - kExponentBias),
          {x.significand, static_cast<uint16_t>(kExponentBias | (x.sign ? kSignBit : 0))}};
}

}  // namespace elfin::cpu::float80
