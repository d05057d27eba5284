// Directories on disk: "Directory Entries" and "Hash Tree Directories".
//
// A block of a directory is a chain of entries that fills it; an entry of inode 0 is free room.
// With metadata_csum the last 12 bytes look like such an entry and hold a checksum. In an indexed
// directory block 0 is the htree's root behind "." and ".."; its inner nodes look like one free
// entry.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

struct DirectoryEntryRecord {
  uint32_t inode;
  uint16_t record_length;  // to the next entry; a multiple of 4
  uint8_t name_length;
  uint8_t file_type;  // kEntry…; 0 without the feature filetype
  // followed by the name
};
static_assert(sizeof(DirectoryEntryRecord) == 8);

inline constexpr size_t kMaxNameLength = 255;
/// The room that an entry with such a name takes.
constexpr size_t EntrySize(size_t name_length) { return (8 + name_length + 3) & ~size_t{3}; }

inline constexpr uint8_t kEntryUnknown = 0;
inline constexpr uint8_t kEntryRegular = 1;
inline constexpr uint8_t kEntryDirectory = 2;
inline constexpr uint8_t kEntryCharacter = 3;
inline constexpr uint8_t kEntryBlock = 4;
inline constexpr uint8_t kEntryFifo = 5;
inline constexpr uint8_t kEntrySocket = 6;
inline constexpr uint8_t kEntrySymlink = 7;

struct DirectoryTail {
  uint32_t zero_inode;
  uint16_t record_length;  // 12
  uint8_t zero_name_length;
  uint8_t file_type;  // kTailFileType
  uint32_t checksum;
};
static_assert(sizeof(DirectoryTail) == 12);
inline constexpr uint8_t kTailFileType = 0xde;

// ---- The htree: HtreeRootInfo at byte 24 of block 0, then the entries; in an inner node the
// entries begin at byte 8. The first entry has, in the place of its hash, limit and count.

inline constexpr size_t kHtreeRootInfoOffset = 24;
inline constexpr size_t kHtreeRootEntriesOffset = 32;
inline constexpr size_t kHtreeNodeEntriesOffset = 8;

struct HtreeRootInfo {
  uint32_t reserved;
  uint8_t hash_version;
  uint8_t info_length;  // 8
  uint8_t indirect_levels;
  uint8_t unused_flags;
};
struct HtreeEntry {
  uint32_t hash;   // the lowest one below it; bit 0: goes on from the block before
  uint32_t block;  // logical, in the directory
};
struct HtreeCountLimit {
  uint16_t limit;
  uint16_t count;  // both with this first entry
};
struct HtreeTail {
  uint32_t reserved;
  uint32_t checksum;
};
static_assert(sizeof(HtreeRootInfo) == 8 && sizeof(HtreeEntry) == 8 && sizeof(HtreeTail) == 8);

}  // namespace elfin::ext
