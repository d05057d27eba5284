// devpts: /dev/pts, a device node for each terminal, and ptmx, whose opening makes one (pts(4)).
#pragma once

#include "syscalls/tty/terminals.h"
#include "syscalls/vfs/inode.h"

namespace elfin::fs {

vfs::FilesystemPtr MakeDevPts(kernel::Kernel& kernel);

/// Opens a terminal's end for a program. A session's leader without a terminal gets this one for
/// its session unless O_NOCTTY. Errors: kIo (locked, or gone).
Result<vfs::FilePtr> OpenTerminal(const vfs::Caller& caller, tty::TerminalNode* node,
                                  const vfs::Path& path, uint32_t flags);

/// /dev/tty. Errors: kNxio (the session has none).
Result<vfs::FilePtr> OpenControllingTerminal(const vfs::Caller& caller, const vfs::Path& path,
                                             uint32_t flags);

/// /dev/ptmx. Errors: kNoSpc.
Result<vfs::FilePtr> OpenPtyMaster(const vfs::Caller& caller, const vfs::Path& path,
                                   uint32_t flags);

/// Where /dev/pts/N is, for files that were not opened by name. Errors: kNoEnt.
Result<vfs::Path> TerminalPath(kernel::Kernel& kernel, uint32_t number);

}  // namespace elfin::fs
