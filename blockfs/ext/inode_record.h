// An inode on disk: "Index Nodes". 128 bytes, and `extra_isize` more where inodes are larger;
// extended attributes may follow these.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

inline constexpr uint32_t kRootInode = 2;
inline constexpr uint32_t kJournalInode = 8;
inline constexpr size_t kGoodOldInodeSize = 128;
/// What `block` holds: 15 block numbers, an extent tree's root, or a short symlink's text.
inline constexpr size_t kInodeBlockBytes = 60;

struct InodeRecord {
  uint16_t mode;
  uint16_t uid_lo;
  uint32_t size_lo;
  uint32_t access_time;
  uint32_t change_time;
  uint32_t modify_time;
  uint32_t delete_time;  // of one on the orphan list: the next one's number
  uint16_t gid_lo;
  uint16_t links;
  uint32_t blocks_lo;  // of 512 bytes, or with kInodeHugeFile of the filesystem's blocks
  uint32_t flags;
  uint32_t version;
  uint8_t block[kInodeBlockBytes];
  uint32_t generation;
  uint32_t file_acl_lo;
  uint32_t size_hi;
  uint32_t obsolete_fragment;
  uint16_t blocks_hi;
  uint16_t file_acl_hi;
  uint16_t uid_hi;
  uint16_t gid_hi;
  uint16_t checksum_lo;
  uint16_t reserved;
  // Beyond the first 128 bytes:
  uint16_t extra_isize;
  uint16_t checksum_hi;
  uint32_t change_time_extra;  // bits 0 and 1: epoch; the others: nanoseconds
  uint32_t modify_time_extra;
  uint32_t access_time_extra;
  uint32_t creation_time;
  uint32_t creation_time_extra;
  uint32_t version_hi;
  uint32_t project;
};
static_assert(offsetof(InodeRecord, block) == 0x28);
static_assert(offsetof(InodeRecord, file_acl_lo) == 0x68);
static_assert(offsetof(InodeRecord, checksum_lo) == 0x7c);
static_assert(offsetof(InodeRecord, extra_isize) == 0x80);
static_assert(offsetof(InodeRecord, creation_time) == 0x90);
static_assert(sizeof(InodeRecord) == 0xa0);

inline constexpr uint32_t kInodeImmutable = 0x10;
inline constexpr uint32_t kInodeAppendOnly = 0x20;
inline constexpr uint32_t kInodeIndexed = 0x1000;  // a directory with an htree
inline constexpr uint32_t kInodeHugeFile = 0x40000;
inline constexpr uint32_t kInodeExtents = 0x80000;

inline constexpr uint16_t kModeTypeMask = 0xf000;
inline constexpr uint16_t kModeFifo = 0x1000;
inline constexpr uint16_t kModeCharacter = 0x2000;
inline constexpr uint16_t kModeDirectory = 0x4000;
inline constexpr uint16_t kModeBlock = 0x6000;
inline constexpr uint16_t kModeRegular = 0x8000;
inline constexpr uint16_t kModeSymlink = 0xa000;
inline constexpr uint16_t kModeSocket = 0xc000;

}  // namespace elfin::ext
