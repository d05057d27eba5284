// Whether processor and Elfin agree, and how they are shown where they don't.
#pragma once

#include <cstdint>
#include <string>

#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/subject.h"

namespace elfin::fuzz {

/// rflags bits that are compared, but for the row's undefined ones. RF is the signal frame's own;
/// ID and NT don't come back from it.
inline constexpr uint64_t kComparedFlags =
    cpu::kArithmeticFlags | cpu::kFlagDf | cpu::kFlagTf | cpu::kFlagAc;

/// Registers and ending. `ignored_flags`: the undefined ones.
bool SameResult(const Bucket& bucket, const Result& processor, const Result& elfin,
                uint64_t ignored_flags);

/// Makes equal what the row writes to memory and differs by the processor (FXSAVE's mask of MXCSR
/// bits).
void AlignMemory(const Case& test, const Bucket& bucket);

/// The writable zones, of which the processor's are at their own addresses.
bool SameMemory(Subject& subject);

/// Everything about a difference: bytes, listing, state before, both results side by side.
std::string DescribeDifference(const Bucket& bucket, const Case& test, const Result& processor,
                               const Result& elfin, Subject& subject);

/// "jit listing" of the case's bytes by the system's disassembler, where there is one.
std::string Disassemble(const Case& test);

}  // namespace elfin::fuzz
