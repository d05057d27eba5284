// An extent tree's nodes on disk: "Extent Tree". The root is in the inode; every other node fills a
// block and ends, with metadata_csum, in a checksum.
//
//   header | entry 0 | entry 1 | … | room up to `max` entries | checksum
//
// Entries are extents in leaves (depth 0), indexes elsewhere, in the order of their logical blocks.
// An index's `block` is the first logical block of what is below it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

inline constexpr uint16_t kExtentMagic = 0xf30a;
inline constexpr uint16_t kMaxExtentDepth = 5;
/// Longer lengths mean: this much less, and not yet written (reads as zeros).
inline constexpr uint32_t kMaxExtentLength = 32768;

struct ExtentHeader {
  uint16_t magic;
  uint16_t entries;
  uint16_t max;
  uint16_t depth;
  uint32_t generation;
};

struct ExtentRecord {
  uint32_t block;
  uint16_t length;
  uint16_t start_hi;
  uint32_t start_lo;
};

struct ExtentIndex {
  uint32_t block;
  uint32_t leaf_lo;
  uint16_t leaf_hi;
  uint16_t unused;
};
static_assert(sizeof(ExtentHeader) == 12 && sizeof(ExtentRecord) == 12 &&
              sizeof(ExtentIndex) == 12);

}  // namespace elfin::ext
