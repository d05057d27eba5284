// Inode: an inode in memory. One object for one inode as long as anybody holds it.
//
// `record()` is the truth while the object lives; Volume::SaveInode brings it into its block of the
// inode table. Changed only by whoever holds the volume's exclusive lock.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "blockfs/ext/extent_record.h"
#include "blockfs/ext/inode_record.h"

namespace elfin::ext {

class Volume;

/// A run of a file's blocks that lie one after the other on the disk, or a hole.
enum class RunState { kHole, kWritten, kUnwritten };
struct BlockRun {
  uint64_t logical = 0;
  uint64_t physical = 0;  // kHole: 0
  uint64_t count = 0;
  RunState state = RunState::kHole;
};

/// Nanoseconds since the epoch.
using Nanoseconds = int64_t;

class Inode {
 public:
  Inode(uint32_t number, std::vector<uint8_t> bytes) : number_(number), bytes_(std::move(bytes)) {}

  uint32_t number() const { return number_; }
  InodeRecord& record() { return *reinterpret_cast<InodeRecord*>(bytes_.data()); }
  const InodeRecord& record() const { return *reinterpret_cast<const InodeRecord*>(bytes_.data()); }
  std::vector<uint8_t>& bytes() { return bytes_; }

  uint16_t type() const { return record().mode & kModeTypeMask; }
  bool is_directory() const { return type() == kModeDirectory; }
  bool is_regular() const { return type() == kModeRegular; }
  bool has_flag(uint32_t flag) const { return (record().flags & flag) != 0; }
  bool uses_extents() const { return has_flag(kInodeExtents); }

  uint64_t size() const { return record().size_lo | uint64_t{record().size_hi} << 32; }
  void set_size(uint64_t size);
  uint32_t uid() const { return record().uid_lo | uint32_t{record().uid_hi} << 16; }
  uint32_t gid() const { return record().gid_lo | uint32_t{record().gid_hi} << 16; }
  void set_owner(uint32_t uid, uint32_t gid);
  /// Extended attributes' block, 0: none.
  uint64_t file_acl() const { return record().file_acl_lo | uint64_t{record().file_acl_hi} << 32; }
  void set_file_acl(uint64_t block);

  enum class Time { kAccess, kModify, kChange, kCreation };
  Nanoseconds time(Time which) const;
  void set_time(Time which, Nanoseconds time);
  bool has_creation_time() const { return HasExtra(offsetof(InodeRecord, creation_time) + 4); }
  /// Whether the record is long enough to hold the bytes before `end`.
  bool HasExtra(size_t end) const {
    return bytes_.size() > kGoodOldInodeSize && kGoodOldInodeSize + record().extra_isize >= end &&
           bytes_.size() >= end;
  }

  // The extent tree's root.
  ExtentHeader* extent_root() { return reinterpret_cast<ExtentHeader*>(record().block); }

  /// The run that was looked up last; count 0: none. Dropped whenever the block map changes.
  BlockRun last_run;
  /// Where a sequential reader would go on, and how far it was read ahead (both in blocks).
  uint64_t next_read = 0;
  uint64_t read_ahead_end = 0;
  uint64_t read_ahead_size = 0;
  /// Counted by Filesystem::NoteAccess.
  uint32_t accesses = 0;
  /// Of a directory without an index, the block where a name was found last.
  uint64_t last_found = 0;
  /// On the superblock's orphan list, or (no journal) waiting for the next sync.
  bool orphan = false;
  /// The last name has gone, and then the last who had it open: its blocks are or will be free.
  bool deleted = false;

 private:
  uint32_t number_;
  std::vector<uint8_t> bytes_;
};
using InodePtr = std::shared_ptr<Inode>;

}  // namespace elfin::ext
