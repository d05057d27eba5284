// Mounting: from the device's bytes to a Volume. Every number of superblock and descriptors is
// checked here, once.
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/block_map.h"
#include "blockfs/ext/features.h"
#include "blockfs/ext/journal.h"
#include "blockfs/ext/journal_replay.h"
#include "blockfs/ext/orphans.h"
#include "blockfs/ext/superblock_check.h"
#include "blockfs/ext/superblock_seal.h"
#include "blockfs/ext/volume.h"
#include "runtime/base/log.h"

namespace elfin::ext {

using blockfs::Crc32c;
using blockfs::kCrcStart;

/// The steps of Mount on a Volume that isn't finished.
class Mounting {
 public:
  static Task<Result<std::shared_ptr<Volume>>> Prepare(BlockDevice& device,
                                                       const VolumeOptions& options) {
    std::shared_ptr<Volume> volume(new Volume(device, options));
    CO_TRY(co_await ReadSuperblock(*volume));
    CO_TRY(co_await ReadDescriptors(*volume));
    CO_TRY(FindSystemZone(*volume));
    co_return volume;
  }

  static bool WantsRecovery(const Volume& volume) {
    return volume.has_incompat(kIncompatRecover) && !volume.has_backup_superblock_;
  }

  static Task<Status> Recover(Volume& volume) {
    if (volume.device_.read_only()) {
      Log(LogLevel::kError,
          "ext filesystem: its journal can't be replayed, the device is read-only");
      co_return Errno::kRoFs;
    }
    CO_TRY(co_await ReplayJournal(volume));
    // The superblock may have come anew out of the journal: the flag goes from the one on disk.
    Superblock superblock;
    CO_TRY(co_await volume.device_.Read(kSuperblockOffset, &superblock, sizeof(superblock)));
    superblock.feature_incompat &= ~kIncompatRecover;
    SealSuperblock(superblock);
    CO_TRY(co_await volume.device_.Write(kSuperblockOffset, &superblock, sizeof(superblock)));
    co_return co_await volume.device_.Flush();
  }

  static Task<Status> BeginWriting(Volume& volume) {
    Superblock& s = *volume.superblock_;
    if (volume.options_.read_only || volume.device_.read_only()) co_return kOk;
    if (volume.has_backup_superblock_) co_return kOk;
    if (const std::string unknown = UnknownRoCompatFeatures(s); !unknown.empty()) {
      Log(LogLevel::kWarning, "ext filesystem: mounted read-only, for it has " + unknown);
      co_return kOk;
    }
    if (volume.has_compat(kCompatHasJournal)) {
      if (s.journal_inode == 0) {
        Log(LogLevel::kWarning, "ext filesystem: mounted read-only, its journal is elsewhere");
        co_return kOk;
      }
      CO_ASSIGN(volume.journal_, co_await Journal::Open(volume));
      CO_TRY(co_await volume.journal_->Start());
      s.feature_incompat |= kIncompatRecover;
    } else {
      s.state &= static_cast<uint16_t>(~kStateValid);
    }
    s.mount_time = static_cast<uint32_t>(volume.Now() / 1'000'000'000);
    ++s.mount_count;
    volume.read_only_ = false;
    CO_TRY(co_await WriteSuperblock(volume));
    co_return co_await CleanUpOrphans(volume);
  }

  static Task<Status> WriteSuperblock(Volume& volume) {
    volume.superblock_changed_ = true;
    volume.FinishGroups();
    volume.changed_.erase(volume.superblock_block_->number);
    volume.cache_->MarkDirty(volume.superblock_block_);
    CO_TRY(co_await volume.cache_->WriteBack());
    co_return co_await volume.device_.Flush();
  }

 private:
  static Task<Status> ReadSuperblock(Volume& volume) {
    CO_ASSIGN(const FoundSuperblock found, co_await FindSuperblock(volume.device_));
    const Superblock& raw = found.superblock;
    volume.has_backup_superblock_ = found.offset != kSuperblockOffset;
    volume.block_size_ = 1024u << raw.log_block_size;
    volume.cache_ = std::make_unique<BlockCache>(volume.device_, volume.block_size_,
                                                 volume.options_.cache_bytes);
    CO_ASSIGN(volume.superblock_block_,
              co_await volume.cache_->Get(found.offset / volume.block_size_));
    volume.superblock_ =
        volume.superblock_block_->As<Superblock>(found.offset % volume.block_size_);
    Superblock& s = *volume.superblock_;
    if (std::memcmp(&s, &raw, sizeof(raw)) != 0) co_return Errno::kIo;
    if (s.revision == 0) s.first_inode = 11;
    const bool wide = volume.has_incompat(kIncompat64Bit);
    volume.block_count_ = s.blocks_count_lo | (wide ? uint64_t{s.blocks_count_hi} << 32 : 0);
    volume.inode_size_ = s.revision == 0 ? kGoodOldInodeSize : s.inode_size;
    volume.descriptor_size_ = wide ? s.descriptor_size : kShortDescriptorSize;
    volume.group_count_ = s.inodes_count / s.inodes_per_group;
    if (volume.has_incompat(kIncompatChecksumSeed)) {
      volume.checksum_seed_ = s.checksum_seed;
    } else if (volume.has_metadata_checksum()) {
      volume.checksum_seed_ = Crc32c(kCrcStart, s.uuid, sizeof(s.uuid));
    }
    co_return kOk;
  }

  static Task<Status> ReadDescriptors(Volume& volume) {
    const Superblock& s = *volume.superblock_;
    const uint32_t per_block = volume.block_size_ / volume.descriptor_size_;
    const uint32_t blocks = (volume.group_count_ + per_block - 1) / per_block;
    for (uint32_t index = 0; index < blocks; ++index) {
      uint64_t number = volume.superblock_block_->number + 1 + uint64_t{index};
      if (volume.has_incompat(kIncompatMetaBg) && index >= s.first_meta_bg) {
        const uint32_t group = index * per_block;
        number = volume.GroupFirstBlock(group) + (volume.GroupHasSuperblock(group) ? 1 : 0);
      }
      CO_ASSIGN(BlockPtr block, co_await volume.GetBlock(number));
      volume.descriptor_blocks_.push_back(std::move(block));
    }
    uint64_t free_blocks = 0;
    uint32_t free_inodes = 0;
    const uint64_t table_blocks =
        uint64_t{s.inodes_per_group} * volume.inode_size_ / volume.block_size_;
    const bool checksums =
        volume.has_metadata_checksum() || volume.has_ro_compat(kRoCompatGdtChecksum);
    for (uint32_t group = 0; group < volume.group_count_; ++group) {
      const std::string name = "group " + std::to_string(group);
      if (checksums && volume.DescriptorChecksum(group) != volume.Group(group).checksum) {
        co_return volume.Damaged(name + ": wrong checksum");
      }
      for (const auto& [first, count] : {std::pair(volume.BlockBitmapOf(group), uint64_t{1}),
                                         std::pair(volume.InodeBitmapOf(group), uint64_t{1}),
                                         std::pair(volume.InodeTableOf(group), table_blocks)}) {
        if (first <= s.first_data_block || first >= volume.block_count_ ||
            count > volume.block_count_ - first) {
          co_return volume.Damaged(name + ": its bitmaps or inodes lie beyond the end");
        }
        volume.system_zone_.Add(first, count);
      }
      if (volume.FreeBlocksOf(group) > volume.GroupBlockCount(group) ||
          volume.FreeInodesOf(group) > s.inodes_per_group ||
          volume.UnusedInodesOf(group) > s.inodes_per_group) {
        co_return volume.Damaged(name + ": its counts");
      }
      free_blocks += volume.FreeBlocksOf(group);
      free_inodes += volume.FreeInodesOf(group);
    }
    volume.free_blocks_ = free_blocks;
    volume.free_inodes_ = free_inodes;
    co_return kOk;
  }

  /// Superblocks, descriptors and the room kept for more of them; bitmaps and tables are there.
  static Status FindSystemZone(Volume& volume) {
    const Superblock& s = *volume.superblock_;
    const uint32_t per_block = volume.block_size_ / volume.descriptor_size_;
    const bool meta = volume.has_incompat(kIncompatMetaBg);
    for (uint32_t group = 0; group < volume.group_count_; ++group) {
      const bool backup = volume.GroupHasSuperblock(group);
      uint64_t count = backup ? 1 : 0;
      if (!meta || group / per_block < s.first_meta_bg) {
        const uint64_t descriptors = meta ? s.first_meta_bg : volume.descriptor_blocks_.size();
        if (backup) count += descriptors + s.reserved_gdt_blocks;
      } else {
        const uint32_t within = group % per_block;
        if (within <= 1 || within == per_block - 1) ++count;
      }
      if (count > volume.GroupBlockCount(group))
        return volume.Damaged("a group is all descriptors");
      if (count > 0) volume.system_zone_.Add(volume.GroupFirstBlock(group), count);
    }
    volume.system_zone_.Finish();
    return kOk;
  }
};

Task<Result<std::shared_ptr<Volume>>> Volume::Mount(BlockDevice& device, VolumeOptions options) {
  CO_ASSIGN(std::shared_ptr<Volume> volume, co_await Mounting::Prepare(device, options));
  if (Mounting::WantsRecovery(*volume)) {
    CO_TRY(co_await Mounting::Recover(*volume));
    CO_ASSIGN(volume, co_await Mounting::Prepare(device, options));
  }
  CO_ASSIGN(const InodePtr root, co_await volume->GetInode(kRootInode));
  if (!root->is_directory()) co_return volume->Damaged("the root is no directory");
  CO_TRY(co_await Mounting::BeginWriting(*volume));
  co_return volume;
}

Task<Status> Volume::Close() {
  if (read_only_) co_return kOk;
  if (failed_) co_return Errno::kRoFs;
  // What has no name any more, but was still open.
  for (const auto& [number, known] : std::unordered_map(inodes_)) {
    const InodePtr inode = known.lock();
    if (inode == nullptr || inode->record().links > 0 || inode->deleted) continue;
    std::erase(delete_after_commit, inode);
    if (journaled()) {
      CO_TRY(co_await DeleteInode(*this, *inode));
    } else {
      delete_after_commit.push_back(inode);
    }
  }
  CO_TRY(co_await Commit());
  CO_TRY(co_await Commit());  // what the first left to free
  if (journal_ != nullptr) {
    CO_TRY(co_await journal_->Stop());
    superblock_->feature_incompat &= ~kIncompatRecover;
  } else {
    superblock_->state |= kStateValid;
  }
  superblock_->write_time = static_cast<uint32_t>(Now() / 1'000'000'000);
  const Status status = co_await Mounting::WriteSuperblock(*this);
  read_only_ = true;
  co_return status;
}

}  // namespace elfin::ext
