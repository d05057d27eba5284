#include "blockfs/ext/bitmap.h"

#include <algorithm>
#include <cstring>

namespace elfin::ext {
namespace {

/// The first bit at which both bitmaps together, xored with `flip`, are set.
uint32_t Find(const uint8_t* bits, const uint8_t* other, uint32_t from, uint32_t end,
              uint64_t flip) {
  while (from < end) {
    const uint32_t byte = from / 64 * 8;
    uint64_t word = 0;
    std::memcpy(&word, bits + byte, 8);
    if (other != nullptr) {
      uint64_t more = 0;
      std::memcpy(&more, other + byte, 8);
      word |= more;
    }
    word = (word ^ flip) >> from % 64;
    if (word != 0) return std::min(end, from + static_cast<uint32_t>(__builtin_ctzll(word)));
    from = from / 64 * 64 + 64;
  }
  return end;
}

}  // namespace

uint32_t FindClear(const uint8_t* bits, const uint8_t* other, uint32_t from, uint32_t end) {
  return Find(bits, other, from, end, ~uint64_t{0});
}

uint32_t FindSet(const uint8_t* bits, const uint8_t* other, uint32_t from, uint32_t end) {
  return Find(bits, other, from, end, 0);
}

}  // namespace elfin::ext
