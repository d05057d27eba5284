// What SSE's floating-point instructions call where a plain operation of the host is not enough:
// operands or results that are no ordinary numbers, a rounding mode, flag or mask that matters, an
// inexact result that MXCSR doesn't tell of yet. (semantics/sse_float.h and convert.h decide.)
//
// All raise MXCSR's sticky flags. An unmasked exception leaves CpuState::float_trap non-zero: the
// caller raises #XM and drops the result. Both tiers call them; numbers are passed as their bits.
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/soft_float.h"
#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

/// operation: soft_float::Operation.
uint32_t ComputeFloat(CpuState* state, uint32_t a, uint32_t b, uint32_t operation);
uint64_t ComputeDouble(CpuState* state, uint64_t a, uint64_t b, uint32_t operation);
V128 ComputeFloats(CpuState* state, V128 a, V128 b, uint32_t operation);
V128 ComputeDoubles(CpuState* state, V128 a, V128 b, uint32_t operation);

/// ADDSUBPS, ADDSUBPD: even lanes are subtracted, odd ones added.
V128 AddSubtractFloats(CpuState* state, V128 a, V128 b);
V128 AddSubtractDoubles(CpuState* state, V128 a, V128 b);

/// DPPS, DPPD: control is their immediate.
V128 DotFloats(CpuState* state, V128 a, V128 b, uint32_t control);
V128 DotDoubles(CpuState* state, V128 a, V128 b, uint32_t control);

/// The immediate of ROUNDPS and its like: a rounding (float80::Rounding) or MXCSR's; whether
/// inexact results raise nothing.
inline constexpr uint32_t kRoundingField = 3;
inline constexpr uint32_t kRoundByMxcsr = 4;
inline constexpr uint32_t kRoundQuietly = 8;
/// ROUNDSS, ROUNDSD, ROUNDPS, ROUNDPD.
uint32_t RoundFloat(CpuState* state, uint32_t a, uint32_t control);
uint64_t RoundDouble(CpuState* state, uint64_t a, uint32_t control);
V128 RoundFloats(CpuState* state, V128 a, uint32_t control);
V128 RoundDoubles(CpuState* state, V128 a, uint32_t control);

/// COMISS, COMISD and UCOMIS…: soft_float::Relation. rule: soft_float::NanRule.
uint32_t CompareFloats(CpuState* state, uint32_t a, uint32_t b, uint32_t rule);
uint32_t CompareDoubles(CpuState* state, uint64_t a, uint64_t b, uint32_t rule);

uint64_t FloatToDouble(CpuState* state, uint32_t a);
uint32_t DoubleToFloat(CpuState* state, uint64_t a);
uint32_t IntegerToFloat(CpuState* state, uint64_t a);
uint64_t IntegerToDouble(CpuState* state, uint64_t a);

/// How a number becomes an integer.
enum class IntegerRounding : uint8_t { kMxcsr, kTruncate };
/// Signed; bits: 32 or 64. rounding: IntegerRounding.
uint64_t FloatToInteger(CpuState* state, uint32_t a, uint32_t bits, uint32_t rounding);
uint64_t DoubleToInteger(CpuState* state, uint64_t a, uint32_t bits, uint32_t rounding);

/// Conversions of whole vectors. Results of two 32-bit lanes have zeros above.
enum class VectorConversion : uint8_t {
  kIntegersToFloats,            // CVTDQ2PS
  kFloatsToIntegers,            // CVTPS2DQ
  kFloatsToIntegersTruncated,   // CVTTPS2DQ
  kDoublesToIntegers,           // CVTPD2DQ
  kDoublesToIntegersTruncated,  // CVTTPD2DQ
  kFloatsToDoubles,             // CVTPS2PD
  kDoublesToFloats,             // CVTPD2PS
};
/// conversion: VectorConversion.
V128 ConvertVector(CpuState* state, V128 a, uint32_t conversion);

/// RCPSS and RSQRTSS of one lane; raises nothing. Processors give 12 bits and differ in what they
/// give; here it is the correctly rounded number.
uint32_t ReciprocalEstimate(CpuState* state, uint32_t a);
uint32_t ReciprocalRootEstimate(CpuState* state, uint32_t a);

}  // namespace elfin::cpu
