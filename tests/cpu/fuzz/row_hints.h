// What single rows want from a case: counts that matter, dividends that fit, addresses in implicit
// registers, jump targets.
#pragma once

#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

/// Sets registers and memory that the row uses implicitly. Explicit memory operands are aimed
/// later.
void PrepareRow(Random& random, const Bucket& bucket, const Instance& instance, Case* test);

/// Whether the instruction would break the harness: enter this process's kernel, lose its thread
/// pointer.
bool RunsElsewhere(const Instance& instance);

/// Whether processors that differ in vendor or features give the bytes different meanings.
bool DiffersByProcessor(const Instance& instance);

/// An address to jump to: mostly in the code zone.
uint64_t CodeAddress(Random& random);

/// Flags that the instruction leaves undefined.
uint64_t UndefinedFlags(const Bucket& bucket, const Instance& instance, const Case& test);

/// Whether cases that fault are compared at all.
bool FaultsAreCompared(const Bucket& bucket);
/// Whether float results are approximations of which a few digits agree.
bool IsApproximate(const Bucket& bucket);
/// Whether a page fault's address is compared (the processor's order within a large operand is its
/// own).
bool FaultAddressIsCompared(const Bucket& bucket);

/// PCMPESTRI and its like.
bool IsStringCompare(const Bucket& bucket);

/// Null, or why the row isn't run.
const char* WhyExcluded(const Bucket& bucket);

}  // namespace elfin::fuzz
