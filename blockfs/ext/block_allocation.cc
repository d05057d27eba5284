#include "blockfs/ext/block_allocation.h"

#include <algorithm>
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/bitmap.h"

namespace elfin::ext {
namespace {

/// What an uninitialised bitmap stands for: the metadata in the group, and the bits past its end.
void FillUninitialized(Volume& volume, uint32_t group, uint8_t* bits) {
  const uint64_t first = volume.GroupFirstBlock(group);
  const uint32_t count = volume.GroupBlockCount(group);
  std::memset(bits, 0, volume.block_size());
  for (const SystemZone::Range& range : volume.system_zone().ranges()) {
    const uint64_t begin = std::max(first, range.first);
    const uint64_t end = std::min(first + count, range.first + range.count);
    if (begin < end) SetBits(bits, begin - first, end - begin);
  }
  SetBits(bits, count, volume.block_size() * 8 - count);
}

/// A group's bitmap, fit to be changed.
Task<Result<BlockPtr>> GetBlockBitmap(Volume& volume, uint32_t group) {
  const uint64_t number = volume.BlockBitmapOf(group);
  GroupDescriptor& descriptor = volume.Group(group);
  if ((descriptor.flags & kGroupBlockUninit) != 0) {
    const BlockPtr block = volume.cache().GetZeroed(number);
    FillUninitialized(volume, group, block->data());
    descriptor.flags &= static_cast<uint16_t>(~kGroupBlockUninit);
    volume.JournalBlock(block);
    volume.GroupChanged(group);
    co_return block;
  }
  CO_ASSIGN(BlockPtr block, co_await volume.GetBlock(number));
  if (!block->verified && volume.has_metadata_checksum()) {
    const uint32_t crc =
        blockfs::Crc32c(volume.checksum_seed(), block->data(), volume.blocks_per_group() / 8);
    if (static_cast<uint16_t>(crc) != descriptor.block_bitmap_checksum_lo ||
        (volume.LongDescriptors() && crc >> 16 != descriptor.block_bitmap_checksum_hi)) {
      co_return volume.Damaged("group " + std::to_string(group) + ": block bitmap");
    }
    block->verified = true;
  }
  co_return block;
}

struct Found {
  uint32_t first = 0;
  uint32_t count = 0;
};

/// The first row of `want` free blocks from `from` on; else the longest there is.
Found FindRow(const uint8_t* bits, const uint8_t* freed, uint32_t from, uint32_t end,
              uint32_t want) {
  Found best;
  while (from < end) {
    const uint32_t first = FindClear(bits, freed, from, end);
    if (first == end) break;
    const uint32_t limit = std::min(end, first + want);
    const uint32_t last = FindSet(bits, freed, first, limit);
    if (last - first > best.count) best = {first, last - first};
    if (best.count >= want) break;
    from = last + 1;
  }
  return best;
}

Task<Result<AllocatedRun>> TakeFrom(Volume& volume, uint32_t group, uint32_t from, uint32_t want,
                                    uint32_t least) {
  CO_ASSIGN(const BlockPtr block, co_await GetBlockBitmap(volume, group));
  const std::vector<uint8_t>* freed = volume.FreedSinceCommit(group);
  const uint8_t* freed_bits = freed != nullptr ? freed->data() : nullptr;
  const uint32_t end = volume.GroupBlockCount(group);
  Found found;
  if (from > 0 && from < end && !TestBit(block->data(), from) &&
      (freed_bits == nullptr || !TestBit(freed_bits, from))) {
    // Right at the goal: also where it is less than wanted.
    const uint32_t limit = std::min(end, from + want);
    found = {from, FindSet(block->data(), freed_bits, from, limit) - from};
  } else {
    found = FindRow(block->data(), freed_bits, from, end, want);
    if (found.count < want && from > 0) {
      const Found before = FindRow(block->data(), freed_bits, 0, from, want);
      if (before.count > found.count) found = before;
    }
  }
  if (found.count == 0 || found.count < least) co_return AllocatedRun{};
  const uint64_t first = volume.GroupFirstBlock(group) + found.first;
  if (found.count > volume.FreeBlocksOf(group) || !volume.ValidData(first, found.count)) {
    co_return volume.Damaged("group " + std::to_string(group) + ": bitmap and counts disagree");
  }
  SetBits(block->data(), found.first, found.count);
  volume.JournalBlock(block);
  volume.SetFreeBlocks(group, volume.FreeBlocksOf(group) - found.count);
  volume.GroupChanged(group);
  volume.CountFreeBlocks(-int64_t{found.count});
  co_return AllocatedRun{first, found.count};
}

}  // namespace

Task<Result<AllocatedRun>> AllocateData(Volume& volume, Inode& inode, uint64_t goal,
                                        uint64_t count) {
  if (goal < volume.first_data_block() || goal >= volume.block_count()) {
    goal = volume.first_data_block();
  }
  const uint64_t relative = goal - volume.first_data_block();
  const auto home = static_cast<uint32_t>(relative / volume.blocks_per_group());
  const auto from = static_cast<uint32_t>(relative % volume.blocks_per_group());
  const auto want = static_cast<uint32_t>(std::min<uint64_t>(count, volume.blocks_per_group()));
  // Once for all in a row (or a good part of it), once for anything at all.
  for (const uint32_t least : {std::min(want, 64u), 1u}) {
    for (uint32_t step = 0; step < volume.group_count(); ++step) {
      const uint32_t group = (home + step) % volume.group_count();
      if (volume.FreeBlocksOf(group) < least) continue;
      CO_ASSIGN(const AllocatedRun run,
                co_await TakeFrom(volume, group, step == 0 ? from : 0, want, least));
      if (run.count == 0) continue;
      ChargeInode(volume, inode, static_cast<int64_t>(run.count));
      co_return run;
    }
    if (least == 1) break;
  }
  co_return Errno::kNoSpc;
}

Task<Result<uint64_t>> AllocateMetadata(Volume& volume, Inode& inode, uint64_t goal) {
  CO_ASSIGN(const AllocatedRun run, co_await AllocateData(volume, inode, goal, 1));
  co_return run.first;
}

Task<Status> FreeData(Volume& volume, Inode& inode, uint64_t first, uint64_t count) {
  if (!volume.ValidData(first, count)) {
    co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": frees metadata");
  }
  volume.cache().Forget(first, count);
  ChargeInode(volume, inode, -static_cast<int64_t>(count));
  while (count > 0) {
    const uint64_t relative = first - volume.first_data_block();
    const auto group = static_cast<uint32_t>(relative / volume.blocks_per_group());
    const auto bit = static_cast<uint32_t>(relative % volume.blocks_per_group());
    const auto piece =
        static_cast<uint32_t>(std::min<uint64_t>(count, volume.blocks_per_group() - bit));
    CO_ASSIGN(const BlockPtr block, co_await GetBlockBitmap(volume, group));
    for (uint32_t i = bit; i < bit + piece; ++i) {
      if (!TestBit(block->data(), i)) {
        co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": has free blocks");
      }
    }
    ClearBits(block->data(), bit, piece);
    volume.JournalBlock(block);
    volume.NoteFreed(group, bit, piece);
    volume.SetFreeBlocks(group, volume.FreeBlocksOf(group) + piece);
    volume.GroupChanged(group);
    volume.CountFreeBlocks(piece);
    first += piece;
    count -= piece;
  }
  co_return kOk;
}

Task<Status> FreeMetadata(Volume& volume, Inode& inode, uint64_t block) {
  if (!volume.ValidData(block, 1)) co_return Errno::kUClean;
  volume.ForgetMetadata(block);
  co_return co_await FreeData(volume, inode, block, 1);
}

uint64_t InodeGoal(Volume& volume, const Inode& inode) {
  const uint32_t group = (inode.number() - 1) / volume.inodes_per_group();
  return volume.GroupFirstBlock(group);
}

uint64_t InodeBlocks(const Volume& volume, const Inode& inode) {
  const InodeRecord& record = inode.record();
  uint64_t blocks = record.blocks_lo;
  if (volume.has_ro_compat(kRoCompatHugeFile)) blocks |= uint64_t{record.blocks_hi} << 32;
  if (volume.has_ro_compat(kRoCompatHugeFile) && inode.has_flag(kInodeHugeFile)) return blocks;
  return blocks / (volume.block_size() / 512);
}

void ChargeInode(const Volume& volume, Inode& inode, int64_t blocks) {
  InodeRecord& record = inode.record();
  const uint64_t sectors_per_block = volume.block_size() / 512;
  const uint64_t now = InodeBlocks(volume, inode) + static_cast<uint64_t>(blocks);
  uint64_t value = now * sectors_per_block;
  record.flags &= ~kInodeHugeFile;
  if (volume.has_ro_compat(kRoCompatHugeFile) && value >> 48 != 0) {
    record.flags |= kInodeHugeFile;
    value = now;
  }
  record.blocks_lo = static_cast<uint32_t>(value);
  if (volume.has_ro_compat(kRoCompatHugeFile))
    record.blocks_hi = static_cast<uint16_t>(value >> 32);
}

}  // namespace elfin::ext
