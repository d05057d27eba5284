#include "blockfs/ext/directory.h"

#include <cstring>

#include "blockfs/ext/directory_block.h"
#include "blockfs/ext/htree.h"

namespace elfin::ext {
namespace {

bool Indexed(const Volume& volume, const Inode& directory) {
  return directory.has_flag(kInodeIndexed) && volume.has_compat(kCompatDirIndex);
}

/// The entry of a block with that name; inode 0: none.
Result<FoundEntry> FindInBlock(Volume& volume, Inode& directory, const BlockPtr& block,
                               uint64_t logical, std::string_view name) {
  EntryWalk walk(volume, directory, *block);
  while (TRY(walk.Next())) {
    const EntryView& entry = walk.entry();
    if (entry.record->inode == 0 || entry.name() != name) continue;
    return FoundEntry{entry.record->inode, entry.record->file_type, block, logical,
                      entry.offset,        entry.previous};
  }
  return FoundEntry{};
}

/// Begins where the last name was found: who goes through a directory asks for names in its order.
Task<Result<FoundEntry>> FindEverywhere(Volume& volume, Inode& directory, std::string_view name) {
  const uint64_t blocks = directory.size() / volume.block_size();
  for (uint64_t i = 0; i < blocks; ++i) {
    const uint64_t logical = (directory.last_found + i) % blocks;
    CO_ASSIGN(const BlockPtr block, co_await GetDirectoryBlock(volume, directory, logical));
    CO_ASSIGN(FoundEntry found, FindInBlock(volume, directory, block, logical, name));
    if (found.inode == 0) continue;
    directory.last_found = logical;
    co_return found;
  }
  co_return Errno::kNoEnt;
}

/// The same for a directory of one block that is in memory, as most are: without a wait. Inode 0:
/// it isn't such a one.
Result<FoundEntry> FindInOnlyBlock(Volume& volume, Inode& directory, std::string_view name) {
  if (directory.size() != volume.block_size()) return FoundEntry{};
  Task<Result<BlockPtr>> getting = GetDirectoryBlock(volume, directory, 0);
  if (!getting.ready()) return FoundEntry{};
  FoundEntry found = TRY(FindInBlock(volume, directory, TRY(getting.Take()), 0, name));
  if (found.inode == 0) return Errno::kNoEnt;
  return found;
}

/// Root and inner nodes of an index have a checksum of another kind.
void Changed(Volume& volume, const Inode& directory, const FoundEntry& entry) {
  if (entry.logical == 0 && Indexed(volume, directory)) {
    HtreeBlockChanged(volume, directory, entry.block, kHtreeRootEntriesOffset);
  } else {
    DirectoryBlockChanged(volume, directory, entry.block);
  }
}

}  // namespace

uint8_t EntryTypeOf(const Inode& inode) {
  switch (inode.type()) {
    case kModeRegular:
      return kEntryRegular;
    case kModeDirectory:
      return kEntryDirectory;
    case kModeCharacter:
      return kEntryCharacter;
    case kModeBlock:
      return kEntryBlock;
    case kModeFifo:
      return kEntryFifo;
    case kModeSocket:
      return kEntrySocket;
    case kModeSymlink:
      return kEntrySymlink;
    default:
      return kEntryUnknown;
  }
}

namespace {

Task<Result<FoundEntry>> FindNameSlowly(Volume& volume, Inode& directory, std::string_view name) {
  if (!Indexed(volume, directory) || name == "." || name == "..") {
    co_return co_await FindEverywhere(volume, directory, name);
  }
  HtreeSearch search(volume, directory);
  Result<uint64_t> logical = co_await search.First(name);
  if (!logical.ok() && logical.error() == Errno::kOpNotSupp) {
    co_return co_await FindEverywhere(volume, directory, name);
  }
  while (logical.ok() && *logical != 0) {
    CO_ASSIGN(const BlockPtr block, co_await GetDirectoryBlock(volume, directory, *logical));
    CO_ASSIGN(FoundEntry found, FindInBlock(volume, directory, block, *logical, name));
    if (found.inode != 0) co_return found;
    logical = co_await search.Next();
  }
  co_return logical.ok() ? Errno::kNoEnt : logical.error();
}

}  // namespace

Task<Result<FoundEntry>> FindName(Volume& volume, Inode& directory, std::string_view name) {
  FoundEntry found = TRY(FindInOnlyBlock(volume, directory, name));
  if (found.inode != 0) return found;
  return FindNameSlowly(volume, directory, name);
}

Task<Status> AddName(Volume& volume, Inode& directory, std::string_view name, uint32_t inode,
                     uint8_t file_type) {
  if (Indexed(volume, directory)) {
    co_return co_await InsertIntoHtree(volume, directory, name, inode, file_type);
  }
  const uint64_t blocks = directory.size() / volume.block_size();
  for (uint64_t logical = 0; logical < blocks; ++logical) {
    CO_ASSIGN(const BlockPtr block, co_await GetDirectoryBlock(volume, directory, logical));
    CO_ASSIGN(const bool put, PutEntry(volume, directory, *block, name, inode, file_type));
    if (!put) continue;
    DirectoryBlockChanged(volume, directory, block);
    co_return kOk;
  }
  if (blocks == 1 && volume.has_compat(kCompatDirIndex)) {
    CO_TRY(co_await MakeHtree(volume, directory));
    co_return co_await InsertIntoHtree(volume, directory, name, inode, file_type);
  }
  CO_ASSIGN(const NewDirectoryBlock made, co_await AppendDirectoryBlock(volume, directory));
  CO_ASSIGN(const bool put, PutEntry(volume, directory, *made.block, name, inode, file_type));
  CHECK(put);
  DirectoryBlockChanged(volume, directory, made.block);
  co_return kOk;
}

Status RemoveName(Volume& volume, Inode& directory, const FoundEntry& entry) {
  auto* record = entry.block->As<DirectoryEntryRecord>(entry.offset);
  if (entry.previous == entry.offset) {
    record->inode = 0;
  } else {
    auto* previous = entry.block->As<DirectoryEntryRecord>(entry.previous);
    previous->record_length =
        static_cast<uint16_t>(previous->record_length + record->record_length);
    record->inode = 0;
  }
  Changed(volume, directory, entry);
  return kOk;
}

Status ChangeName(Volume& volume, Inode& directory, const FoundEntry& entry, uint32_t inode,
                  uint8_t file_type) {
  auto* record = entry.block->As<DirectoryEntryRecord>(entry.offset);
  record->inode = inode;
  if (volume.has_incompat(kIncompatFileType)) record->file_type = file_type;
  Changed(volume, directory, entry);
  return kOk;
}

Task<Status> InitDirectory(Volume& volume, Inode& directory, uint32_t parent) {
  CO_ASSIGN(const NewDirectoryBlock made, co_await AppendDirectoryBlock(volume, directory));
  for (const auto& [name, inode] :
       {std::pair<std::string_view, uint32_t>(".", directory.number()), {"..", parent}}) {
    CO_ASSIGN(const bool put,
              PutEntry(volume, directory, *made.block, name, inode, kEntryDirectory));
    CHECK(put);
  }
  DirectoryBlockChanged(volume, directory, made.block);
  co_return kOk;
}

Task<Result<std::vector<ListedName>>> ListNames(Volume& volume, Inode& directory) {
  std::vector<ListedName> names;
  const uint64_t blocks = directory.size() / volume.block_size();
  for (uint64_t logical = 0; logical < blocks; ++logical) {
    CO_ASSIGN(const BlockPtr block, co_await GetDirectoryBlock(volume, directory, logical));
    CO_ASSIGN(const std::vector<EntryView> entries, EntriesOf(volume, directory, *block));
    for (const EntryView& entry : entries) {
      const std::string_view name = entry.name();
      if (entry.record->inode == 0 || name == "." || name == "..") continue;
      // A name that no path can lead to: as Linux, an error of the filesystem.
      if (name.empty() || name.find('/') != std::string_view::npos ||
          name.find('\0') != std::string_view::npos) {
        co_return volume.Damaged("inode " + std::to_string(directory.number()) + ": a bad name");
      }
      names.push_back({std::string(name), entry.record->inode, entry.record->file_type});
    }
  }
  co_return names;
}

Task<Result<bool>> IsEmptyDirectory(Volume& volume, Inode& directory) {
  CO_ASSIGN(const std::vector<ListedName> names, co_await ListNames(volume, directory));
  co_return names.empty();
}

}  // namespace elfin::ext
