// Volume: a mounted ext2, ext3 or ext4 filesystem: its superblock, groups, cache and journal, and
// the scope of its operations.
//
// What a user of the filesystem calls is in filesystem.h; this is what those calls and the parts of
// the format (block_map.h, directory.h, …) share.
//
//   read:    const AsyncLock::Guard guard = co_await volume.lock().Shared();
//   change:  CO_ASSIGN(Operation operation, co_await volume.Begin());
//            co_return volume.End(operation, co_await DoIt(…));
//
// A change alters blocks in the cache and says JournalBlock of each; they stay in memory until
// Commit. An operation that fails in the middle with kIo or kUClean leaves changes that belong to
// nothing: the volume then refuses all further changes (kRoFs) and what was not committed is lost,
// as if the power had failed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "blockfs/async_lock.h"
#include "blockfs/block_cache.h"
#include "blockfs/ext/group_descriptor.h"
#include "blockfs/ext/inode.h"
#include "blockfs/ext/superblock.h"
#include "blockfs/ext/system_zone.h"

namespace elfin::ext {

using blockfs::AsyncLock;
using blockfs::BlockCache;
using blockfs::BlockDevice;
using blockfs::BlockPtr;
using blockfs::CachedBlock;

class Journal;

struct VolumeOptions {
  bool read_only = false;
  uint64_t cache_bytes = uint64_t{64} << 20;
  /// The clock; without one all new times are 0.
  std::function<Nanoseconds()> now;
};

/// What a changed block is, for the order in which a volume without journal writes.
enum class BlockKind { kMetadata, kNames };

class Volume {
 public:
  ~Volume();

  /// Errors: kInval (no ext filesystem, or one with features that are refused; a log line names
  /// them), kUClean (damaged), kIo, kRoFs (wants recovery and can't be written).
  static Task<Result<std::shared_ptr<Volume>>> Mount(BlockDevice& device, VolumeOptions options);

  // ---- Shape; never changes ----
  BlockCache& cache() { return *cache_; }
  BlockDevice& device() { return device_; }
  uint32_t block_size() const { return block_size_; }
  uint64_t block_count() const { return block_count_; }
  uint32_t group_count() const { return group_count_; }
  uint32_t inode_size() const { return inode_size_; }
  uint64_t first_data_block() const { return superblock_->first_data_block; }
  uint32_t blocks_per_group() const { return superblock_->blocks_per_group; }
  uint32_t inodes_per_group() const { return superblock_->inodes_per_group; }
  uint32_t checksum_seed() const { return checksum_seed_; }
  bool has_metadata_checksum() const { return has_ro_compat(kRoCompatMetadataChecksum); }
  bool has_compat(uint32_t feature) const { return (superblock_->feature_compat & feature) != 0; }
  bool has_incompat(uint32_t feature) const {
    return (superblock_->feature_incompat & feature) != 0;
  }
  bool has_ro_compat(uint32_t feature) const {
    return (superblock_->feature_ro_compat & feature) != 0;
  }
  bool read_only() const { return read_only_; }
  /// A journal is written.
  bool journaled() const { return journal_ != nullptr; }
  Superblock& superblock() { return *superblock_; }
  const SystemZone& system_zone() const { return system_zone_; }
  Nanoseconds Now() const { return options_.now ? options_.now() : 0; }

  /// kUClean and a log line: "inode 12: extent tree: …".
  Errno Damaged(const std::string& what);
  /// Whether a file's blocks may lie there: on the volume, and not on its metadata.
  bool ValidData(uint64_t first, uint64_t count) const;
  /// A block of metadata; checks the number. Errors: kUClean, kIo.
  Task<Result<BlockPtr>> GetBlock(uint64_t number);

  // ---- Groups ----
  uint64_t GroupFirstBlock(uint32_t group) const;
  /// Fewer in the last one.
  uint32_t GroupBlockCount(uint32_t group) const;
  bool GroupHasSuperblock(uint32_t group) const;
  GroupDescriptor& Group(uint32_t group);
  bool LongDescriptors() const { return descriptor_size_ >= sizeof(GroupDescriptor); }
  uint64_t BlockBitmapOf(uint32_t group);
  uint64_t InodeBitmapOf(uint32_t group);
  uint64_t InodeTableOf(uint32_t group);
  uint32_t FreeBlocksOf(uint32_t group);
  uint32_t FreeInodesOf(uint32_t group);
  uint32_t UsedDirectoriesOf(uint32_t group);
  uint32_t UnusedInodesOf(uint32_t group);
  void SetFreeBlocks(uint32_t group, uint32_t count);
  void SetFreeInodes(uint32_t group, uint32_t count);
  void SetUsedDirectories(uint32_t group, uint32_t count);
  void SetUnusedInodes(uint32_t group, uint32_t count);
  /// The descriptor (and its bitmaps) changed; the checksums follow at the operation's end.
  void GroupChanged(uint32_t group);

  uint64_t free_blocks() const { return free_blocks_; }
  uint32_t free_inodes() const { return free_inodes_; }
  uint64_t reserved_blocks() const;
  void CountFreeBlocks(int64_t change);
  void CountFreeInodes(int64_t change);

  // ---- Inodes ----
  /// Errors: kUClean (bad number, checksum, or a free one), kIo.
  Task<Result<InodePtr>> GetInode(uint32_t number);
  /// One on the orphan list, or the journal's: may have no links.
  Task<Result<InodePtr>> GetInodeUnchecked(uint32_t number);
  /// A new object for an inode that was just allocated: all zeros.
  InodePtr NewInodeObject(uint32_t number);
  Task<Status> SaveInode(Inode& inode);
  /// The start of the checksums of what belongs to an inode.
  uint32_t InodeSeed(const Inode& inode) const;

  // ---- Changing ----
  AsyncLock& lock() { return lock_; }
  struct Operation {
    AsyncLock::Guard guard;
  };
  /// Waits for its turn; commits before it when much has gathered. Errors: kRoFs, and Commit's.
  Task<Result<Operation>> Begin();
  /// Ends it; hands its result on.
  template <class R>
  R End(Operation&, R result) {
    EndOperation(result.ok() ? Errno{} : result.error());
    return result;
  }
  /// Within a long operation, where everything is consistent: commits when much has gathered.
  Task<Status> CommitIfCrowded();
  /// The block was or will at once be changed.
  void JournalBlock(const BlockPtr& block, BlockKind kind = BlockKind::kMetadata);
  /// A block of metadata was freed: what the journal has of it must not come back.
  void ForgetMetadata(uint64_t block);
  void SuperblockChanged() { superblock_changed_ = true; }
  /// Blocks that were freed since the last commit, a bitmap for a group; nullptr: none.
  const std::vector<uint8_t>* FreedSinceCommit(uint32_t group) const;
  void NoteFreed(uint32_t group, uint32_t first, uint32_t count);
  bool any_freed() const { return !freed_.empty(); }
  /// Everything that was changed becomes durable, data first. Called with the exclusive lock.
  Task<Status> Commit();
  /// Whether memory is full of what can be written now.
  Task<Status> Throttle();

  /// Inodes whose access time alone has changed: saved with the next commit.
  std::unordered_map<uint32_t, InodePtr> access_times;
  /// The orphan list, its head last (orphans.h).
  std::vector<InodePtr> orphans;
  /// Inodes whose last name went while the volume has no journal: freed after the next commit.
  std::vector<InodePtr> delete_after_commit;

  /// Writes all back and marks the filesystem clean. Called with the exclusive lock; nothing may
  /// change after it.
  Task<Status> Close();

 private:
  friend class Mounting;
  Volume(BlockDevice& device, VolumeOptions options);
  /// Errno{}: it went well.
  void EndOperation(Errno error);
  void FinishGroups();
  Task<Status> CommitWithoutJournal();
  /// What was freed can be given out again, and the device needn't keep it.
  Task<Status> DiscardFreed();
  struct InodePlace {
    uint64_t block;
    uint32_t offset;
  };
  Result<InodePlace> PlaceOf(uint32_t number);
  InodePtr KnownInode(uint32_t number) const;
  void KeepInode(const InodePtr& inode);
  Task<Result<InodePtr>> LoadInode(uint32_t number, InodePlace place);
  /// Errors: kUClean.
  Result<InodePtr> ReadInode(uint32_t number, const uint8_t* bytes);
  Result<InodePtr> CheckUsed(Result<InodePtr> got);
  Task<Result<InodePtr>> AwaitUsed(Task<Result<InodePtr>> getting);
  /// A block of the group's inode table, those around it with it.
  Task<Result<BlockPtr>> GetInodeBlock(uint64_t number, uint32_t group);
  uint16_t DescriptorChecksum(uint32_t group);

  BlockDevice& device_;
  VolumeOptions options_;
  std::unique_ptr<BlockCache> cache_;
  BlockPtr superblock_block_;
  Superblock* superblock_ = nullptr;  // in superblock_block_
  std::vector<BlockPtr> descriptor_blocks_;
  uint32_t block_size_ = 0;
  uint64_t block_count_ = 0;
  uint32_t group_count_ = 0;
  uint32_t inode_size_ = 0;
  uint32_t descriptor_size_ = 0;
  uint32_t checksum_seed_ = 0;
  uint64_t free_blocks_ = 0;
  uint32_t free_inodes_ = 0;
  bool read_only_ = true;
  bool has_backup_superblock_ = false;  // another group's: then it stays read-only
  bool failed_ = false;
  SystemZone system_zone_;
  std::unique_ptr<Journal> journal_;
  std::unordered_map<uint32_t, std::weak_ptr<Inode>> inodes_;
  size_t sweep_inodes_at_ = 0;

  AsyncLock lock_;
  std::unordered_map<uint64_t, std::pair<BlockPtr, BlockKind>> changed_;
  std::set<uint64_t> revoked_;
  std::set<uint32_t> changed_groups_;
  std::unordered_map<uint32_t, std::vector<uint8_t>> freed_;
  bool superblock_changed_ = false;
  bool operation_changed_ = false;
};

}  // namespace elfin::ext
