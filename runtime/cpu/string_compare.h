// PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM: strings of up to 16 bytes or 8 words compared as the
// immediate says. (SDM vol. 2B, 4.1)
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

// The answer of both, in one word:
//   bits  0…15   the mask: a bit for each element of b (IntRes2)
//   bits 16…23   the index of the mask's lowest or highest bit; the number of elements where it is
//                empty
//   bits 32…43   the arithmetic flags in their places of rflags
inline constexpr unsigned kCompareIndexShift = 16;
inline constexpr unsigned kCompareFlagsShift = 32;

/// Explicit lengths, signed; their magnitudes count, up to what a register holds.
uint64_t CompareStrings(CpuState* state, V128 a, V128 b, uint64_t length_a, uint64_t length_b,
                        uint32_t control);
/// Strings end before their first zero.
uint64_t CompareTerminatedStrings(CpuState* state, V128 a, V128 b, uint32_t control);

}  // namespace elfin::cpu
