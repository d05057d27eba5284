// The machine's superuser at the root directory: in whose name the embedding works with files.
#pragma once

#include "syscalls/kernel/kernel.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::kernel {

/// Precondition: something is mounted on "/". The kernel outlives it.
struct Superuser {
  explicit Superuser(Kernel& kernel)
      : context{kernel.mounts->root(), kernel.mounts->root(), 0},
        caller{*kernel.mounts, context, vfs::Credentials{}, nullptr} {}
  Superuser(const Superuser&) = delete;  // caller refers to context

  vfs::FsContext context;
  vfs::Caller caller;
};

}  // namespace elfin::kernel
