// Which superblock a filesystem is mounted by: the first one, or, where that is damaged, a backup.
#pragma once

#include <string>

#include "blockfs/block_device.h"
#include "blockfs/ext/superblock.h"

namespace elfin::ext {

/// A superblock whose numbers agree with each other and with the device.
struct FoundSuperblock {
  Superblock superblock;
  /// Of the device. Not kSuperblockOffset: a backup in another group. It is as mke2fs or e2fsck has
  /// left it, and so is the copy of the group descriptors behind it.
  uint64_t offset = kSuperblockOffset;
};

/// Says in the log what is wrong, and which backup is taken. Backups are looked for where mke2fs
/// puts them by itself. Errors: kInval (none is good, or the first one has features that are
/// refused), kIo.
Task<Result<FoundSuperblock>> FindSuperblock(blockfs::BlockDevice& device);

}  // namespace elfin::ext
