// The processor: runs cases natively in this process and catches how they end.
//
//     case ─▶ signal frame ─▶ rt_sigreturn ─▶ the case's code ─▶ trap ─▶ signal handler ─▶ result
//
// All registers come from and go to the kernel's signal frame, so nothing of this process is in the
// case's way and nothing of the case's remains. The only registers that the two share are the
// segment bases: gs is set once, fs keeps this process's thread pointer (cases address around it;
// see FsBase).
//
// One thread, one oracle a process. x86-64 Linux.
#pragma once

#include <cstdint>

#include "tests/cpu/fuzz/layout.h"
#include "tests/cpu/fuzz/machine_image.h"

namespace elfin::fuzz {

/// Maps the zones of layout.h and installs the handlers. Call once, first.
void StartOracle();

/// This process's fs base.
uint64_t FsBase();

/// The zones' host address is their guest address. Runs registers as they are; memory is the
/// caller's to prepare and to look at.
void RunOnProcessor(const Registers& before, Result* result);

/// Puts int3 over all code, contents back to Pristine, then the case's code and patches.
void PrepareProcessor(const Case& test);

}  // namespace elfin::fuzz
