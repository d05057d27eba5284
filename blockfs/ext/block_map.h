// Where a file's blocks lie, by whichever kind of map its inode has. Errors everywhere: kUClean,
// kIo.
#pragma once

#include <optional>

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// The run that begins at `logical`, at most `max_count` (above 0) long.
Task<Result<BlockRun>> MapBlocks(Volume& volume, Inode& inode, uint64_t logical,
                                 uint64_t max_count);

/// The same where it is known without a look at the map.
std::optional<BlockRun> KnownRun(const Inode& inode, uint64_t logical, uint64_t max_count);

/// Allocates and maps 1 to `count` blocks for the hole at `logical`, behind the file's block before
/// it if that is possible. kUnwritten: only with extents. Errors: kNoSpc, kFBig.
Task<Result<BlockRun>> AllocateBlocks(Volume& volume, Inode& inode, uint64_t logical,
                                      uint64_t count, RunState state);

/// [logical, logical + count) lies in one unwritten run. Errors: kNoSpc.
Task<Status> MarkWritten(Volume& volume, Inode& inode, uint64_t logical, uint64_t count);

/// Frees the blocks of [first, end); may commit between steps. Errors: kNoSpc.
Task<Status> RemoveBlocks(Volume& volume, Inode& inode, uint64_t first, uint64_t end);

/// Frees an inode without names, and all that it has. Precondition: it isn't on the orphan list
/// any more than its own step takes it off.
Task<Status> DeleteInode(Volume& volume, Inode& inode);

/// A symlink whose text is in the inode, in the place of the block map.
bool IsShortSymlink(const Volume& volume, const Inode& inode);

/// The first byte that a file of this kind can't have.
uint64_t MaxFileSize(const Volume& volume, const Inode& inode);

}  // namespace elfin::ext
