// Directories: finding, adding, changing, removing and listing names. Errors everywhere: kUClean,
// kIo.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "blockfs/ext/directory_record.h"
#include "blockfs/ext/volume.h"

namespace elfin::ext {

struct FoundEntry {
  uint32_t inode = 0;
  uint8_t file_type = kEntryUnknown;
  BlockPtr block;
  uint64_t logical = 0;
  uint32_t offset = 0;
  uint32_t previous = 0;
};

/// Errors: kNoEnt.
Task<Result<FoundEntry>> FindName(Volume& volume, Inode& directory, std::string_view name);

/// The name isn't there yet. Does not touch times or links. Errors: kNoSpc.
Task<Status> AddName(Volume& volume, Inode& directory, std::string_view name, uint32_t inode,
                     uint8_t file_type);
/// `entry` as FindName has just found it.
Status RemoveName(Volume& volume, Inode& directory, const FoundEntry& entry);
/// Lets the name lead to another inode.
Status ChangeName(Volume& volume, Inode& directory, const FoundEntry& entry, uint32_t inode,
                  uint8_t file_type);

/// A new directory's first block: "." and "..". Errors: kNoSpc.
Task<Status> InitDirectory(Volume& volume, Inode& directory, uint32_t parent);

struct ListedName {
  std::string name;
  uint32_t inode;
  uint8_t file_type;
};
/// All but "." and "..".
Task<Result<std::vector<ListedName>>> ListNames(Volume& volume, Inode& directory);
Task<Result<bool>> IsEmptyDirectory(Volume& volume, Inode& directory);

/// The type that a directory's entry shows.
uint8_t EntryTypeOf(const Inode& inode);

}  // namespace elfin::ext
