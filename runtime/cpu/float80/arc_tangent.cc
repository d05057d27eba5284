#include "runtime/cpu/float80/transcendental.h"
#include "runtime/cpu/float80/wide_constants.h"

namespace elfin::cpu::float80 {
namespace {

constexpr int32_t kSteps = 16;  // of kArcTangent

/// The nearest k with k/16 ≈ small / large, roughly.
int32_t NearestStep(const Wide& small, const Wide& large) {
  const int32_t distance = large.exponent - small.exponent;
  if (distance > 5) return 0;
  const uint64_t numerator = small.significand.high >> 32 >> distance;
  const uint64_t denominator = large.significand.high >> 32;
  return static_cast<int32_t>((numerator * 2 * kSteps + denominator) / (2 * denominator));
}

/// arctan(small / large), 0 ≤ small ≤ large: arctan(k/16) + arctan((16 small − k large) / (16 large
/// + k small)), the second's argument is at most about 1/32.
Wide FirstOctant(const Wide& small, const Wide& large) {
  const int32_t k = NearestStep(small, large);
  Wide x = Divide(small, large);
  if (k != 0) {
    const Wide step = ToWide(k);
    x = Divide(Subtract(Shift(small, 4), Multiply(step, large)),
               Add(Shift(large, 4), Multiply(step, small)));
  }
  if (x.is_zero()) return kArcTangent[k];
  constexpr unsigned kTerms = 13;
  const Wide tangent = Multiply(x, Polynomial(Negate(Multiply(x, x)), kReciprocalOdd, kTerms));
  return k == 0 ? tangent : Add(kArcTangent[k], tangent);
}

Float80 RoundAngle(Context& context, Wide magnitude, bool sign) {
  magnitude.sign = sign;
  return RoundWide(context, magnitude);
}

Float80 ArcTangentOfInfinity(Context& context, Float80 y, Float80 x) {
  const bool y_infinite = Classify(y) == Class::kInfinity;
  RaiseIfDenormal(context, y);
  RaiseIfDenormal(context, x);
  if (Classify(x) != Class::kInfinity) return RoundAngle(context, kWideHalfPi, y.sign());
  if (!y_infinite) return x.sign() ? RoundAngle(context, kWidePi, y.sign()) : Zero(y.sign());
  const Wide quarter = Shift(kWidePi, -2);
  return RoundAngle(context, x.sign() ? Subtract(kWidePi, quarter) : quarter, y.sign());
}

Float80 ArcTangentOfZero(Context& context, Float80 y, Float80 x) {
  RaiseIfDenormal(context, y);
  RaiseIfDenormal(context, x);
  if (Classify(y) != Class::kZero) return RoundAngle(context, kWideHalfPi, y.sign());
  return x.sign() ? RoundAngle(context, kWidePi, y.sign()) : Zero(y.sign());
}

}  // namespace

Float80 ArcTangent(Context& context, Float80 y, Float80 x) {
  const Class cy = Classify(y);
  const Class cx = Classify(x);
  if (IsNanOrUnsupported(cy) || IsNanOrUnsupported(cx)) return PropagateNan(context, x, y);
  if (cy == Class::kInfinity || cx == Class::kInfinity) return ArcTangentOfInfinity(context, y, x);
  if (cy == Class::kZero || cx == Class::kZero) return ArcTangentOfZero(context, y, x);
  const Wide height = Absolute(ToWide(Unpack(context, y)));
  const Wide width = Absolute(ToWide(Unpack(context, x)));
  Wide angle;
  if (MagnitudeLess(width, height)) {
    const Wide complement = FirstOctant(width, height);
    angle = x.sign() ? Add(kWideHalfPi, complement) : Subtract(kWideHalfPi, complement);
  } else {
    angle = FirstOctant(height, width);
    if (x.sign()) angle = Subtract(kWidePi, angle);
  }
  return RoundAngle(context, angle, y.sign());
}

}  // namespace elfin::cpu::float80
