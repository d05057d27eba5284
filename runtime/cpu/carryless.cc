#include "runtime/cpu/carryless.h"

#include <array>

namespace elfin::cpu {
namespace {

/// The lower half of the product. Factors are split into bits four places apart: in the products of
/// such parts at most 15 terms meet in a place below the topmost, so that none carries into the
/// next place that counts.
uint64_t MultiplyLow(uint64_t a, uint64_t b) {
  constexpr uint64_t kEveryFourth = 0x1111'1111'1111'1111;
  uint64_t result = 0;
  for (unsigned place = 0; place < 4; ++place) {
    uint64_t sum = 0;
    for (unsigned from = 0; from < 4; ++from) {
      sum ^= (a & kEveryFourth << from) * (b & kEveryFourth << ((place - from) & 3));
    }
    result |= sum & kEveryFourth << place;
  }
  return result;
}

uint64_t ReverseBits(uint64_t a) {
  auto swap = [&](unsigned distance, uint64_t low) {
    a = (a & low) << distance | (a >> distance & low);
  };
  swap(1, 0x5555'5555'5555'5555);
  swap(2, 0x3333'3333'3333'3333);
  swap(4, 0x0f0f'0f0f'0f0f'0f0f);
  return __builtin_bswap64(a);
}

constexpr std::array<uint32_t, 256> kCrcOfByte = [] {
  constexpr uint32_t kPolynomial = 0x82f6'3b78;  // 0x11edc6f41, lowest power first
  std::array<uint32_t, 256> table{};
  for (uint32_t n = 0; n < 256; ++n) {
    uint32_t crc = n;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[n] = crc;
  }
  return table;
}();

}  // namespace

V128 CarrylessMultiply(CpuState*, uint64_t a, uint64_t b) {
  const uint64_t high = ReverseBits(MultiplyLow(ReverseBits(a), ReverseBits(b))) >> 1;
  return (V128)vector_detail::U64{MultiplyLow(a, b), high};
}

uint32_t AddToCrc32c(CpuState*, uint32_t crc, uint64_t data, uint32_t bytes) {
  for (; bytes > 0; --bytes, data >>= 8) crc = kCrcOfByte[(crc ^ data) & 0xff] ^ crc >> 8;
  return crc;
}

}  // namespace elfin::cpu
