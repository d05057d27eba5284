// 64 × 64 → 128 and 128 ÷ 64 bits without compiler-runtime calls (cpu.wasm is freestanding, and
// WebAssembly has no wide multiplication).
#pragma once

#include <bit>
#include <cstdint>

namespace elfin::cpu {

/// The upper half of the 128-bit product.
inline uint64_t MulHigh64(uint64_t a, uint64_t b) {
  const uint64_t a_low = static_cast<uint32_t>(a);
  const uint64_t a_high = a >> 32;
  const uint64_t b_low = static_cast<uint32_t>(b);
  const uint64_t b_high = b >> 32;
  const uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
  const uint64_t other = a_low * b_high + static_cast<uint32_t>(middle);
  return a_high * b_high + (middle >> 32) + (other >> 32);
}

/// One 32-bit digit of Knuth's algorithm D: (high:digit) / divisor with divisor normalised.
inline uint64_t DivStep64(uint64_t* high, uint32_t digit, uint64_t divisor) {
  const uint64_t top = divisor >> 32;
  const uint64_t bottom = static_cast<uint32_t>(divisor);
  uint64_t quotient = *high / top;
  uint64_t rest = *high % top;
  while (quotient >> 32 != 0 || quotient * bottom > (rest << 32 | digit)) {
    --quotient;
    rest += top;
    if (rest >> 32 != 0) break;
  }
  *high = (*high << 32 | digit) - quotient * divisor;
  return quotient;
}

/// (high:low) / divisor for high < divisor.
inline uint64_t DivWide64(uint64_t high, uint64_t low, uint64_t divisor) {
  if (high == 0) return low / divisor;
  const int shift = std::countl_zero(divisor);
  if (shift != 0) {
    high = high << shift | low >> (64 - shift);
    low <<= shift;
    divisor <<= shift;
  }
  const uint64_t first = DivStep64(&high, static_cast<uint32_t>(low >> 32), divisor);
  const uint64_t second = DivStep64(&high, static_cast<uint32_t>(low), divisor);
  return first << 32 | second;
}

}  // namespace elfin::cpu
