// Extended attributes on disk.
//
//   in the inode: magic | entry | entry | … | 0 0 0 0 |   …   | value | value
//   in a block:   XattrBlockHeader | entries as above  |   …   | values
//
// Values are found by their offset: from the first entry in the inode, from the block's start
// there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

inline constexpr uint32_t kXattrMagic = 0xea020000;

struct XattrBlockHeader {
  uint32_t magic;
  uint32_t reference_count;
  uint32_t blocks;  // 1
  uint32_t hash;
  uint32_t checksum;
  uint32_t reserved[3];
};
static_assert(sizeof(XattrBlockHeader) == 32);

struct XattrEntry {
  uint8_t name_length;
  uint8_t name_index;  // of the prefix
  uint16_t value_offset;
  uint32_t value_inode;  // 0: the value is here
  uint32_t value_size;
  uint32_t hash;
  // followed by the name without its prefix, padded to 4 bytes
};
static_assert(sizeof(XattrEntry) == 16);

}  // namespace elfin::ext
