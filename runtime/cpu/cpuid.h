// CPUID, from the one table of features (decoder/features.inc).
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

struct CpuidResult {
  uint32_t eax, ebx, ecx, edx;
};
/// The answer to CPUID with eax = leaf, ecx = subleaf. (SDM vol. 2A, CPUID; AMD APM vol. 3,
/// appendix E)
CpuidResult Cpuid(uint32_t leaf, uint32_t subleaf);

/// The instruction: rax, rbx, rcx and rdx of the state.
void DoCpuid(CpuState* state);

}  // namespace elfin::cpu
