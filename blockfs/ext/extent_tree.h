// A file's extent tree: looking up, inserting, converting and removing (extent_record.h has the
// layout). Errors everywhere: kUClean where a node makes no sense, kIo.
#pragma once

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// An empty tree.
void InitExtentRoot(Inode& inode);

/// The run that begins at `logical`, at most `max_count` long; a hole as far as it is known to go.
Task<Result<BlockRun>> MapExtent(Volume& volume, Inode& inode, uint64_t logical,
                                 uint64_t max_count);

/// Adds a run where there is a hole; joins it with its neighbours where they fit. Saves the inode.
/// Errors: kNoSpc, with nothing changed but perhaps the tree's shape.
Task<Status> InsertExtent(Volume& volume, Inode& inode, const BlockRun& run);

/// Makes written blocks of unwritten ones. Precondition: [logical, logical + count) lies in one
/// unwritten extent. Saves the inode. Errors: kNoSpc, as InsertExtent.
Task<Status> MarkExtentWritten(Volume& volume, Inode& inode, uint64_t logical, uint64_t count);

/// Frees what is mapped in [first, end). May commit between steps: the caller has the inode saved
/// and, where it matters, on the orphan list. Saves the inode. Errors: kNoSpc (punching a hole into
/// an extent may want a block).
Task<Status> RemoveExtents(Volume& volume, Inode& inode, uint64_t first, uint64_t end);

}  // namespace elfin::ext
