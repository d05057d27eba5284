#include "runtime/cpu/integer_helpers.h"

#include <array>

namespace elfin::cpu {

uint64_t DepositBits(CpuState*, uint64_t a, uint64_t mask) {
  uint64_t result = 0;
  for (; mask != 0; mask &= mask - 1, a >>= 1) {
    if ((a & 1) != 0) result |= mask & -mask;
  }
  return result;
}

uint64_t ExtractBits(CpuState*, uint64_t a, uint64_t mask) {
  uint64_t result = 0;
  for (uint64_t place = 1; mask != 0; mask &= mask - 1, place <<= 1) {
    if ((a & mask & -mask) != 0) result |= place;
  }
  return result;
}

V128 SlidingSums(CpuState*, V128 a, V128 b, uint32_t control) {
  const auto bytes = BitCast<std::array<uint8_t, 16>>(a);
  const auto block = BitCast<std::array<uint8_t, 16>>(b);
  const unsigned first = control & 4;
  const unsigned fixed = 4 * (control & 3);
  std::array<uint16_t, 8> sums{};
  for (unsigned n = 0; n < 8; ++n) {
    for (unsigned k = 0; k < 4; ++k) {
      const int difference = bytes[first + n + k] - block[fixed + k];
      sums[n] = static_cast<uint16_t>(sums[n] + (difference < 0 ? -difference : difference));
    }
  }
  return BitCast<V128>(sums);
}

V128 LeastWord(CpuState*, V128 a) {
  const auto words = BitCast<std::array<uint16_t, 8>>(a);
  uint16_t least = 0;  // its number
  for (uint16_t n = 1; n < 8; ++n) {
    if (words[n] < words[least]) least = n;
  }
  return BitCast<V128>(std::array<uint16_t, 8>{words[least], least});
}

}  // namespace elfin::cpu
