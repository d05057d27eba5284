// The block bitmaps: taking and giving back blocks. Errors everywhere: kNoSpc, kUClean, kIo.
//
// A block that was freed is not given out again before the next commit: until then a power cut
// brings the file back that had it.
#pragma once

#include "blockfs/ext/volume.h"

namespace elfin::ext {

struct AllocatedRun {
  uint64_t first = 0;
  uint64_t count = 0;
};

/// From 1 to `count` blocks in a row, at `goal` or as near behind it as may be; preferably all.
/// Charges them to the inode, which is not saved.
Task<Result<AllocatedRun>> AllocateData(Volume& volume, Inode& inode, uint64_t goal,
                                        uint64_t count);
/// One block for the filesystem's own records of an inode.
Task<Result<uint64_t>> AllocateMetadata(Volume& volume, Inode& inode, uint64_t goal);

/// Drops them from the cache, too.
Task<Status> FreeData(Volume& volume, Inode& inode, uint64_t first, uint64_t count);
Task<Status> FreeMetadata(Volume& volume, Inode& inode, uint64_t block);

/// Where the first block of an inode should be: in its own group.
uint64_t InodeGoal(Volume& volume, const Inode& inode);

/// Blocks that are charged to an inode (i_blocks), in the filesystem's blocks; metadata count.
uint64_t InodeBlocks(const Volume& volume, const Inode& inode);
void ChargeInode(const Volume& volume, Inode& inode, int64_t blocks);

}  // namespace elfin::ext
