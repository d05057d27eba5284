#include "blockfs/ext/directory_block.h"

#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/block_map.h"

namespace elfin::ext {

using blockfs::Crc32c;
using blockfs::Crc32cOf;

namespace {

std::string Name(const Inode& directory) {
  return "inode " + std::to_string(directory.number()) + ": directory";
}

DirectoryTail* TailOf(const Volume& volume, CachedBlock& block) {
  return block.As<DirectoryTail>(volume.block_size() - sizeof(DirectoryTail));
}

uint32_t LeafChecksum(const Volume& volume, const Inode& directory, CachedBlock& block) {
  return Crc32c(volume.InodeSeed(directory), block.data(),
                volume.block_size() - sizeof(DirectoryTail));
}

/// Where a block's htree entries begin; 0: it has none.
size_t HtreeEntriesAt(const Volume& volume, const Inode& directory, CachedBlock& block,
                      uint64_t logical) {
  if (!directory.has_flag(kInodeIndexed) || !volume.has_compat(kCompatDirIndex)) return 0;
  if (logical == 0) return kHtreeRootEntriesOffset;
  return IsHtreeNode(volume, directory, block) ? kHtreeNodeEntriesOffset : 0;
}

/// nullptr: the limit makes no sense.
HtreeTail* HtreeTailOf(const Volume& volume, CachedBlock& block, size_t entries) {
  const auto* counts = block.As<HtreeCountLimit>(entries);
  const size_t end = entries + counts->limit * sizeof(HtreeEntry);
  if (counts->count > counts->limit || end + sizeof(HtreeTail) > volume.block_size())
    return nullptr;
  return block.As<HtreeTail>(end);
}

uint32_t HtreeChecksum(const Volume& volume, const Inode& directory, CachedBlock& block,
                       size_t entries, const HtreeTail& tail) {
  const auto* counts = block.As<HtreeCountLimit>(entries);
  uint32_t crc = Crc32c(volume.InodeSeed(directory), block.data(),
                        entries + counts->count * sizeof(HtreeEntry));
  crc = Crc32cOf(crc, tail.reserved);
  return Crc32cOf(crc, uint32_t{0});
}

}  // namespace

size_t EntryRoom(const Volume& volume) {
  return volume.block_size() - (volume.has_metadata_checksum() ? sizeof(DirectoryTail) : 0);
}

bool IsHtreeNode(const Volume& volume, const Inode& directory, CachedBlock& block) {
  const auto* first = block.As<DirectoryEntryRecord>();
  return directory.has_flag(kInodeIndexed) && first->inode == 0 && first->name_length == 0 &&
         first->record_length == volume.block_size();
}

Result<bool> EntryWalk::Next() {
  const uint32_t block_size = volume_.block_size();
  const uint32_t offset = next_;
  if (offset >= block_size) return false;
  auto* record = block_.As<DirectoryEntryRecord>(offset);
  const uint32_t length = record->record_length;
  if (offset + sizeof(*record) > block_size || length < 12 || length % 4 != 0 ||
      length > block_size - offset || 8u + record->name_length > length) {
    return volume_.Damaged(Name(directory_) + ": an entry's length");
  }
  next_ += length;
  const bool tail = next_ == block_size && length == sizeof(DirectoryTail) && record->inode == 0 &&
                    record->file_type == kTailFileType;
  if (tail) return false;
  entry_ = {record, offset, entry_.offset};
  return true;
}

Result<std::vector<EntryView>> EntriesOf(Volume& volume, const Inode& directory,
                                         CachedBlock& block) {
  std::vector<EntryView> entries;
  EntryWalk walk(volume, directory, block);
  while (TRY(walk.Next())) entries.push_back(walk.entry());
  return entries;
}

namespace {

Task<Result<BlockPtr>> LoadDirectoryBlock(Volume& volume, Inode& directory, uint64_t logical) {
  CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, directory, logical, 1));
  if (run.state != RunState::kWritten) co_return volume.Damaged(Name(directory) + ": a hole");
  CO_ASSIGN(BlockPtr block, co_await volume.GetBlock(run.physical));
  if (block->verified || !volume.has_metadata_checksum()) co_return block;
  const size_t entries = HtreeEntriesAt(volume, directory, *block, logical);
  bool good = false;
  if (entries == 0) {
    const DirectoryTail& tail = *TailOf(volume, *block);
    good = tail.file_type == kTailFileType && tail.record_length == sizeof(tail) &&
           tail.checksum == LeafChecksum(volume, directory, *block);
  } else if (const HtreeTail* tail = HtreeTailOf(volume, *block, entries)) {
    good = tail->checksum == HtreeChecksum(volume, directory, *block, entries, *tail);
  }
  if (!good) co_return volume.Damaged(Name(directory) + ": wrong checksum");
  block->verified = true;
  co_return block;
}

}  // namespace

Task<Result<BlockPtr>> GetDirectoryBlock(Volume& volume, Inode& directory, uint64_t logical) {
  const std::optional<BlockRun> run = KnownRun(directory, logical, 1);
  if (run && run->state == RunState::kWritten) {
    BlockPtr block = volume.cache().Find(run->physical);
    if (block != nullptr && (block->verified || !volume.has_metadata_checksum())) return block;
  }
  return LoadDirectoryBlock(volume, directory, logical);
}

void DirectoryBlockChanged(Volume& volume, const Inode& directory, const BlockPtr& block) {
  if (volume.has_metadata_checksum()) {
    TailOf(volume, *block)->checksum = LeafChecksum(volume, directory, *block);
  }
  volume.JournalBlock(block, BlockKind::kNames);
}

void HtreeBlockChanged(Volume& volume, const Inode& directory, const BlockPtr& block,
                       size_t entries) {
  if (volume.has_metadata_checksum()) {
    if (HtreeTail* tail = HtreeTailOf(volume, *block, entries)) {
      tail->checksum = HtreeChecksum(volume, directory, *block, entries, *tail);
    }
  }
  volume.JournalBlock(block, BlockKind::kNames);
}

void InitDirectoryBlock(Volume& volume, CachedBlock& block) {
  std::memset(block.data(), 0, volume.block_size());
  block.As<DirectoryEntryRecord>()->record_length = static_cast<uint16_t>(EntryRoom(volume));
  if (volume.has_metadata_checksum()) {
    *TailOf(volume, block) = {0, sizeof(DirectoryTail), 0, kTailFileType, 0};
  }
}

Task<Result<NewDirectoryBlock>> AppendDirectoryBlock(Volume& volume, Inode& directory) {
  const uint64_t logical = directory.size() / volume.block_size();
  CO_ASSIGN(const BlockRun run,
            co_await AllocateBlocks(volume, directory, logical, 1, RunState::kWritten));
  NewDirectoryBlock made{logical, volume.cache().GetZeroed(run.physical)};
  InitDirectoryBlock(volume, *made.block);
  directory.set_size(directory.size() + volume.block_size());
  CO_TRY(co_await volume.SaveInode(directory));
  co_return made;
}

Result<bool> PutEntry(Volume& volume, const Inode& directory, CachedBlock& block,
                      std::string_view name, uint32_t inode, uint8_t file_type) {
  const size_t needed = EntrySize(name.size());
  const std::vector<EntryView> entries = TRY(EntriesOf(volume, directory, block));
  for (const EntryView& entry : entries) {
    const size_t used = entry.used();
    const size_t length = entry.record->record_length;
    if (length - used < needed) continue;
    DirectoryEntryRecord* record = entry.record;
    if (used > 0) {
      record->record_length = static_cast<uint16_t>(used);
      record = block.As<DirectoryEntryRecord>(entry.offset + used);
      record->record_length = static_cast<uint16_t>(length - used);
    }
    record->inode = inode;
    record->name_length = static_cast<uint8_t>(name.size());
    record->file_type = volume.has_incompat(kIncompatFileType) ? file_type : kEntryUnknown;
    std::memcpy(record + 1, name.data(), name.size());
    return true;
  }
  return false;
}

}  // namespace elfin::ext
