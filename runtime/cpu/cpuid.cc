#include "runtime/cpu/cpuid.h"

#include "decoder/features.h"

namespace elfin::cpu {
namespace {

using decoder::CpuidRegister;
using decoder::FeatureBits;

// Programs choose cache sizes and code paths by the vendor. AMD's leaves tell caches in two plain
// registers; the family is one (Zen) that implies nothing beyond the feature bits.
constexpr CpuidResult kVendor = {0, 0x68747541, 0x444d4163, 0x69746e65};  // "AuthenticAMD": b, d, c
constexpr uint32_t kFamilyModel = 0x00800f11;
constexpr uint32_t kMaxBasicLeaf = 7;
constexpr uint32_t kMaxExtendedLeaf = 0x80000008;
constexpr char kBrand[49] = "Elfin virtual x86-64 processor";

CpuidResult Features(uint32_t leaf, uint32_t subleaf) {
  return {FeatureBits(leaf, subleaf, CpuidRegister::kEax),
          FeatureBits(leaf, subleaf, CpuidRegister::kEbx),
          FeatureBits(leaf, subleaf, CpuidRegister::kEcx),
          FeatureBits(leaf, subleaf, CpuidRegister::kEdx)};
}

CpuidResult Brand(uint32_t part) {
  uint32_t words[4];
  __builtin_memcpy(words, kBrand + 16 * part, sizeof(words));
  return {words[0], words[1], words[2], words[3]};
}

}  // namespace

CpuidResult Cpuid(uint32_t leaf, uint32_t subleaf) {
  switch (leaf) {
    case 0:
      return {kMaxBasicLeaf, kVendor.ebx, kVendor.ecx, kVendor.edx};
    case 1: {
      CpuidResult result = Features(1, 0);
      result.eax = kFamilyModel;
      result.ebx = 1u << 16 | 8u << 8;  // one logical processor, CLFLUSH of 64 bytes
      return result;
    }
    case 7:
      return Features(7, subleaf);
    case 0x80000000:
      return {kMaxExtendedLeaf, kVendor.ebx, kVendor.ecx, kVendor.edx};
    case 0x80000001: {
      CpuidResult result = Features(leaf, 0);
      result.eax = kFamilyModel;
      return result;
    }
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return Brand(leaf - 0x80000002);
    case 0x80000005:  // L1: 32 KiB data and code, 8 ways, 64-byte lines
      return {0, 0, 32u << 24 | 8u << 16 | 1u << 8 | 64, 32u << 24 | 8u << 16 | 1u << 8 | 64};
    case 0x80000006:  // L2: 512 KiB, 8 ways; L3: 8 MiB (in 512 KiB), 16 ways
      return {0, 0, 512u << 16 | 6u << 12 | 1u << 8 | 64, 16u << 18 | 8u << 12 | 1u << 8 | 64};
    case 0x80000008:  // 48-bit virtual and physical addresses
      return {48u << 8 | 48, 0, 0, 0};
    default:
      return {0, 0, 0, 0};
  }
}

void DoCpuid(CpuState* state) {
  const CpuidResult result =
      Cpuid(static_cast<uint32_t>(state->gpr[0]), static_cast<uint32_t>(state->gpr[1]));
  state->gpr[0] = result.eax;
  state->gpr[3] = result.ebx;
  state->gpr[1] = result.ecx;
  state->gpr[2] = result.edx;
}

}  // namespace elfin::cpu
