#include "blockfs/ext/inode_allocation.h"

#include <algorithm>
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/bitmap.h"
#include "blockfs/ext/extent_tree.h"

namespace elfin::ext {
namespace {

Task<Result<BlockPtr>> GetInodeBitmap(Volume& volume, uint32_t group) {
  const uint64_t number = volume.InodeBitmapOf(group);
  GroupDescriptor& descriptor = volume.Group(group);
  const uint32_t count = volume.inodes_per_group();
  if ((descriptor.flags & kGroupInodeUninit) != 0) {
    const BlockPtr block = volume.cache().GetZeroed(number);
    SetBits(block->data(), count, volume.block_size() * 8 - count);
    descriptor.flags &= static_cast<uint16_t>(~kGroupInodeUninit);
    volume.SetUnusedInodes(group, count);
    volume.JournalBlock(block);
    volume.GroupChanged(group);
    co_return block;
  }
  CO_ASSIGN(BlockPtr block, co_await volume.GetBlock(number));
  if (!block->verified && volume.has_metadata_checksum()) {
    const uint32_t crc = blockfs::Crc32c(volume.checksum_seed(), block->data(), count / 8);
    if (static_cast<uint16_t>(crc) != descriptor.inode_bitmap_checksum_lo ||
        (volume.LongDescriptors() && crc >> 16 != descriptor.inode_bitmap_checksum_hi)) {
      co_return volume.Damaged("group " + std::to_string(group) + ": inode bitmap");
    }
    block->verified = true;
  }
  co_return block;
}

/// Directories go where there is room, so that files can be near them; files to their directory.
uint32_t ChooseGroup(Volume& volume, const Inode& parent, bool directory) {
  const uint32_t groups = volume.group_count();
  const uint32_t home = (parent.number() - 1) / volume.inodes_per_group();
  if (directory) {
    const uint32_t inodes = volume.free_inodes() / groups;
    const uint64_t blocks = volume.free_blocks() / groups;
    for (uint32_t step = 0; step < groups; ++step) {
      const uint32_t group = (home + step) % groups;
      if (volume.FreeInodesOf(group) > 0 && volume.FreeInodesOf(group) >= inodes &&
          volume.FreeBlocksOf(group) >= blocks / 2) {
        return group;
      }
    }
  }
  for (uint32_t step = 0; step < groups; ++step) {
    const uint32_t group = (home + step) % groups;
    if (volume.FreeInodesOf(group) > 0 && volume.FreeBlocksOf(group) > 0) return group;
  }
  return home;
}

bool TracksUnused(const Volume& volume) {
  return volume.has_metadata_checksum() || volume.has_ro_compat(kRoCompatGdtChecksum);
}

/// The table is in use up to `index` from now on; what of it was never written becomes zeros.
Task<Status> ExtendTable(Volume& volume, uint32_t group, uint32_t index) {
  if (!TracksUnused(volume)) co_return kOk;
  const uint32_t used = volume.inodes_per_group() - volume.UnusedInodesOf(group);
  if (index < used) co_return kOk;
  const uint32_t per_block = volume.block_size() / volume.inode_size();
  const bool zeroed = (volume.Group(group).flags & kGroupInodeZeroed) != 0;
  for (uint32_t block = (used + per_block - 1) / per_block; !zeroed && block <= index / per_block;
       ++block) {
    volume.JournalBlock(volume.cache().GetZeroed(volume.InodeTableOf(group) + block));
  }
  volume.SetUnusedInodes(group, volume.inodes_per_group() - index - 1);
  volume.GroupChanged(group);
  co_return kOk;
}

void InitInode(Volume& volume, Inode& inode, const InodeRequest& request) {
  InodeRecord& record = inode.record();
  record.mode = request.mode;
  record.links = inode.is_directory() ? 2 : 1;
  inode.set_owner(request.uid, request.gid);
  if (volume.inode_size() > kGoodOldInodeSize) {
    const size_t room = volume.inode_size() - kGoodOldInodeSize;
    const size_t wanted = std::max<size_t>(volume.superblock().want_extra_isize,
                                           sizeof(InodeRecord) - kGoodOldInodeSize);
    record.extra_isize = static_cast<uint16_t>(std::min(room, wanted) / 4 * 4);
  }
  const Nanoseconds now = volume.Now();
  for (const Inode::Time time :
       {Inode::Time::kAccess, Inode::Time::kModify, Inode::Time::kChange, Inode::Time::kCreation}) {
    inode.set_time(time, now);
  }
  record.generation = static_cast<uint32_t>(now ^ now >> 32) * 2654435761u + inode.number();
  const bool blocks = inode.is_regular() || inode.is_directory() || inode.type() == kModeSymlink;
  if (blocks && volume.has_incompat(kIncompatExtents)) {
    record.flags |= kInodeExtents;
    InitExtentRoot(inode);
  }
  if (inode.type() == kModeBlock || inode.type() == kModeCharacter) {
    // Linux's two encodings: 8 bits of each number in the first word, or more in the second.
    const uint64_t device = request.rdev;
    const auto major = static_cast<uint32_t>(device >> 8 & 0xfff);
    const auto minor = static_cast<uint32_t>((device & 0xff) | (device >> 12 & 0xfff00));
    auto* words = reinterpret_cast<uint32_t*>(record.block);
    if (major < 256 && minor < 256) {
      words[0] = major << 8 | minor;
    } else {
      words[1] = static_cast<uint32_t>(device);
    }
  }
}

}  // namespace

uint64_t DeviceOf(const Inode& inode) {
  const auto* words = reinterpret_cast<const uint32_t*>(inode.record().block);
  return words[0] != 0 ? words[0] & 0xffff : words[1];
}

Task<Result<InodePtr>> AllocateInode(Volume& volume, const Inode& parent,
                                     const InodeRequest& request) {
  const bool directory = (request.mode & kModeTypeMask) == kModeDirectory;
  const uint32_t start = ChooseGroup(volume, parent, directory);
  const uint32_t count = volume.inodes_per_group();
  for (uint32_t step = 0; step < volume.group_count(); ++step) {
    const uint32_t group = (start + step) % volume.group_count();
    if (volume.FreeInodesOf(group) == 0) continue;
    CO_ASSIGN(const BlockPtr bitmap, co_await GetInodeBitmap(volume, group));
    const uint32_t from = group == 0 ? volume.superblock().first_inode - 1 : 0;
    const uint32_t index = FindClear(bitmap->data(), nullptr, from, count);
    if (index == count) continue;
    CO_TRY(co_await ExtendTable(volume, group, index));
    SetBits(bitmap->data(), index, 1);
    volume.JournalBlock(bitmap);
    volume.SetFreeInodes(group, volume.FreeInodesOf(group) - 1);
    if (directory) volume.SetUsedDirectories(group, volume.UsedDirectoriesOf(group) + 1);
    volume.GroupChanged(group);
    volume.CountFreeInodes(-1);
    InodePtr inode = volume.NewInodeObject(group * count + index + 1);
    InitInode(volume, *inode, request);
    co_return inode;
  }
  co_return Errno::kNoSpc;
}

Task<Status> FreeInode(Volume& volume, Inode& inode) {
  const uint32_t group = (inode.number() - 1) / volume.inodes_per_group();
  const uint32_t index = (inode.number() - 1) % volume.inodes_per_group();
  CO_ASSIGN(const BlockPtr bitmap, co_await GetInodeBitmap(volume, group));
  if (!TestBit(bitmap->data(), index)) {
    co_return volume.Damaged("inode " + std::to_string(inode.number()) + " was free already");
  }
  ClearBits(bitmap->data(), index, 1);
  volume.JournalBlock(bitmap);
  volume.SetFreeInodes(group, volume.FreeInodesOf(group) + 1);
  if (inode.is_directory()) {
    volume.SetUsedDirectories(group, std::max(volume.UsedDirectoriesOf(group), 1u) - 1);
  }
  volume.GroupChanged(group);
  volume.CountFreeInodes(1);
  inode.record().links = 0;
  inode.record().delete_time =
      std::max<uint32_t>(static_cast<uint32_t>(volume.Now() / 1'000'000'000), 1);
  inode.deleted = true;
  co_return co_await volume.SaveInode(inode);
}

}  // namespace elfin::ext
