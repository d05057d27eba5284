// Inside float80: values before rounding, and how operands that are no plain numbers are treated.
#pragma once

#include "runtime/cpu/float80/float80.h"
#include "runtime/cpu/float80/uint128.h"

namespace elfin::cpu::float80 {

/// A finite operand that is not zero: significand's top bit is set, so exponent can be negative.
struct Unpacked {
  uint64_t significand;
  int32_t exponent;  // biased as in Float80
  bool sign;
};

/// A result with 64 bits more than fit; the lowest also stands for everything below it.
/// significand.high's top bit is set.
struct Unrounded {
  Uint128 significand;
  int32_t exponent;
  bool sign;
};

/// Rounds to the control word's precision (Round) or to 64 bits (RoundExtended); overflow and
/// underflow.
Float80 Round(Context& context, const Unrounded& value);
Float80 RoundExtended(Context& context, const Unrounded& value);

struct RoundedSignificand {
  uint64_t significand;  // low `drop` bits are zero
  bool carry;  // the significand was all ones: it is now kIntegerBit, the exponent one more
  bool inexact;
  bool up;
};
/// Rounds away the lowest `drop` bits of the high half and all of the low half; 0 ≤ drop ≤ 63.
RoundedSignificand RoundSignificand(Rounding rounding, bool sign, Uint128 significand,
                                    unsigned drop);

constexpr Unpacked UnpackNormal(Float80 a) { return {a.significand, a.exponent(), a.sign()}; }

/// Precondition: class kNormal or kDenormal; a denormal raises kDenormal.
Unpacked Unpack(Context& context, Float80 a);

inline void RaiseIfDenormal(Context& context, Float80 a) {
  if (Classify(a) == Class::kDenormal) context.raised |= kDenormal;
}

/// Raises kInvalid; the masked response.
inline Float80 Invalid(Context& context) {
  context.raised |= kInvalid;
  return kIndefinite;
}

constexpr bool IsNanOrUnsupported(Class c) { return c >= Class::kQuietNan; }

/// The result of an operation whose operand is, or operands include, a NaN or an unsupported
/// encoding.
Float80 PropagateNan(Context& context, Float80 a);
Float80 PropagateNan(Context& context, Float80 a, Float80 b);

}  // namespace elfin::cpu::float80
