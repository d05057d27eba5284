// Places for open files that are nothing but a kernel object: signalfd, pidfd and their like.
#pragma once

#include <string>

#include "syscalls/vfs/fs_context.h"

namespace elfin::fs {

/// A place outside the tree, with an inode of its own; `name` is what /proc/self/fd shows:
/// "anon_inode:[pidfd]".
vfs::Path MakeAnonymousPath(const vfs::Caller& caller, std::string name);

}  // namespace elfin::fs
