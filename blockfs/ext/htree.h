// The index of a directory: names' hashes lead to the blocks that hold them (directory_record.h has
// the layout; directory_hash.h the hashes).
//
//   root (block 0) → [inner nodes →] blocks of entries
//
// Errors: kUClean where the tree makes no sense, kIo.
#pragma once

#include <string_view>

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// The blocks where the name can be, one after the other.
class HtreeSearch {
 public:
  HtreeSearch(Volume& volume, Inode& directory) : volume_(volume), directory_(directory) {}

  /// The first block. Errors: also kOpNotSupp: a hash that Elfin doesn't know (look everywhere).
  Task<Result<uint64_t>> First(std::string_view name);
  /// The next one, where names of the same hash go on; 0: there is none.
  Task<Result<uint64_t>> Next();

 private:
  friend class HtreeChange;
  /// A node on the way, and the entry taken in it.
  struct Step {
    BlockPtr block;
    size_t entries_at;
    uint32_t at;
  };
  Task<Status> Descend(size_t level, uint32_t logical);
  Result<Step> CheckNode(BlockPtr block, bool root);

  Volume& volume_;
  Inode& directory_;
  uint32_t hash_ = 0;
  uint8_t version_ = 0;
  std::vector<Step> steps_;
};

/// Adds an entry to an indexed directory. Errors: kNoSpc (also where the index is full).
Task<Status> InsertIntoHtree(Volume& volume, Inode& directory, std::string_view name,
                             uint32_t inode, uint8_t file_type);

/// Makes an index for a directory of one full block, which moves to a second one. Errors: kNoSpc.
Task<Status> MakeHtree(Volume& volume, Inode& directory);

}  // namespace elfin::ext
