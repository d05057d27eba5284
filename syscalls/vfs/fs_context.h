// FsContext: a process's view of the tree. Caller: everything that a file operation has to know of
// who asks.
#pragma once

#include <cstdint>

#include "syscalls/vfs/credentials.h"
#include "syscalls/vfs/mount_table.h"
#include "syscalls/vfs/path.h"

namespace elfin::kernel {
struct Process;
class Thread;
}  // namespace elfin::kernel

namespace elfin::vfs {

/// Copied by fork, shared by CLONE_FS.
struct FsContext {
  Path root;
  Path working_directory;
  uint32_t umask = 022;
};

/// Lives on the stack of the system call that it describes.
struct Caller {
  MountTable& mounts;
  FsContext& context;
  Credentials credentials;
  /// nullptr for the kernel itself and in unit tests: /proc/self leads nowhere then.
  kernel::Process* process = nullptr;
  /// Who waits where opening waits (FIFOs); nullptr: nobody can.
  kernel::Thread* thread = nullptr;
};

}  // namespace elfin::vfs
