#include "runtime/cpu/float80/compare.h"

#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {
namespace {

Ordering CompareNans(Context& context, Class a, Class b, QuietNans quiet_nans) {
  if (quiet_nans == QuietNans::kRaise || a > Class::kQuietNan || b > Class::kQuietNan) {
    context.raised |= kInvalid;
  }
  return Ordering::kUnordered;
}

/// Orders magnitudes; an exponent field of zero counts as one (denormals and pseudo-denormals).
bool MagnitudeLess(Float80 a, Float80 b) {
  const unsigned ea = a.exponent() == 0 ? 1u : a.exponent();
  const unsigned eb = b.exponent() == 0 ? 1u : b.exponent();
  if (a.significand == 0 || b.significand == 0) return a.significand < b.significand;
  return ea != eb ? ea < eb : a.significand < b.significand;
}

}  // namespace

Ordering Compare(Context& context, Float80 a, Float80 b, QuietNans quiet_nans) {
  const Class ca = Classify(a);
  const Class cb = Classify(b);
  if (IsNanOrUnsupported(ca) || IsNanOrUnsupported(cb)) {
    return CompareNans(context, ca, cb, quiet_nans);
  }
  RaiseIfDenormal(context, a);
  RaiseIfDenormal(context, b);
  const bool less = MagnitudeLess(a, b);
  const bool greater = MagnitudeLess(b, a);
  if (ca == Class::kZero && cb == Class::kZero) return Ordering::kEqual;
  if (a.sign() != b.sign()) return a.sign() ? Ordering::kLess : Ordering::kGreater;
  if (!less && !greater) return Ordering::kEqual;
  return less != a.sign() ? Ordering::kLess : Ordering::kGreater;
}

}  // namespace elfin::cpu::float80
