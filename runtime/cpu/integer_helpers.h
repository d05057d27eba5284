// Integer instructions that are too large to spell out: PDEP, PEXT, MPSADBW, PHMINPOSUW.
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/vector_ops.h"

namespace elfin::cpu {

/// PDEP: the lowest bits of a go to where mask has ones; zeros elsewhere.
uint64_t DepositBits(CpuState* state, uint64_t a, uint64_t mask);
/// PEXT: the bits of a where mask has ones, side by side.
uint64_t ExtractBits(CpuState* state, uint64_t a, uint64_t mask);

/// MPSADBW: eight sums of differences between four bytes of b and four of a, each a byte further.
/// control: bit 2: where a's begin, in 4 bytes; bits 0, 1: where b's are.
V128 SlidingSums(CpuState* state, V128 a, V128 b, uint32_t control);
/// PHMINPOSUW: the least word, then its number.
V128 LeastWord(CpuState* state, V128 a);

}  // namespace elfin::cpu
