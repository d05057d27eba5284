// Bits of a bitmap block: bit n is bit n % 8 of byte n / 8; 1 is "in use".
#pragma once

#include <cstdint>

namespace elfin::ext {

inline bool TestBit(const uint8_t* bits, uint32_t bit) {
  return (bits[bit / 8] >> bit % 8 & 1) != 0;
}
inline void SetBits(uint8_t* bits, uint32_t first, uint32_t count) {
  for (uint32_t bit = first; bit < first + count; ++bit) bits[bit / 8] |= 1 << bit % 8;
}
inline void ClearBits(uint8_t* bits, uint32_t first, uint32_t count) {
  for (uint32_t bit = first; bit < first + count; ++bit) bits[bit / 8] &= ~(1 << bit % 8);
}

/// The first bit in [from, end) that is clear in both; `end` if none. `other` may be nullptr.
uint32_t FindClear(const uint8_t* bits, const uint8_t* other, uint32_t from, uint32_t end);
/// The first bit in [from, end) that is set in either.
uint32_t FindSet(const uint8_t* bits, const uint8_t* other, uint32_t from, uint32_t end);

}  // namespace elfin::ext
