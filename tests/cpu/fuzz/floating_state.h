// Vector and x87 registers of a case, and what its memory operand holds.
#pragma once

#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

void FillFloatingState(Random& random, const Bucket& bucket, Registers* registers);

/// Fills `bytes` with operand values as the row likes them; how many.
size_t FillMemoryOperand(Random& random, const Bucket& bucket, uint8_t bytes[512]);

}  // namespace elfin::fuzz
