// Names: making, linking, renaming and removing them. Called within an operation (Volume::Begin);
// what fails with another error than kUClean and kIo has changed nothing.
#pragma once

#include <string_view>

#include "blockfs/ext/inode_allocation.h"
#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// Errors: kExist, kNoEnt (the directory was removed), kNoSpc, kMLink.
Task<Result<InodePtr>> MakeNode(Volume& volume, Inode& directory, std::string_view name,
                                const InodeRequest& request);
Task<Result<InodePtr>> MakeSymlink(Volume& volume, Inode& directory, std::string_view name,
                                   std::string_view target, const InodeRequest& request);
/// A file without a name, until LinkInode gives it one.
Task<Result<InodePtr>> MakeUnnamed(Volume& volume, Inode& near, const InodeRequest& request);
/// Errors: kExist, kNoSpc, kMLink.
Task<Status> LinkInode(Volume& volume, Inode& directory, std::string_view name,
                       const InodePtr& inode);
/// Errors: kNoEnt, kIsDir / kNotDir, kNotEmpty.
Task<Status> UnlinkName(Volume& volume, Inode& directory, std::string_view name);
Task<Status> RemoveDirectory(Volume& volume, Inode& directory, std::string_view name);

enum class RenameMode { kReplace, kNoReplace, kExchange };
/// Errors: kNoEnt, kExist, kNotEmpty, kIsDir, kNotDir, kMLink, kNoSpc.
Task<Status> RenameName(Volume& volume, Inode& from, std::string_view name, Inode& to,
                        std::string_view to_name, RenameMode mode);

/// The last name has gone and nobody has it open: frees it now, or after the next commit.
Task<Status> ReleaseInode(Volume& volume, const InodePtr& inode);

}  // namespace elfin::ext
