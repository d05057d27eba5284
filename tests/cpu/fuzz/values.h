// Operand values that instructions find interesting.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

/// An integer: 0, 1, -1, sign bits and limits of all widths, small, few bits, or anything.
uint64_t InterestingInteger(Random& random);

/// What the lanes of a vector or a memory operand are filled with.
enum class Lanes : uint8_t { kIntegers, kFloats, kDoubles, kExtended, kDecimal, kMixed, kText };

/// kText: bytes or words of a small alphabet, zeros among them.
/// Fills size bytes (a multiple of 8) with lanes. kExtended writes 10-byte numbers every 16 bytes.
void FillLanes(Random& random, Lanes lanes, uint8_t* to, size_t size);

/// A float, double or 80-bit number: NaNs of both kinds, infinities, denormals, zeros, small
/// integers, limits of the integer types, neighbours of 1, huge, tiny, or anything.
uint32_t InterestingFloat(Random& random);
uint64_t InterestingDouble(Random& random);
void InterestingExtended(Random& random, uint8_t to[10]);

}  // namespace elfin::fuzz
