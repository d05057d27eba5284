// Character devices by number: /dev/null, zero, full, random, urandom, tty, console.
#pragma once

#include <cstdint>

#include "syscalls/kernel/host.h"
#include "syscalls/vfs/file.h"

namespace elfin::fs {

/// Opens the device that a node stands for, on whatever filesystem the node is. Errors: kNxio (no
/// such device here, or /dev/tty without a terminal).
Result<vfs::FilePtr> OpenDevice(kernel::Host& host, uint64_t rdev, const vfs::Caller& caller,
                                const vfs::Path& path, uint32_t flags);

/// /dev: the nodes and links that programs expect.
vfs::FilesystemPtr MakeDevFs(kernel::Host& host);

}  // namespace elfin::fs
