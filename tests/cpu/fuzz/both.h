// One case on both: for hand-written tests.
#pragma once

#include <functional>
#include <initializer_list>
#include <vector>

#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/subject.h"

namespace elfin::fuzz {

/// Code at kCode + offset, registers zero but rsp (middle of the stack zone), flags clear.
Case MakeCase(const std::vector<uint8_t>& code, uint64_t offset = 0);

/// Runs in a child process, where an oracle of its own is.
Result OnProcessor(const Case& test);
/// In a fresh interpreter. `look`: sees it afterwards.
Result OnElfin(const Case& test, const std::function<void(Subject&)>& look = nullptr);

/// All that both results say; vector, registers, rip, defined flags.
bool SameResult(const Result& processor, const Result& elfin);

}  // namespace elfin::fuzz
