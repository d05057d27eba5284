// The tree of a new machine: something as /, and over it /proc, /dev and /tmp.
#pragma once

#include <memory>
#include <string>

#include "runtime/base/result.h"
#include "syscalls/kernel/host.h"
#include "syscalls/vfs/mount_table.h"

namespace elfin::kernel {
class Kernel;
}

namespace elfin::fs {

enum class Writable { kNo, kYes };

/// A host folder as /. Read-only, it gets a tmpfs as /tmp. Errors: the folder's own.
Result<std::shared_ptr<vfs::MountTable>> MakeHostTree(kernel::Kernel& kernel,
                                                      std::unique_ptr<kernel::HostFolder> folder,
                                                      Writable writable, std::string source);

/// Any filesystem as /; `flags`: vfs::kMountReadOnly and the like.
std::shared_ptr<vfs::MountTable> MakeTree(kernel::Kernel& kernel, vfs::FilesystemPtr filesystem,
                                          uint32_t flags, std::string source);

/// The same with nothing over it: for looking at and changing all that a disk holds.
std::shared_ptr<vfs::MountTable> MakeBareTree(vfs::FilesystemPtr filesystem, uint32_t flags,
                                              std::string source);

/// An empty tmpfs as /, for tests and for machines that bring no files.
std::shared_ptr<vfs::MountTable> MakeEmptyTree(kernel::Kernel& kernel);

}  // namespace elfin::fs
