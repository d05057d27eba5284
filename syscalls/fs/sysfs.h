// sysfs: what programs of one process read of the machine's devices (sysfs(5)): one processor, the
// loopback interface. All else is there as an empty folder.
#pragma once

#include "syscalls/kernel/host.h"
#include "syscalls/vfs/inode.h"

namespace elfin::fs {

/// To be mounted read-only: nothing of it can be set.
vfs::FilesystemPtr MakeSysFs(kernel::Host& host);

}  // namespace elfin::fs
