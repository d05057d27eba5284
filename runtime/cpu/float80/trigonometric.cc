#include "runtime/cpu/float80/transcendental.h"
#include "runtime/cpu/float80/wide_constants.h"

namespace elfin::cpu::float80 {
namespace {

// The processor's π, 66 bits, is kPi × 2^-64; π/2 is kPi × 2^-65.
constexpr Uint128 kPi{0x3, 0x243f6a8885a308d3};
constexpr int32_t kHalfPiExponent = -65;

constexpr int32_t kRangeExponent = kExponentBias + 63;

struct Angle {
  Wide value;  // −π/4 … π/4
  unsigned quadrant;
};

/// Subtracts the nearest multiple of π/2. Precondition: |a| < 2^63.
Angle ReduceAngle(const Unpacked& a) {
  const int32_t shift = a.exponent - kExponentBias - 63 - kHalfPiExponent;
  if (shift <= 0) return {ToWide(a), 0};  // below 1/2
  Uint128 rest = ShiftLeft({0, a.significand}, static_cast<unsigned>(shift));
  uint64_t quotient = 0;
  for (unsigned i = 63; i-- > 0;) {
    const Uint128 multiple = ShiftLeft(kPi, i);
    quotient <<= 1;
    if (Less(rest, multiple)) continue;
    rest = Minus(rest, multiple);
    quotient |= 1;
  }
  const Uint128 above = Minus(kPi, rest);
  const bool nearer_above = Less(above, rest);
  if (nearer_above) ++quotient;
  const Wide value =
      NormalizeWide(nearer_above ? above : rest, kHalfPiExponent, nearer_above != a.sign);
  return {value, static_cast<unsigned>(a.sign ? 0 - quotient : quotient) & 3};
}

Wide SineOf(const Wide& x) {
  return Multiply(x, Polynomial(Multiply(x, x), kSine, sizeof(kSine) / sizeof(kSine[0])));
}

Wide CosineOf(const Wide& x) {
  return Polynomial(Multiply(x, x), kCosine, sizeof(kCosine) / sizeof(kCosine[0]));
}

/// Sine, or with a quarter turn added cosine.
Wide SineOf(const Angle& angle, unsigned quarters) {
  const unsigned quadrant = (angle.quadrant + quarters) & 3;
  const Wide value = (quadrant & 1) ? CosineOf(angle.value) : SineOf(angle.value);
  return (quadrant & 2) ? Negate(value) : value;
}

Wide TangentOf(const Angle& angle) {
  Wide tangent = Divide(SineOf(angle, 0), SineOf(angle, 1));
  tangent.significand.low |= 1;  // tiny angles: more than the angle itself
  return tangent;
}

/// What the three have in common; `at_zero` is the value for zero.
template <class Function>
Trigonometric Evaluate(Context& context, Float80 a, Float80 at_zero, Function function) {
  const Class c = Classify(a);
  if (IsNanOrUnsupported(c)) return {PropagateNan(context, a), false};
  if (c == Class::kInfinity) return {Invalid(context), false};
  if (c == Class::kZero) return {at_zero, false};
  if (a.exponent() >= kRangeExponent) return {a, true};
  const Unpacked unpacked = Unpack(context, a);
  return {RoundWide(context, function(ReduceAngle(unpacked))), false};
}

}  // namespace

Trigonometric Sine(Context& context, Float80 a) {
  return Evaluate(context, a, a, [](const Angle& angle) { return SineOf(angle, 0); });
}

Trigonometric Cosine(Context& context, Float80 a) {
  return Evaluate(context, a, kOne, [](const Angle& angle) { return SineOf(angle, 1); });
}

Trigonometric Tangent(Context& context, Float80 a) { return Evaluate(context, a, a, TangentOf); }

}  // namespace elfin::cpu::float80
