// Which processor Elfin is: its names and the features that it implements (features.inc).
#pragma once

#include <cstdint>

namespace elfin::decoder {

/// Programs choose code paths by the vendor. The family is one (Zen) that implies nothing beyond
/// the feature bits.
inline constexpr char kVendor[] = "AuthenticAMD";
inline constexpr char kBrand[] = "Elfin virtual x86-64 processor";
inline constexpr unsigned kFamily = 23, kModel = 1, kStepping = 1;
/// The level-2 cache and a line of it.
inline constexpr unsigned kCacheKilobytes = 512, kCacheLineBytes = 64;
inline constexpr unsigned kAddressBits = 48;  // physical and virtual

enum class CpuidRegister : uint8_t { kEax, kEbx, kEcx, kEdx };

namespace features {
#define FEATURE(name, leaf, subleaf, register_name, bit, implemented, flag) \
  inline constexpr bool k##name = implemented;
#include "decoder/features.inc"
#undef FEATURE
}  // namespace features

/// The feature bits of one CPUID register: what is implemented, nothing else.
constexpr uint32_t FeatureBits(uint32_t leaf, uint32_t subleaf, CpuidRegister reg) {
  uint32_t bits = 0;
#define FEATURE(name, row_leaf, row_subleaf, register_name, bit, implemented, flag) \
  if (implemented && leaf == (row_leaf) && subleaf == (row_subleaf) &&              \
      reg == CpuidRegister::register_name) {                                        \
    bits |= 1u << (bit);                                                            \
  }
#include "decoder/features.inc"
#undef FEATURE
  return bits;
}

/// Linux's names of what is implemented, in the order of the table.
struct FeatureFlag {
  const char* name;
  bool implemented;
};
inline constexpr FeatureFlag kFeatureFlags[] = {
#define FEATURE(name, leaf, subleaf, register_name, bit, implemented, flag) {flag, implemented},
#include "decoder/features.inc"
#undef FEATURE
};

}  // namespace elfin::decoder
