// The group descriptors of a mounted volume, and the checksums of what they lead to.
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/superblock_seal.h"
#include "blockfs/ext/volume.h"

namespace elfin::ext {

using blockfs::Crc16;
using blockfs::Crc32c;
using blockfs::Crc32cOf;

uint64_t Volume::GroupFirstBlock(uint32_t group) const {
  return first_data_block() + uint64_t{group} * blocks_per_group();
}

uint32_t Volume::GroupBlockCount(uint32_t group) const {
  return static_cast<uint32_t>(
      std::min<uint64_t>(blocks_per_group(), block_count_ - GroupFirstBlock(group)));
}

bool Volume::GroupHasSuperblock(uint32_t group) const {
  if (group == 0) return true;
  if (has_compat(kCompatSparseSuper2)) {
    return group == superblock_->backup_groups[0] || group == superblock_->backup_groups[1];
  }
  if (group == 1 || !has_ro_compat(kRoCompatSparseSuper)) return true;
  for (const uint32_t base : {3u, 5u, 7u}) {
    uint64_t power = base;
    while (power < group) power *= base;
    if (power == group) return true;
  }
  return false;
}

GroupDescriptor& Volume::Group(uint32_t group) {
  const uint32_t per_block = block_size_ / descriptor_size_;
  return *descriptor_blocks_[group / per_block]->As<GroupDescriptor>(
      static_cast<size_t>(group % per_block) * descriptor_size_);
}

uint64_t Volume::BlockBitmapOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.block_bitmap_lo | (LongDescriptors() ? uint64_t{d.block_bitmap_hi} << 32 : 0);
}

uint64_t Volume::InodeBitmapOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.inode_bitmap_lo | (LongDescriptors() ? uint64_t{d.inode_bitmap_hi} << 32 : 0);
}

uint64_t Volume::InodeTableOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.inode_table_lo | (LongDescriptors() ? uint64_t{d.inode_table_hi} << 32 : 0);
}

uint32_t Volume::FreeBlocksOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.free_blocks_lo | (LongDescriptors() ? uint32_t{d.free_blocks_hi} << 16 : 0);
}

uint32_t Volume::FreeInodesOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.free_inodes_lo | (LongDescriptors() ? uint32_t{d.free_inodes_hi} << 16 : 0);
}

uint32_t Volume::UsedDirectoriesOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.used_directories_lo | (LongDescriptors() ? uint32_t{d.used_directories_hi} << 16 : 0);
}

uint32_t Volume::UnusedInodesOf(uint32_t group) {
  const GroupDescriptor& d = Group(group);
  return d.unused_inodes_lo | (LongDescriptors() ? uint32_t{d.unused_inodes_hi} << 16 : 0);
}

void Volume::SetFreeBlocks(uint32_t group, uint32_t count) {
  Group(group).free_blocks_lo = static_cast<uint16_t>(count);
  if (LongDescriptors()) Group(group).free_blocks_hi = static_cast<uint16_t>(count >> 16);
}

void Volume::SetFreeInodes(uint32_t group, uint32_t count) {
  Group(group).free_inodes_lo = static_cast<uint16_t>(count);
  if (LongDescriptors()) Group(group).free_inodes_hi = static_cast<uint16_t>(count >> 16);
}

void Volume::SetUsedDirectories(uint32_t group, uint32_t count) {
  Group(group).used_directories_lo = static_cast<uint16_t>(count);
  if (LongDescriptors()) Group(group).used_directories_hi = static_cast<uint16_t>(count >> 16);
}

void Volume::SetUnusedInodes(uint32_t group, uint32_t count) {
  Group(group).unused_inodes_lo = static_cast<uint16_t>(count);
  if (LongDescriptors()) Group(group).unused_inodes_hi = static_cast<uint16_t>(count >> 16);
}

void Volume::GroupChanged(uint32_t group) { changed_groups_.insert(group); }

uint64_t Volume::reserved_blocks() const {
  return superblock_->reserved_blocks_count_lo |
         (has_incompat(kIncompat64Bit) ? uint64_t{superblock_->reserved_blocks_count_hi} << 32 : 0);
}

void Volume::CountFreeBlocks(int64_t change) {
  free_blocks_ += static_cast<uint64_t>(change);
  superblock_changed_ = true;
}

void Volume::CountFreeInodes(int64_t change) {
  free_inodes_ += static_cast<uint32_t>(change);
  superblock_changed_ = true;
}

uint16_t Volume::DescriptorChecksum(uint32_t group) {
  const GroupDescriptor& descriptor = Group(group);
  const auto* bytes = reinterpret_cast<const uint8_t*>(&descriptor);
  constexpr size_t kAt = offsetof(GroupDescriptor, checksum);
  if (has_metadata_checksum()) {
    uint32_t crc = Crc32cOf(checksum_seed_, group);
    crc = Crc32c(crc, bytes, kAt);
    crc = Crc32cOf(crc, uint16_t{0});
    crc = Crc32c(crc, bytes + kAt + 2, descriptor_size_ - kAt - 2);
    return static_cast<uint16_t>(crc);
  }
  if (!has_ro_compat(kRoCompatGdtChecksum)) return 0;
  uint16_t crc = Crc16(0xffff, superblock_->uuid, sizeof(superblock_->uuid));
  crc = Crc16(crc, &group, sizeof(group));
  crc = Crc16(crc, bytes, kAt);
  return Crc16(crc, bytes + kAt + 2, descriptor_size_ - kAt - 2);
}

void Volume::FinishGroups() {
  for (const uint32_t group : changed_groups_) {
    GroupDescriptor& descriptor = Group(group);
    if (has_metadata_checksum()) {
      const BlockPtr blocks = cache_->Find(BlockBitmapOf(group));
      if (blocks != nullptr && blocks->held) {
        const uint32_t crc = Crc32c(checksum_seed_, blocks->data(), blocks_per_group() / 8);
        descriptor.block_bitmap_checksum_lo = static_cast<uint16_t>(crc);
        if (LongDescriptors()) {
          descriptor.block_bitmap_checksum_hi = static_cast<uint16_t>(crc >> 16);
        }
      }
      const BlockPtr inodes = cache_->Find(InodeBitmapOf(group));
      if (inodes != nullptr && inodes->held) {
        const uint32_t crc = Crc32c(checksum_seed_, inodes->data(), inodes_per_group() / 8);
        descriptor.inode_bitmap_checksum_lo = static_cast<uint16_t>(crc);
        if (LongDescriptors()) {
          descriptor.inode_bitmap_checksum_hi = static_cast<uint16_t>(crc >> 16);
        }
      }
    }
    descriptor.checksum = DescriptorChecksum(group);
    JournalBlock(descriptor_blocks_[group / (block_size_ / descriptor_size_)]);
  }
  changed_groups_.clear();
  if (!superblock_changed_) return;
  superblock_changed_ = false;
  Superblock& superblock = *superblock_;
  superblock.free_blocks_count_lo = static_cast<uint32_t>(free_blocks_);
  if (has_incompat(kIncompat64Bit)) {
    superblock.free_blocks_count_hi = static_cast<uint32_t>(free_blocks_ >> 32);
  }
  superblock.free_inodes_count = free_inodes_;
  SealSuperblock(superblock);
  JournalBlock(superblock_block_);
}

}  // namespace elfin::ext
