#include "blockfs/ext/superblock_check.h"

#include "blockfs/ext/features.h"
#include "blockfs/ext/group_descriptor.h"
#include "blockfs/ext/inode_record.h"
#include "blockfs/ext/superblock_seal.h"
#include "runtime/base/log.h"

namespace elfin::ext {
namespace {

constexpr uint32_t kLargestLogBlockSize = 2;

bool IsPowerOfTwo(uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

/// What has been refused on purpose; empty: nothing.
std::string Unsupported(const Superblock& s) {
  if (s.magic != kSuperblockMagic) return {};
  if (s.revision > 1) return "revision " + std::to_string(s.revision);
  const std::string unknown = UnknownIncompatFeatures(s);
  if (!unknown.empty()) return "it has features that Elfin doesn't know: " + unknown;
  const bool checksum = (s.feature_ro_compat & kRoCompatMetadataChecksum) != 0;
  if (checksum && s.checksum_type != 1) return "an unknown kind of checksum";
  if (s.log_block_size > kLargestLogBlockSize && s.log_block_size <= 6) return "blocks above 4 KiB";
  return {};
}

/// What can't be so; empty: it is good.
std::string Damage(const Superblock& s, uint64_t device_size) {
  if (s.magic != kSuperblockMagic) return "there is none (no magic number)";
  const bool checksum = (s.feature_ro_compat & kRoCompatMetadataChecksum) != 0;
  if (checksum && !IsSuperblockSealed(s)) return "the superblock's checksum is wrong";
  if (s.log_block_size > kLargestLogBlockSize) return "the superblock's block size";
  const uint32_t block_size = 1024u << s.log_block_size;
  const bool wide = (s.feature_incompat & kIncompat64Bit) != 0;
  const uint64_t blocks = s.blocks_count_lo | (wide ? uint64_t{s.blocks_count_hi} << 32 : 0);
  const uint32_t inode_size = s.revision == 0 ? kGoodOldInodeSize : s.inode_size;
  const uint32_t descriptor_size = wide ? s.descriptor_size : kShortDescriptorSize;
  const bool sane =
      s.log_cluster_size == s.log_block_size && IsPowerOfTwo(inode_size) &&
      inode_size >= kGoodOldInodeSize && inode_size <= block_size &&
      s.first_data_block == (block_size == 1024 ? 1u : 0u) && s.blocks_per_group >= 256 &&
      s.blocks_per_group <= block_size * 8 && s.blocks_per_group % 8 == 0 &&
      s.inodes_per_group > 0 && s.inodes_per_group <= block_size * 8 &&
      s.inodes_per_group % (block_size / inode_size) == 0 && s.inodes_per_group % 8 == 0 &&
      blocks > s.first_data_block + 8 && IsPowerOfTwo(descriptor_size) &&
      descriptor_size >= (wide ? 64u : 32u) && descriptor_size <= block_size &&
      (s.revision == 0 || s.first_inode >= 11) && s.log_groups_per_flex < 32;
  if (!sane) return "the superblock's numbers make no sense";
  if (blocks > device_size / block_size) return "the device is shorter than the filesystem";
  const uint64_t groups =
      (blocks - s.first_data_block + s.blocks_per_group - 1) / s.blocks_per_group;
  if (groups * s.inodes_per_group != s.inodes_count) {
    return "the superblock's numbers of groups and inodes disagree";
  }
  return {};
}

Errno Refuse(const std::string& why) {
  Log(LogLevel::kError, "ext filesystem can't be mounted: " + why);
  return Errno::kInval;
}

}  // namespace

Task<Result<FoundSuperblock>> FindSuperblock(blockfs::BlockDevice& device) {
  FoundSuperblock found;
  Superblock& s = found.superblock;
  if (device.size() < kSuperblockOffset + sizeof(s)) co_return Refuse("it is too short");
  CO_TRY(co_await device.Read(kSuperblockOffset, &s, sizeof(s)));
  const std::string unsupported = Unsupported(s);
  if (!unsupported.empty()) co_return Refuse(unsupported);
  const std::string damage = Damage(s, device.size());
  if (damage.empty()) co_return found;
  // With sparse_super; groups of as many blocks as a bitmap has bits.
  for (const uint32_t group : {1u, 3u, 5u, 7u}) {
    for (uint32_t log_size = 0; log_size <= kLargestLogBlockSize; ++log_size) {
      const uint64_t block_size = uint64_t{1024} << log_size;
      const uint64_t block = group * block_size * 8 + (log_size == 0 ? 1 : 0);
      found.offset = block * block_size;
      if (found.offset + sizeof(s) > device.size()) continue;
      CO_TRY(co_await device.Read(found.offset, &s, sizeof(s)));
      const bool belongs_here = s.block_group == group && s.log_block_size == log_size;
      if (!belongs_here || !Unsupported(s).empty() || !Damage(s, device.size()).empty()) continue;
      Log(LogLevel::kWarning, "ext filesystem: " + damage +
                                  "; mounted read-only by the backup in group " +
                                  std::to_string(group) + ": e2fsck can mend it");
      co_return found;
    }
  }
  co_return Refuse(damage);
}

}  // namespace elfin::ext
