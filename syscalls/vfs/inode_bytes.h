// Reading and changing a regular file's bytes where mappings share them: what processes have
// written through mappings is in the file first, and what changes in the file is in the mappings
// afterwards.
#pragma once

#include <cstdint>

#include "syscalls/vfs/inode.h"

namespace elfin::vfs {

/// As Inode's functions of these names.
Task<Result<size_t>> ReadBytes(Inode& inode, uint64_t offset, DataSink& sink);
Task<Result<size_t>> WriteBytes(Inode& inode, uint64_t offset, DataSource& source);
Task<Status> AllocateBytes(Inode& inode, uint64_t offset, uint64_t size, AllocateMode mode);
/// SetAttributes of the size alone.
Task<Status> SetSize(Inode& inode, uint64_t size);
/// Sync, with what is in mappings.
Task<Status> SyncBytes(Inode& inode);

}  // namespace elfin::vfs
