// Making data safe, and giving files room or advice.
#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

SyscallResult Sync(SyscallContext& context, Fd fd) {
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  CO_TRY(co_await file->Sync());
  co_return uint64_t{0};
}

Result<vfs::AllocateMode> ModeOf(uint32_t mode) {
  switch (mode) {
    case 0:
      return vfs::AllocateMode::kExtend;
    case abi::kFallocKeepSize:
      return vfs::AllocateMode::kKeepSize;
    case abi::kFallocPunchHole | abi::kFallocKeepSize:
      return vfs::AllocateMode::kPunchHole;
    case abi::kFallocZeroRange:
      return vfs::AllocateMode::kZero;
    case abi::kFallocZeroRange | abi::kFallocKeepSize:
      return vfs::AllocateMode::kZeroKeepSize;
    default:
      return Errno::kOpNotSupp;
  }
}

}  // namespace

/// fsync(2).
SyscallResult SysFsync(SyscallContext& context, Fd fd) { return Sync(context, fd); }

/// fdatasync(2): as fsync.
SyscallResult SysFdatasync(SyscallContext& context, Fd fd) { return Sync(context, fd); }

/// sync(2).
SyscallResult SysSync(SyscallContext& context) {
  const std::vector<vfs::MountPtr> mounts = context.kernel.mounts->mounts();
  for (const vfs::MountPtr& mount : mounts) (void)co_await mount->filesystem->Sync();
  co_return uint64_t{0};
}

/// syncfs(2).
SyscallResult SysSyncfs(SyscallContext& context, Fd fd) {
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  CO_TRY(co_await file->path().mount->filesystem->Sync());
  co_return uint64_t{0};
}

/// sync_file_range(2): the whole file.
SyscallResult SysSyncFileRange(SyscallContext& context, Fd fd, int64_t offset, int64_t size,
                               uint32_t flags) {
  if ((flags & ~7u) != 0 || offset < 0 || size < 0 || size > INT64_MAX - offset) {
    return Errno::kInval;
  }
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (!file->has_inode_bytes()) return Errno::kSPipe;
  return Sync(context, fd);
}

/// fallocate(2). Collapsing and inserting ranges are EOPNOTSUPP.
SyscallResult SysFallocate(SyscallContext& context, Fd fd, int32_t mode, int64_t offset,
                           int64_t size) {
  if (offset < 0 || size <= 0) co_return Errno::kInval;
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  CO_ASSIGN(const vfs::AllocateMode allocate, ModeOf(static_cast<uint32_t>(mode)));
  if (!file->writable()) co_return Errno::kBadF;
  const vfs::FileType type = file->inode()->type();
  if (type == vfs::FileType::kFifo) co_return Errno::kSPipe;
  if (type == vfs::FileType::kDirectory) co_return Errno::kIsDir;
  if (size > INT64_MAX - offset) co_return Errno::kFBig;
  CO_TRY(CheckNewSize(context, *file->inode(), static_cast<uint64_t>(offset + size)));
  CO_TRY(co_await file->Allocate(static_cast<uint64_t>(offset), static_cast<uint64_t>(size),
                                 allocate));
  co_return uint64_t{0};
}

/// posix_fadvise(2): checked; advice has no effect.
SyscallResult SysFadvise64(SyscallContext& context, Fd fd, int64_t, int64_t size, int32_t advice) {
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (file->inode()->type() == vfs::FileType::kFifo) return Errno::kSPipe;
  if (size < 0 || advice < 0 || advice > 5) return Errno::kInval;
  return uint64_t{0};
}

/// readahead(2): nothing to read ahead from.
SyscallResult SysReadahead(SyscallContext& context, Fd fd, int64_t, uint64_t) {
  const vfs::FilePtr file = TRY(FileForReading(context, fd));
  if (!file->has_inode_bytes()) return Errno::kInval;
  return uint64_t{0};
}

}  // namespace elfin::kernel
