// Orphans: inodes without a name that somebody still has open, and files that are being shortened.
// The list survives a power cut, so that the next mount can finish what was begun: "Orphan Inodes".
// Without a journal there is no list on disk.
#pragma once

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// Puts it on the list; nothing without a journal. Saves the inode.
Task<Status> AddOrphan(Volume& volume, const InodePtr& inode);
Task<Status> RemoveOrphan(Volume& volume, Inode& inode);

/// At mount: frees what has no names, shortens what has. Also those of the orphan file.
Task<Status> CleanUpOrphans(Volume& volume);

}  // namespace elfin::ext
