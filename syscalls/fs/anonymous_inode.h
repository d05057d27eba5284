// Places for open files that are nothing but a kernel object: signalfd, pidfd, sockets and
// their like.
#pragma once

#include <string>

#include "syscalls/vfs/file.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::fs {

/// A place outside the tree, with an inode of its own; `name` is what /proc/self/fd shows:
/// "anon_inode:[pidfd]".
vfs::Path MakeAnonymousPath(const vfs::Caller& caller, std::string name);

/// The filesystem that sockets are of, and a place for one more: "socket:[7]".
vfs::MountPtr FindSocketMount(vfs::MountTable& mounts);
vfs::Path MakeSocketPath(const vfs::MountPtr& mount);

/// An open file at such a place: it has no positions, and seeking does nothing.
class AnonymousFile : public vfs::File {
 public:
  using File::File;
  Task<Result<uint64_t>> Seek(int64_t, int32_t) override { return uint64_t{0}; }
};

}  // namespace elfin::fs
