// FPREM and FPREM1, FSCALE and FXTRACT: exact work on exponents.
#pragma once

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

/// How the quotient of a remainder is rounded.
enum class Quotient : uint8_t { kTruncated /* FPREM */, kNearest /* FPREM1 */ };

struct Remainder {
  Float80 value;
  /// The quotient's three lowest bits; 0 if partial.
  uint8_t quotient;
  /// Exponents were 64 or more apart: value is congruent and smaller, the program has to go on
  /// (C2).
  bool partial;
};

/// a − b × quotient, always to 64 bits.
Remainder ComputeRemainder(Context& context, Float80 a, Float80 b, Quotient quotient);

/// FSCALE: a × 2^trunc(b), always to 64 bits.
Float80 Scale(Context& context, Float80 a, Float80 b);

struct Extracted {
  Float80 exponent;
  Float80 significand;
};

/// FXTRACT. Zero raises kZeroDivide and has the exponent −∞.
Extracted Extract(Context& context, Float80 a);

}  // namespace elfin::cpu::float80
