// Which processor features Elfin implements (features.inc).
#pragma once

#include <cstdint>

namespace elfin::decoder {

enum class CpuidRegister : uint8_t { kEax, kEbx, kEcx, kEdx };

namespace features {
#define FEATURE(name, leaf, subleaf, register_name, bit, implemented) \
  inline constexpr bool k##name = implemented;
#include "decoder/features.inc"
#undef FEATURE
}  // namespace features

/// The feature bits of one CPUID register: what is implemented, nothing else.
constexpr uint32_t FeatureBits(uint32_t leaf, uint32_t subleaf, CpuidRegister reg) {
  uint32_t bits = 0;
#define FEATURE(name, row_leaf, row_subleaf, register_name, bit, implemented) \
  if (implemented && leaf == (row_leaf) && subleaf == (row_subleaf) &&        \
      reg == CpuidRegister::register_name) {                                  \
    bits |= 1u << (bit);                                                      \
  }
#include "decoder/features.inc"
#undef FEATURE
  return bits;
}

}  // namespace elfin::decoder
