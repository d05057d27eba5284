// Inside float80 and for the other binary formats (soft_float.h): sums, products, quotients and
// roots of finite numbers before rounding.
#pragma once

#include "runtime/cpu/float80/rounding.h"

namespace elfin::cpu::float80 {

/// a + b. A significand of zero: they cancelled.
Unrounded AddFinite(const Unpacked& a, const Unpacked& b);
Unrounded MultiplyFinite(const Unpacked& a, const Unpacked& b);
/// a / b.
Unrounded DivideFinite(const Unpacked& a, const Unpacked& b);
/// Precondition: a is positive.
Unrounded SquareRootFinite(const Unpacked& a);

}  // namespace elfin::cpu::float80
