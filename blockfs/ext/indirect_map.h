// The block map of ext2 and ext3: "Direct/Indirect Block Addressing". Of the 15 numbers in the
// inode, 12 are blocks, then one block of numbers, one of blocks of numbers, and one level more.
#pragma once

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// The first logical block that such a file can't have.
uint64_t IndirectLimit(const Volume& volume);

/// As MapExtent.
Task<Result<BlockRun>> MapIndirect(Volume& volume, Inode& inode, uint64_t logical,
                                   uint64_t max_count);

/// Allocates up to `count` blocks for the hole at `logical` and maps them; saves the inode. Errors:
/// kNoSpc, kFBig.
Task<Result<BlockRun>> AllocateIndirect(Volume& volume, Inode& inode, uint64_t logical,
                                        uint64_t count, uint64_t goal);

/// As RemoveExtents.
Task<Status> RemoveIndirect(Volume& volume, Inode& inode, uint64_t first, uint64_t end);

}  // namespace elfin::ext
