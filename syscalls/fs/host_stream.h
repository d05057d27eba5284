// The host's streams 0, 1 and 2 as files: what a program started by Elfin reads and writes.
//
// fstat tells what the host has there: a pipe, a terminal, a file or the null device. None of them
// can seek, whatever it is. A terminal's line discipline is the host's own: settings made by the
// guest are kept and answered, but not passed on.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "syscalls/abi/termios.h"
#include "syscalls/fs/inode_core.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/file.h"
#include "syscalls/vfs/terminal.h"

namespace elfin::kernel {
class Kernel;
}

namespace elfin::fs {

/// The three files, for descriptors 0, 1 and 2.
std::vector<vfs::FilePtr> OpenHostStreams(kernel::Kernel& kernel);

/// /dev/tty: the terminal among the streams. Errors: kNxio (there is none).
Result<vfs::FilePtr> OpenHostTerminal(const vfs::Caller& caller, const vfs::Path& path,
                                      uint32_t flags);

}  // namespace elfin::fs
