// The inode bitmaps: taking and giving back inodes. Errors: kNoSpc, kUClean, kIo.
#pragma once

#include "blockfs/ext/volume.h"

namespace elfin::ext {

struct InodeRequest {
  uint16_t mode = 0;  // type and permissions
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t rdev = 0;  // device nodes: Linux's encoding of st_dev
};

/// A new inode near `parent`, with an empty block map and one link (a directory: two); not yet
/// saved.
Task<Result<InodePtr>> AllocateInode(Volume& volume, const Inode& parent,
                                     const InodeRequest& request);
/// Its blocks are free already; the record is saved as deleted.
Task<Status> FreeInode(Volume& volume, Inode& inode);

/// st_rdev of a device node.
uint64_t DeviceOf(const Inode& inode);

}  // namespace elfin::ext
