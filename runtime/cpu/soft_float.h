// Floating-point operations of SSE by integer arithmetic: one lane at a time, every rounding mode,
// DAZ, FTZ and the exact exceptions. (SDM vol. 1, 4.8, 4.9 and 11.5)
//
// float_helpers.h is the way in from instructions; most of them need none of this.
#pragma once

#include <cstdint>

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::soft_float {

/// MXCSR: six sticky flags (bits 0…5, as float80::Exception), DAZ, six masks, rounding, FTZ.
inline constexpr uint32_t kFlags = 0x3f;
inline constexpr uint32_t kDenormalsAreZero = 1u << 6;
inline constexpr unsigned kMaskShift = 7;
inline constexpr unsigned kRoundingShift = 13;
inline constexpr uint32_t kRoundingControl = 3u << kRoundingShift;
inline constexpr uint32_t kFlushToZero = 1u << 15;

/// What a two-operand instruction does. Compare…: the immediate of CMPPS, from kEqual.
enum class Operation : uint32_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kSquareRoot,
  kMin,
  kMax,
  kEqual,
  kLess,
  kLessOrEqual,
  kUnordered,
  kNotEqual,
  kNotLess,
  kNotLessOrEqual,
  kOrdered,
};

/// One instruction's view of MXCSR. Lanes add to `raised`.
struct Environment {
  uint32_t mxcsr;
  uint32_t raised = 0;  // float80::Exception bits

  float80::Rounding rounding() const {
    return static_cast<float80::Rounding>(mxcsr >> kRoundingShift & 3);
  }
  bool denormals_are_zero() const { return (mxcsr & kDenormalsAreZero) != 0; }
  bool flush_to_zero() const { return (mxcsr & kFlushToZero) != 0; }
  uint32_t unmasked() const { return ~(mxcsr >> kMaskShift) & kFlags; }
};

/// How two numbers compare.
enum class Relation : uint32_t { kGreater, kLess, kEqual, kUnordered };
/// Which NaNs are invalid operands of a comparison.
enum class NanRule : uint8_t { kSignalingIsInvalid, kAnyIsInvalid };

// kBits: 32 or 64, the format; numbers are its bits, zero-extended.

/// a operation b; comparisons give all ones or zero. Square root: of b.
template <unsigned kBits>
uint64_t Compute(Environment& environment, Operation operation, uint64_t a, uint64_t b);

template <unsigned kBits>
Relation Compare(Environment& environment, NanRule rule, uint64_t a, uint64_t b);

/// float to double, double to float.
uint64_t Widen(Environment& environment, uint32_t a);
uint32_t Narrow(Environment& environment, uint64_t a);

/// To an integral number; inexact ones raise kPrecision, denormals nothing.
template <unsigned kBits>
uint64_t RoundToIntegral(Environment& environment, uint64_t a, float80::Rounding rounding);

/// A signed integer, rounded.
template <unsigned kBits>
uint64_t FromInteger(Environment& environment, int64_t a);

/// To a signed integer of `bits` (32, 64) bits; what does not fit is the most negative one.
template <unsigned kBits>
int64_t ToInteger(Environment& environment, uint64_t a, unsigned bits, float80::Rounding rounding);

}  // namespace elfin::cpu::soft_float
