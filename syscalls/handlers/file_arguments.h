// From a handler's arguments to files and paths.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/result.h"
#include "runtime/base/types.h"
#include "syscalls/kernel/syscall_context.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/fs_context.h"
#include "syscalls/vfs/namespace_ops.h"
#include "syscalls/vfs/path_walk.h"

namespace elfin::kernel {

/// Who asks, for vfs. References the process: valid as long as the context.
vfs::Caller CallerOf(const SyscallContext& context);

/// The descriptor table, its limit as RLIMIT_NOFILE says now.
vfs::FdTable& FilesOf(const SyscallContext& context);

/// A new file's lowest free descriptor, as the call's value. Of `flags`, O_CLOEXEC counts. Errors:
/// kMFile.
Result<uint64_t> AddFile(const SyscallContext& context, vfs::FilePtr file, uint32_t flags);

/// Errors: kBadF, also where the descriptor is not open for it.
Result<vfs::FilePtr> FileForReading(const SyscallContext& context, Fd fd);
Result<vfs::FilePtr> FileForWriting(const SyscallContext& context, Fd fd);

/// How a read or write on `file` waits.
vfs::IoOptions OptionsFor(const SyscallContext& context, const vfs::File& file);

/// RLIMIT_FSIZE for whoever makes a file longer without writing. Errors: kFBig, with SIGXFSZ.
Status CheckNewSize(SyscallContext& context, vfs::Inode& inode, uint64_t size);

/// Where a path relative to `directory` (AT_FDCWD or a descriptor) begins. Errors: kBadF, kNotDir.
Result<vfs::Path> StartAt(const SyscallContext& context, Fd directory, std::string_view path);

/// The path argument together with where it begins. Errors: kFault, kNameTooLong, StartAt's.
Result<vfs::NamedPlace> PlaceAt(const SyscallContext& context, Fd directory, GuestPtr<char> path);

/// Walks to a path argument. `at_flags`: AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH count.
Task<Result<vfs::Path>> PathAt(const SyscallContext& context, vfs::Caller caller, Fd directory,
                               GuestPtr<char> path, uint32_t at_flags);

inline constexpr Fd kWorkingDirectory{-100};

}  // namespace elfin::kernel
