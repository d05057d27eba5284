// The superblock on disk: "The Super Block" in the kernel's "ext4 Data Structures and Algorithms".
// 1024 bytes at byte 1024 of the device; little-endian, as are all records but the journal's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::ext {

inline constexpr uint64_t kSuperblockOffset = 1024;
inline constexpr uint16_t kSuperblockMagic = 0xef53;

struct Superblock {
  uint32_t inodes_count;
  uint32_t blocks_count_lo;
  uint32_t reserved_blocks_count_lo;
  uint32_t free_blocks_count_lo;
  uint32_t free_inodes_count;
  uint32_t first_data_block;
  uint32_t log_block_size;  // 1024 << this
  uint32_t log_cluster_size;
  uint32_t blocks_per_group;
  uint32_t clusters_per_group;
  uint32_t inodes_per_group;
  uint32_t mount_time;
  uint32_t write_time;
  uint16_t mount_count;
  uint16_t max_mount_count;
  uint16_t magic;
  uint16_t state;  // kState… bits
  uint16_t errors;
  uint16_t minor_revision;
  uint32_t last_check;
  uint32_t check_interval;
  uint32_t creator_os;
  uint32_t revision;  // 0: 128-byte inodes, no features; 1: what follows counts
  uint16_t reserved_uid;
  uint16_t reserved_gid;
  uint32_t first_inode;
  uint16_t inode_size;
  uint16_t block_group;
  uint32_t feature_compat;
  uint32_t feature_incompat;
  uint32_t feature_ro_compat;
  uint8_t uuid[16];
  char volume_name[16];
  char last_mounted[64];
  uint32_t algorithm_usage;
  uint8_t preallocate_blocks;
  uint8_t preallocate_directory_blocks;
  uint16_t reserved_gdt_blocks;
  uint8_t journal_uuid[16];
  uint32_t journal_inode;
  uint32_t journal_device;
  uint32_t last_orphan;  // head of the orphan list
  uint32_t hash_seed[4];
  uint8_t default_hash_version;
  uint8_t journal_backup_type;
  uint16_t descriptor_size;
  uint32_t default_mount_options;
  uint32_t first_meta_bg;
  uint32_t format_time;
  uint32_t journal_blocks[17];
  uint32_t blocks_count_hi;
  uint32_t reserved_blocks_count_hi;
  uint32_t free_blocks_count_hi;
  uint16_t min_extra_isize;
  uint16_t want_extra_isize;
  uint32_t flags;  // kFlag… bits
  uint16_t raid_stride;
  uint16_t mmp_interval;
  uint64_t mmp_block;
  uint32_t raid_stripe_width;
  uint8_t log_groups_per_flex;
  uint8_t checksum_type;  // 1: crc32c
  uint8_t encryption_level;
  uint8_t reserved_pad;
  uint64_t kilobytes_written;
  uint8_t snapshots_and_errors[0x200 - 0x180];
  char mount_options[64];
  uint32_t user_quota_inode;
  uint32_t group_quota_inode;
  uint32_t overhead_blocks;
  uint32_t backup_groups[2];  // sparse_super2
  uint8_t encryption[20];
  uint32_t lost_and_found_inode;
  uint32_t project_quota_inode;
  uint32_t checksum_seed;  // metadata_csum_seed
  uint8_t times_high_and_errors[8];
  uint16_t encoding;
  uint16_t encoding_flags;
  uint32_t orphan_file_inode;
  uint32_t reserved[94];
  uint32_t checksum;
};
static_assert(offsetof(Superblock, magic) == 0x38);
static_assert(offsetof(Superblock, uuid) == 0x68);
static_assert(offsetof(Superblock, journal_inode) == 0xe0);
static_assert(offsetof(Superblock, hash_seed) == 0xec);
static_assert(offsetof(Superblock, blocks_count_hi) == 0x150);
static_assert(offsetof(Superblock, kilobytes_written) == 0x178);
static_assert(offsetof(Superblock, backup_groups) == 0x24c);
static_assert(offsetof(Superblock, checksum_seed) == 0x270);
static_assert(offsetof(Superblock, orphan_file_inode) == 0x280);
static_assert(offsetof(Superblock, checksum) == 0x3fc);
static_assert(sizeof(Superblock) == 1024);

inline constexpr uint16_t kStateValid = 1;
inline constexpr uint16_t kStateErrors = 2;

inline constexpr uint32_t kFlagSignedHash = 1;
inline constexpr uint32_t kFlagUnsignedHash = 2;

// Features. Compatible: may be ignored. Incompatible: unknown ones forbid to mount. Read-only
// compatible: unknown ones forbid to write.
inline constexpr uint32_t kCompatHasJournal = 0x4;
inline constexpr uint32_t kCompatExtAttr = 0x8;
inline constexpr uint32_t kCompatDirIndex = 0x20;
inline constexpr uint32_t kCompatSparseSuper2 = 0x200;
inline constexpr uint32_t kCompatOrphanFile = 0x1000;

inline constexpr uint32_t kIncompatFileType = 0x2;
inline constexpr uint32_t kIncompatRecover = 0x4;
inline constexpr uint32_t kIncompatMetaBg = 0x10;
inline constexpr uint32_t kIncompatExtents = 0x40;
inline constexpr uint32_t kIncompat64Bit = 0x80;
inline constexpr uint32_t kIncompatFlexBg = 0x200;
inline constexpr uint32_t kIncompatChecksumSeed = 0x2000;

inline constexpr uint32_t kRoCompatSparseSuper = 0x1;
inline constexpr uint32_t kRoCompatLargeFile = 0x2;
inline constexpr uint32_t kRoCompatBtreeDir = 0x4;
inline constexpr uint32_t kRoCompatHugeFile = 0x8;
inline constexpr uint32_t kRoCompatGdtChecksum = 0x10;
inline constexpr uint32_t kRoCompatDirNlink = 0x20;
inline constexpr uint32_t kRoCompatExtraIsize = 0x40;
inline constexpr uint32_t kRoCompatBigalloc = 0x200;
inline constexpr uint32_t kRoCompatMetadataChecksum = 0x400;
inline constexpr uint32_t kRoCompatOrphanPresent = 0x10000;

}  // namespace elfin::ext
