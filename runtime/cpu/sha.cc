#include "runtime/cpu/sha.h"

#include <array>
#include <bit>

namespace elfin::cpu {
namespace {

using Words = std::array<uint32_t, 4>;  // from the lowest

uint32_t Choose(uint32_t x, uint32_t y, uint32_t z) { return (x & y) ^ (~x & z); }
uint32_t Majority(uint32_t x, uint32_t y, uint32_t z) { return (x & y) ^ (x & z) ^ (y & z); }

uint32_t Mix(uint32_t function, uint32_t x, uint32_t y, uint32_t z) {
  if (function == 0) return Choose(x, y, z);
  if (function == 2) return Majority(x, y, z);
  return x ^ y ^ z;
}

/// The functions named sigma in FIPS 180-4, 4.1.2.
uint32_t UpperSigma0(uint32_t x) { return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22); }
uint32_t UpperSigma1(uint32_t x) { return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25); }
uint32_t LowerSigma1(uint32_t x) { return std::rotr(x, 17) ^ std::rotr(x, 19) ^ x >> 10; }

}  // namespace

V128 Sha1Rounds(CpuState*, V128 from, V128 words, uint32_t function) {
  // The square roots of 2, 3, 5 and 10 times 2^30.
  static constexpr uint32_t kConstants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
  function &= 3;
  auto [d, c, b, a] = BitCast<Words>(from);
  const auto schedule = BitCast<Words>(words);
  uint32_t e = 0;  // the first is in the schedule's word
  for (int n = 3; n >= 0; --n) {
    const uint32_t next =
        Mix(function, b, c, d) + std::rotl(a, 5) + schedule[n] + e + kConstants[function];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  return BitCast<V128>(Words{d, c, b, a});
}

V128 Sha1Schedule(CpuState*, V128 a, V128 b) {
  const auto from = BitCast<Words>(a);
  const auto last = BitCast<Words>(b);
  const uint32_t w16 = std::rotl(from[3] ^ last[2], 1);
  const uint32_t w17 = std::rotl(from[2] ^ last[1], 1);
  const uint32_t w18 = std::rotl(from[1] ^ last[0], 1);
  const uint32_t w19 = std::rotl(from[0] ^ w16, 1);
  return BitCast<V128>(Words{w19, w18, w17, w16});
}

V128 Sha256Rounds(CpuState*, V128 from, V128 other, V128 words) {
  auto [h, g, d, c] = BitCast<Words>(from);
  auto [f, e, b, a] = BitCast<Words>(other);
  const auto schedule = BitCast<Words>(words);
  for (int n = 0; n < 2; ++n) {
    const uint32_t first = h + UpperSigma1(e) + Choose(e, f, g) + schedule[n];
    const uint32_t second = UpperSigma0(a) + Majority(a, b, c);
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  return BitCast<V128>(Words{f, e, b, a});
}

V128 Sha256Schedule(CpuState*, V128 a, V128 b) {
  const auto from = BitCast<Words>(a);
  const auto last = BitCast<Words>(b);
  const uint32_t w16 = from[0] + LowerSigma1(last[2]);
  const uint32_t w17 = from[1] + LowerSigma1(last[3]);
  const uint32_t w18 = from[2] + LowerSigma1(w16);
  const uint32_t w19 = from[3] + LowerSigma1(w17);
  return BitCast<V128>(Words{w16, w17, w18, w19});
}

}  // namespace elfin::cpu
