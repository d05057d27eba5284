// Who may do what: the checks of path_resolution(7) and inode(7), for all filesystems alike.
#pragma once

#include <cstdint>

#include "runtime/base/result.h"
#include "syscalls/vfs/credentials.h"
#include "syscalls/vfs/path.h"

namespace elfin::vfs {

/// Bits of access(2).
enum Access : uint32_t { kAccessExecute = 1, kAccessWrite = 2, kAccessRead = 4 };

/// Errors: kAcces. User 0 may all, but executes only what has some x bit (directories always).
Status CheckAccess(const Attributes& attributes, const Credentials& who, uint32_t wanted);
/// The same for an inode; user 0's directory searches don't even ask for its attributes.
Status CheckAccess(Inode& inode, const Credentials& who, uint32_t wanted);

/// Whether names may be made or removed in a directory: writable mount, living directory, w and x.
/// Errors: kRoFs, kNoEnt, kAcces.
Status CheckChangeNames(const Path& directory, const Credentials& who);

/// The sticky bit: in such a directory only owners of file or directory may remove. Errors: kPerm.
Status CheckSticky(const Path& directory, Inode& victim, const Credentials& who);

/// Errors: kPerm: neither owner nor privileged.
Status CheckOwner(const Attributes& attributes, const Credentials& who);

}  // namespace elfin::vfs
