#include "blockfs/ext/orphans.h"

#include <algorithm>
#include <unordered_set>

#include "blockfs/crc32c.h"
#include "blockfs/ext/block_map.h"
#include "runtime/base/log.h"

namespace elfin::ext {
namespace {

/// The end of each block of the orphan file: "Orphan File".
struct OrphanTail {
  uint32_t magic;
  uint32_t checksum;
};
constexpr uint32_t kOrphanTailMagic = 0x0b10ca04;

uint32_t BlocksOfSize(const Volume& volume, uint64_t size) {
  return static_cast<uint32_t>(
      std::min<uint64_t>((size + volume.block_size() - 1) / volume.block_size(), 0xffffffff));
}

Task<Status> Finish(Volume& volume, const InodePtr& inode) {
  if (inode->record().links == 0) co_return co_await DeleteInode(volume, *inode);
  if (inode->is_regular()) {
    CO_TRY(co_await RemoveBlocks(volume, *inode, BlocksOfSize(volume, inode->size()),
                                 uint64_t{1} << 32));
  }
  co_return co_await RemoveOrphan(volume, *inode);
}

Task<Status> CleanUpOrphanFile(Volume& volume) {
  const bool present = volume.has_ro_compat(kRoCompatOrphanPresent);
  if (!volume.has_compat(kCompatOrphanFile) || !present) co_return kOk;
  CO_ASSIGN(const InodePtr file,
            co_await volume.GetInodeUnchecked(volume.superblock().orphan_file_inode));
  const uint64_t blocks = file->size() / volume.block_size();
  const size_t numbers = (volume.block_size() - sizeof(OrphanTail)) / 4;
  for (uint64_t logical = 0; logical < blocks; ++logical) {
    CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, *file, logical, 1));
    if (run.state != RunState::kWritten) co_return volume.Damaged("the orphan file has holes");
    CO_ASSIGN(const BlockPtr block, co_await volume.GetBlock(run.physical));
    auto* tail = block->As<OrphanTail>(numbers * 4);
    const auto checksum = [&] {
      const uint32_t seed = blockfs::Crc32cOf(volume.InodeSeed(*file), block->number);
      return blockfs::Crc32c(seed, block->data(), numbers * 4);
    };
    if (tail->magic != kOrphanTailMagic ||
        (volume.has_metadata_checksum() && tail->checksum != checksum())) {
      co_return volume.Damaged("the orphan file");
    }
    for (size_t i = 0; i < numbers; ++i) {
      uint32_t& number = *block->As<uint32_t>(i * 4);
      if (number == 0) continue;
      CO_ASSIGN(const InodePtr inode, co_await volume.GetInodeUnchecked(number));
      if (inode->record().mode != 0) CO_TRY(co_await Finish(volume, inode));
      number = 0;
      tail->checksum = checksum();
      volume.JournalBlock(block);
    }
  }
  volume.superblock().feature_ro_compat &= ~kRoCompatOrphanPresent;
  volume.SuperblockChanged();
  co_return kOk;
}

}  // namespace

Task<Status> AddOrphan(Volume& volume, const InodePtr& inode) {
  if (!volume.journaled() || inode->orphan) co_return co_await volume.SaveInode(*inode);
  inode->orphan = true;
  inode->record().delete_time = volume.superblock().last_orphan;
  volume.superblock().last_orphan = inode->number();
  volume.SuperblockChanged();
  volume.orphans.push_back(inode);
  co_return co_await volume.SaveInode(*inode);
}

Task<Status> RemoveOrphan(Volume& volume, Inode& inode) {
  if (!inode.orphan) co_return kOk;
  inode.orphan = false;
  auto& list = volume.orphans;  // the last one is the list's head
  const auto found = std::find_if(
      list.begin(), list.end(), [&inode](const InodePtr& other) { return other.get() == &inode; });
  CHECK(found != list.end());
  const uint32_t next = inode.record().delete_time;
  const auto before = std::next(found);
  if (before == list.end()) {
    volume.superblock().last_orphan = next;
    volume.SuperblockChanged();
  } else {
    (*before)->record().delete_time = next;
    CO_TRY(co_await volume.SaveInode(**before));
  }
  const InodePtr keep = *found;
  list.erase(found);
  inode.record().delete_time = 0;
  co_return co_await volume.SaveInode(inode);
}

Task<Status> CleanUpOrphans(Volume& volume) {
  std::unordered_set<uint32_t> seen;
  std::vector<InodePtr> list;
  for (uint32_t number = volume.superblock().last_orphan; number != 0;) {
    if (!seen.insert(number).second) co_return volume.Damaged("the orphan list is a ring");
    CO_ASSIGN(const InodePtr inode, co_await volume.GetInodeUnchecked(number));
    if (inode->record().mode == 0) co_return volume.Damaged("the orphan list");
    number = inode->record().delete_time;
    inode->orphan = true;
    list.push_back(inode);
  }
  if (!list.empty()) {
    Log(LogLevel::kInfo, "ext filesystem: finishes with " + std::to_string(list.size()) +
                             " orphans of its last use");
  }
  volume.orphans.assign(list.rbegin(), list.rend());
  for (const InodePtr& inode : list) CO_TRY(co_await Finish(volume, inode));
  CO_TRY(co_await CleanUpOrphanFile(volume));
  co_return co_await volume.Commit();
}

}  // namespace elfin::ext
