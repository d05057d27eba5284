// What an embedding wants of the machine's tree: to mount folders and disks of its own.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "blockfs/block_device.h"
#include "runtime/base/task.h"
#include "syscalls/fs/standard_tree.h"
#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

/// Mounts a host folder on an absolute path. The first mount is on "/" and brings the machine's own
/// /proc and /dev with it, and /tmp where the folder is read-only. Errors: the folder's own, path
/// walk's, kBusy, kInval (the first is not on "/").
Task<Status> MountHostFolder(Kernel& kernel, std::string target, std::unique_ptr<HostFolder> folder,
                             fs::Writable writable);

/// Writes back what goes to the host folder that is mounted there, and takes it out of the tree.
/// Errors: path walk's, the folder's own (it stays mounted), kInval (no host folder is mounted
/// there), kBusy (it is "/", something is mounted within, or a process has a file or its working
/// directory there).
Task<Status> UnmountHostFolder(Kernel& kernel, std::string target);

/// What comes with a disk: the machine's own /proc and /dev over it, or nothing.
enum class Surroundings { kMachine, kNone };

/// Mounts an ext image on "/", as the first mount.
/// What is written goes to `store` (an overlay, made new where it is empty), without one to memory.
/// Errors: ext::Filesystem::Mount's, OverlayDevice::Open's, kInval (not the first mount).
Task<Status> MountImage(Kernel& kernel, std::unique_ptr<blockfs::BlockDevice> image,
                        std::unique_ptr<blockfs::BlockDevice> store, fs::Writable writable,
                        Surroundings surroundings);

/// Writes everything back and closes the filesystems: the machine has ended.
Task<Status> CloseFilesystems(Kernel& kernel);

}  // namespace elfin::kernel
