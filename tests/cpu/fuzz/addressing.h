// Where memory operands point, and registers that make them point there.
#pragma once

#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

/// An address for a data operand: mostly inside the data zone, aligned or not; also across pages,
/// into holes, read-only, null, non-canonical.
uint64_t DataAddress(Random& random);
/// The same for the stack pointer: mostly good.
uint64_t StackAddress(Random& random);

/// Sets base and index registers (or the displacement, where there are none) so that the memory
/// operand is at a DataAddress, and puts operand values there. False: can't be done with this
/// addressing.
bool AimMemoryOperand(Random& random, const Bucket& bucket, Instance* instance, Case* test);

/// Puts bytes into the case's memory, as far as they are in a writable zone.
void PutMemory(Case* test, uint64_t address, const uint8_t* bytes, size_t size);

/// The number of the general register at an offset of CpuState; 16 where there is none.
unsigned GprNumber(uint16_t offset);
uint64_t SegmentBaseOf(const decoder::GuestInsn& insn);

}  // namespace elfin::fuzz
