// A block group's descriptor on disk: "Block Group Descriptors". 32 bytes, or with the feature
// 64bit `descriptor_size` (64), of which the second half holds the high parts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

struct GroupDescriptor {
  uint32_t block_bitmap_lo;
  uint32_t inode_bitmap_lo;
  uint32_t inode_table_lo;
  uint16_t free_blocks_lo;
  uint16_t free_inodes_lo;
  uint16_t used_directories_lo;
  uint16_t flags;  // kGroup… bits
  uint32_t exclude_bitmap_lo;
  uint16_t block_bitmap_checksum_lo;
  uint16_t inode_bitmap_checksum_lo;
  uint16_t unused_inodes_lo;  // at the table's end, never used since it was made
  uint16_t checksum;
  // 64bit only:
  uint32_t block_bitmap_hi;
  uint32_t inode_bitmap_hi;
  uint32_t inode_table_hi;
  uint16_t free_blocks_hi;
  uint16_t free_inodes_hi;
  uint16_t used_directories_hi;
  uint16_t unused_inodes_hi;
  uint32_t exclude_bitmap_hi;
  uint16_t block_bitmap_checksum_hi;
  uint16_t inode_bitmap_checksum_hi;
  uint32_t reserved;
};
static_assert(offsetof(GroupDescriptor, checksum) == 0x1e);
static_assert(offsetof(GroupDescriptor, block_bitmap_checksum_hi) == 0x38);
static_assert(sizeof(GroupDescriptor) == 64);

inline constexpr uint32_t kShortDescriptorSize = 32;

/// The bitmap isn't initialised: it stands for "no inode used" or "only metadata used".
inline constexpr uint16_t kGroupInodeUninit = 1;
inline constexpr uint16_t kGroupBlockUninit = 2;
/// The inode table is zeroed where it is unused.
inline constexpr uint16_t kGroupInodeZeroed = 4;

}  // namespace elfin::ext
