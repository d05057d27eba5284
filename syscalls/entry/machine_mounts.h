// What an embedding wants of the machine's tree: to mount folders of its own, and whole files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

enum class MountAccess { kReadOnly, kWritable };

/// Mounts a host folder on an absolute path. The first mount is on "/"; it brings the machine's own /dev,
/// /proc and /tmp (where the folder can't be written) with it. Errors: path walk's, kBusy.
Status MountHostFolder(Kernel& kernel, std::string_view target, std::unique_ptr<HostFolder> folder,
                       MountAccess access);

/// A regular file's bytes, read as the superuser. Errors: path walk's, kIsDir, kAgain (it would have to
/// wait).
Result<std::string> ReadWholeFile(Kernel& kernel, std::string_view path);
/// Creates the file with `mode` or replaces what it holds. Errors: path walk's, kRoFs, kAgain.
Status WriteWholeFile(Kernel& kernel, std::string_view path, std::string_view bytes, uint32_t mode);

}  // namespace elfin::kernel
