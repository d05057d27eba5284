// Journal: writes transactions into the log (jbd2; journal_record.h has the layout).
//
// The log is a ring. A commit appends one transaction, makes it durable, and only then may its
// blocks go to their places (Volume marks them dirty). When the ring fills, a checkpoint writes all
// of them back and frees the whole ring: so the log's start moves only there.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "blockfs/ext/journal_record.h"
#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// Where the log's blocks lie on the device, and what its superblock says.
struct JournalShape {
  std::vector<uint64_t> blocks;  // of the device, by block of the log
  JournalSuperblock superblock;
  uint32_t first = 0;
  uint32_t end = 0;  // beyond the last one of the ring
  uint32_t checksum_seed = 0;

  bool has(uint32_t incompat_feature) const {
    return (superblock.feature_incompat & incompat_feature) != 0;
  }
  bool has_checksums() const {
    return has(kJournalIncompatChecksumV2) || has(kJournalIncompatChecksumV3);
  }
  size_t tag_size() const;
  uint32_t Next(uint32_t block) const { return block + 1 == end ? first : block + 1; }
  /// Of a descriptor, revoke or commit block, its own field (at the block's end, or `at`) taken as
  /// 0.
  uint32_t BlockChecksum(const uint8_t* block, size_t size, size_t at) const;
  uint32_t DataChecksum(uint32_t sequence, const uint8_t* block, size_t size) const;
};

/// Reads and checks. Errors: kUClean, kIo, kInval (features that Elfin doesn't know).
Task<Result<JournalShape>> ReadJournalShape(Volume& volume);
Task<Status> WriteJournalSuperblock(Volume& volume, JournalShape& shape);

class Journal {
 public:
  static Task<Result<std::unique_ptr<Journal>>> Open(Volume& volume);

  /// Blocks that may gather before a commit; an operation may add as many again.
  size_t transaction_limit() const { return (shape_.end - shape_.first) / 4; }

  /// The log is in use from now on. Precondition: it was replayed.
  Task<Status> Start();
  /// Durable when it returns kOk. Errors: kIo, kNoSpc (does not fit).
  Task<Status> Commit(const std::vector<BlockPtr>& blocks, const std::set<uint64_t>& revoked);
  /// Writes everything back and frees the ring, if that is needed for the next transaction.
  Task<Status> CheckpointIfLong();
  /// Checkpoint; the log is empty. Precondition: nothing is uncommitted.
  Task<Status> Stop();

 private:
  Journal(Volume& volume, JournalShape shape) : volume_(volume), shape_(std::move(shape)) {}
  Task<Status> WriteLog(const std::vector<uint8_t>& bytes);
  void AddRevokes(const std::set<uint64_t>& revoked, std::vector<uint8_t>& log) const;
  void AddDescriptors(const std::vector<BlockPtr>& blocks, std::vector<uint8_t>& log) const;
  uint8_t* AddBlock(uint32_t type, std::vector<uint8_t>& log) const;

  Volume& volume_;
  JournalShape shape_;
  uint32_t sequence_ = 1;
  uint32_t head_ = 0;  // block of the log for the next write
  uint32_t used_ = 0;  // blocks since the last checkpoint
};

}  // namespace elfin::ext
