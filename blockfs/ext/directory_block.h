// One block of a directory: checked walking over its entries, and changing them.
#pragma once

#include <string_view>
#include <vector>

#include "blockfs/ext/directory_record.h"
#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// An entry where it lies. Valid while the block isn't changed.
struct EntryView {
  DirectoryEntryRecord* record = nullptr;
  uint32_t offset = 0;
  uint32_t previous = 0;  // the entry before it; == offset: it is the first one

  std::string_view name() const {
    return {reinterpret_cast<const char*>(record + 1), record->name_length};
  }
  size_t used() const { return record->inode == 0 ? 0 : EntrySize(record->name_length); }
};

/// Goes from entry to entry, free ones too, without the checksum's.
class EntryWalk {
 public:
  EntryWalk(Volume& volume, const Inode& directory, CachedBlock& block)
      : volume_(volume), directory_(directory), block_(block) {}
  /// False: that was the last one. Errors: kUClean, where its length is wrong.
  Result<bool> Next();
  const EntryView& entry() const { return entry_; }

 private:
  Volume& volume_;
  const Inode& directory_;
  CachedBlock& block_;
  EntryView entry_;
  uint32_t next_ = 0;
};

/// All of them, free ones too, without the checksum's. Errors: kUClean, where lengths are wrong.
Result<std::vector<EntryView>> EntriesOf(Volume& volume, const Inode& directory,
                                         CachedBlock& block);

/// Reads a directory's block and checks its checksum. Errors: kUClean (also for holes), kIo.
Task<Result<BlockPtr>> GetDirectoryBlock(Volume& volume, Inode& directory, uint64_t logical);
/// Whether the block (not the first) of an indexed directory is an inner node of its tree.
bool IsHtreeNode(const Volume& volume, const Inode& directory, CachedBlock& block);

/// Checksum and JournalBlock, after a change of a block of entries.
void DirectoryBlockChanged(Volume& volume, const Inode& directory, const BlockPtr& block);
/// The same for the root or an inner node of the htree; `entries`: where its entries begin.
void HtreeBlockChanged(Volume& volume, const Inode& directory, const BlockPtr& block,
                       size_t entries);

/// Bytes of a block that entries can fill.
size_t EntryRoom(const Volume& volume);
/// One free entry, and room for the checksum.
void InitDirectoryBlock(Volume& volume, CachedBlock& block);
/// A block more at the directory's end, initialised but not yet JournalBlock'd. Saves the inode.
/// Errors: kNoSpc.
struct NewDirectoryBlock {
  uint64_t logical;
  BlockPtr block;
};
Task<Result<NewDirectoryBlock>> AppendDirectoryBlock(Volume& volume, Inode& directory);

/// Puts an entry where there is room; false: nowhere.
Result<bool> PutEntry(Volume& volume, const Inode& directory, CachedBlock& block,
                      std::string_view name, uint32_t inode, uint8_t file_type);

}  // namespace elfin::ext
