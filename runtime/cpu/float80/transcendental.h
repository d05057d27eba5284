// The transcendental instructions. Computed with 128 bits and rounded once, as the rounding control
// says, to 64 bits: the error is below 0.5001 units in the last place but for the argument
// reduction, which uses the processor's own π of 66 bits, so that large arguments have the
// processor's results.
//
// Results can differ from a given processor's in the last place and in C1. Where the manuals leave
// a result undefined, it is as on AMD's processors.
#pragma once

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

struct Trigonometric {
  Float80 value;
  /// |operand| ≥ 2^63: nothing was computed (C2).
  bool out_of_range;
};
Trigonometric Sine(Context& context, Float80 a);
Trigonometric Cosine(Context& context, Float80 a);
/// FPTAN's first result; the instruction pushes 1.0 after it, or the value again where it is a NaN.
Trigonometric Tangent(Context& context, Float80 a);

/// FPATAN: the angle of the point (x, y), −π … π.
Float80 ArcTangent(Context& context, Float80 y, Float80 x);

/// F2XM1: 2^a − 1 for |a| ≤ 1; a itself beyond.
Float80 PowerOfTwoMinusOne(Context& context, Float80 a);
/// FYL2X: y × log2(x).
Float80 LogarithmTimes(Context& context, Float80 y, Float80 x);
/// FYL2XP1: y × log2(x + 1); x itself for x ≤ −1.
Float80 LogarithmPlusOneTimes(Context& context, Float80 y, Float80 x);

}  // namespace elfin::cpu::float80
