// What changes names: mkdir, mknod, symlink, link, unlink, rmdir, rename. Checks and dentries for
// all filesystems alike; `start` is where a relative path begins.
#pragma once

#include <string>

#include "runtime/base/result.h"
#include "syscalls/kernel/task.h"
#include "syscalls/vfs/fs_context.h"
#include "syscalls/vfs/path_walk.h"

namespace elfin::vfs {

struct NamedPlace {
  Path start;
  std::string path;
};

/// mkdir and mknod; the umask is applied here. Errors: kExist, kNoEnt, kRoFs, kAcces, kPerm.
Task<Status> MakeNode(const Caller& caller, NamedPlace place, FileType type, uint32_t permissions,
                      uint64_t rdev);
Task<Status> MakeSymlink(const Caller& caller, std::string target, NamedPlace place);
/// A further name for `existing` (walked to already). Errors: kXDev, kPerm (directories), kExist,
/// kMLink.
Task<Status> MakeLink(const Caller& caller, Path existing, NamedPlace place);
/// Errors: kIsDir, kNoEnt, kPerm, kBusy.
Task<Status> RemoveFile(const Caller& caller, NamedPlace place);
/// Errors: kNotDir, kNotEmpty, kInval ("."), kNotEmpty (".."), kBusy.
Task<Status> RemoveDirectory(const Caller& caller, NamedPlace place);
/// Errors: kXDev, kInval (into itself), kBusy, kNotEmpty, kIsDir, kNotDir, kExist.
Task<Status> RenamePath(const Caller& caller, NamedPlace from, NamedPlace to, RenameMode mode);

}  // namespace elfin::vfs
