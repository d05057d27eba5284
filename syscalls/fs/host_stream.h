// The host's streams as files: what a program started by Elfin reads and writes as 0, 1 and 2.
//
// fstat tells what the host has there: a pipe, a terminal, a file or the null device. None of them
// can seek, whatever it is. Terminals are ours: /dev/pts/N with a line discipline of their own
// (tty/host_terminal.h); all of one program's are one terminal, which controls its session.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "syscalls/fs/inode_core.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/file.h"

namespace elfin::kernel {
struct Process;
}

namespace elfin::fs {

/// The three files for a program that the embedding starts, of the streams from `first` on.
std::vector<vfs::FilePtr> OpenHostStreams(kernel::Process& process, uint32_t first);

}  // namespace elfin::fs
