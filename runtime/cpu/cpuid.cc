#include "runtime/cpu/cpuid.h"

#include "decoder/features.h"

namespace elfin::cpu {
namespace {

using decoder::CpuidRegister;
using decoder::FeatureBits;

// AMD's leaves tell caches in two plain registers.
constexpr uint32_t VendorWord(unsigned first) {
  uint32_t word = 0;
  for (unsigned n = 0; n < 4; ++n) word |= uint32_t{uint8_t(decoder::kVendor[first + n])} << 8 * n;
  return word;
}
constexpr CpuidResult kVendor = {0, VendorWord(0), VendorWord(8), VendorWord(4)};
constexpr uint32_t kBaseFamily = 15;  // the rest is in the extended field
constexpr uint32_t kFamilyModel = (decoder::kFamily - kBaseFamily) << 20 | kBaseFamily << 8 |
                                  decoder::kModel << 4 | decoder::kStepping;
static_assert(decoder::kModel < 16 && decoder::kStepping < 16);
constexpr uint32_t kMaxBasicLeaf = 7;
constexpr uint32_t kMaxExtendedLeaf = 0x80000008;
constexpr unsigned kBrandSize = 48;
static_assert(sizeof(decoder::kBrand) <= kBrandSize);

CpuidResult Features(uint32_t leaf, uint32_t subleaf) {
  return {FeatureBits(leaf, subleaf, CpuidRegister::kEax),
          FeatureBits(leaf, subleaf, CpuidRegister::kEbx),
          FeatureBits(leaf, subleaf, CpuidRegister::kEcx),
          FeatureBits(leaf, subleaf, CpuidRegister::kEdx)};
}

CpuidResult Brand(uint32_t part) {
  char brand[kBrandSize] = {};
  __builtin_memcpy(brand, decoder::kBrand, sizeof(decoder::kBrand));
  uint32_t words[4];
  __builtin_memcpy(words, brand + 16 * part, sizeof(words));
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
      result.ebx = 1u << 16 | decoder::kCacheLineBytes / 8 << 8;  // one logical processor, CLFLUSH
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
      return {0, 0, decoder::kCacheKilobytes << 16 | 6u << 12 | 1u << 8 | decoder::kCacheLineBytes,
              16u << 18 | 8u << 12 | 1u << 8 | 64};
    case 0x80000008:  // 48-bit virtual and physical addresses
      return {decoder::kAddressBits << 8 | decoder::kAddressBits, 0, 0, 0};
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
