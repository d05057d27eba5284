// Between Float80 and the formats of memory operands, and FRNDINT. float32 and float64 are raw
// bits.
//
// To memory: when Context raised something unmasked other than kPrecision, nothing must be stored.
#pragma once

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

/// Exact; raise kDenormal, or kInvalid for a signaling NaN, which becomes quiet.
Float80 FromFloat32(Context& context, uint32_t bits);
Float80 FromFloat64(Context& context, uint64_t bits);
/// Exact; raises nothing.
Float80 FromInteger(int64_t value);

uint32_t ToFloat32(Context& context, Float80 a);
uint64_t ToFloat64(Context& context, Float80 a);

/// Rounded to an integer of 16, 32 or 64 bits, sign-extended. kInvalid with the most negative
/// integer
/// ("integer indefinite") for NaNs, infinities and what does not fit.
int64_t ToInteger(Context& context, Float80 a, unsigned bits, Rounding rounding);
/// The same with the control word's rounding.
inline int64_t ToInteger(Context& context, Float80 a, unsigned bits) {
  return ToInteger(context, a, bits, context.rounding());
}

/// FRNDINT.
Float80 RoundToIntegral(Context& context, Float80 a);

/// 18 decimal digits, two a byte from the lowest, and a byte with the sign in its top bit.
struct PackedDecimal {
  uint8_t bytes[10];
};

/// FBLD. Nibbles above nine are taken as what they are worth, as the processor does.
Float80 FromDecimal(const PackedDecimal& decimal);
/// FBSTP. kInvalid with the "packed BCD indefinite" for what ToInteger would refuse or has 19
/// digits.
PackedDecimal ToDecimal(Context& context, Float80 a);

}  // namespace elfin::cpu::float80
