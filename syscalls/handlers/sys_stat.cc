// What files are: stat, statx, access, statfs.
#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/stat.h"
#include "syscalls/abi/statx.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::kernel {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;

struct SplitTime {
  int64_t seconds;
  int64_t nanoseconds;  // never negative
};
SplitTime Split(vfs::FileTime time) {
  int64_t seconds = time / kNanoseconds;
  int64_t nanoseconds = time % kNanoseconds;
  if (nanoseconds < 0) {
    --seconds;
    nanoseconds += kNanoseconds;
  }
  return {seconds, nanoseconds};
}

abi::Stat ToStat(const vfs::Attributes& from) {
  abi::Stat stat{};
  stat.device = from.device;
  stat.inode = from.inode;
  stat.links = from.links;
  stat.mode = from.mode();
  stat.uid = from.uid;
  stat.gid = from.gid;
  stat.rdev = from.rdev;
  stat.size = static_cast<int64_t>(from.size);
  stat.block_size = from.block_size;
  stat.blocks = static_cast<int64_t>(from.blocks);
  const SplitTime accessed = Split(from.accessed);
  const SplitTime modified = Split(from.modified);
  const SplitTime changed = Split(from.changed);
  stat.access_seconds = accessed.seconds;
  stat.access_nanoseconds = accessed.nanoseconds;
  stat.modify_seconds = modified.seconds;
  stat.modify_nanoseconds = modified.nanoseconds;
  stat.change_seconds = changed.seconds;
  stat.change_nanoseconds = changed.nanoseconds;
  return stat;
}

abi::StatxTimestamp ToTimestamp(vfs::FileTime time) {
  const SplitTime split = Split(time);
  return {split.seconds, static_cast<uint32_t>(split.nanoseconds), 0};
}

abi::Statx ToStatx(const vfs::Attributes& from, const vfs::Path& path) {
  abi::Statx stat{};
  stat.mask = abi::kStatxBasicStats | abi::kStatxMountId;
  stat.block_size = from.block_size;
  stat.links = from.links;
  stat.uid = from.uid;
  stat.gid = from.gid;
  stat.mode = static_cast<uint16_t>(from.mode());
  stat.inode = from.inode;
  stat.size = from.size;
  stat.blocks = from.blocks;
  stat.attributes_mask = abi::kStatxAttrMountRoot;
  if (path.dentry == path.mount->root) stat.attributes |= abi::kStatxAttrMountRoot;
  stat.accessed = ToTimestamp(from.accessed);
  stat.changed = ToTimestamp(from.changed);
  stat.modified = ToTimestamp(from.modified);
  if (from.created.has_value()) {
    stat.mask |= abi::kStatxBirthTime;
    stat.created = ToTimestamp(*from.created);
  }
  stat.rdev_major = vfs::DeviceMajor(from.rdev);
  stat.rdev_minor = vfs::DeviceMinor(from.rdev);
  stat.device_major = vfs::DeviceMajor(from.device);
  stat.device_minor = vfs::DeviceMinor(from.device);
  stat.mount_id = path.mount->id;
  return stat;
}

SyscallResult StatAt(SyscallContext& context, Fd directory, GuestPtr<char> path,
                     GuestPtr<abi::Stat> to, uint32_t flags) {
  constexpr uint32_t kKnown = abi::kAtSymlinkNoFollow | abi::kAtNoAutomount | abi::kAtEmptyPath;
  if ((flags & ~kKnown) != 0) co_return Errno::kInval;
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::Path found, co_await PathAt(context, caller, directory, path, flags));
  CO_ASSIGN(const vfs::Attributes attributes, found.inode()->attributes());
  CO_TRY(context.CopyOut(to, ToStat(attributes)));
  co_return uint64_t{0};
}

SyscallResult Access(SyscallContext& context, Fd directory, GuestPtr<char> path, int32_t mode,
                     uint32_t flags) {
  constexpr uint32_t kKnown = abi::kAtEAccess | abi::kAtSymlinkNoFollow | abi::kAtEmptyPath;
  if ((mode & ~7) != 0 || (flags & ~kKnown) != 0) co_return Errno::kInval;
  vfs::Caller caller = CallerOf(context);
  if ((flags & abi::kAtEAccess) == 0) caller.credentials = context.process.credentials.ForAccess();
  CO_ASSIGN(const vfs::Path found, co_await PathAt(context, caller, directory, path, flags));
  const uint32_t wanted = static_cast<uint32_t>(mode);
  const vfs::FileType type = found.inode()->type();
  const bool no_exec = (found.mount->flags & vfs::kMountNoExec) != 0;
  if ((wanted & vfs::kAccessExecute) != 0 && type == vfs::FileType::kRegular && no_exec) {
    co_return Errno::kAcces;
  }
  const bool on_disk = type == vfs::FileType::kRegular || type == vfs::FileType::kDirectory ||
                       type == vfs::FileType::kSymlink;
  CO_TRY(vfs::CheckAccess(*found.inode(), caller.credentials, wanted));
  if ((wanted & vfs::kAccessWrite) != 0 && on_disk && found.mount->read_only()) {
    co_return Errno::kRoFs;
  }
  co_return uint64_t{0};
}

Result<uint64_t> CopyStatfs(SyscallContext& context, const vfs::Path& path, GuestAddr to) {
  const vfs::FilesystemInfo info = path.mount->filesystem->Info();
  const uint64_t device = path.mount->filesystem->device;
  abi::Statfs statfs{};
  statfs.type = static_cast<int64_t>(info.magic);
  statfs.block_size = statfs.fragment_size = static_cast<int64_t>(info.block_size);
  statfs.blocks = info.blocks;
  statfs.blocks_free = info.blocks_free;
  statfs.blocks_available = info.blocks_available;
  statfs.files = info.files;
  statfs.files_free = info.files_free;
  statfs.id[0] = static_cast<int32_t>(device);
  statfs.name_length = static_cast<int64_t>(info.name_max);
  statfs.flags = abi::kStValid | static_cast<int64_t>(path.mount->flags);
  TRY(context.CopyOut(GuestPtr<abi::Statfs>{to}, statfs));
  return uint64_t{0};
}

}  // namespace

/// stat(2).
SyscallResult SysStat(SyscallContext& context, GuestPtr<char> path, GuestPtr<abi::Stat> to) {
  return StatAt(context, kWorkingDirectory, path, to, 0);
}

/// lstat(2).
SyscallResult SysLstat(SyscallContext& context, GuestPtr<char> path, GuestPtr<abi::Stat> to) {
  return StatAt(context, kWorkingDirectory, path, to, abi::kAtSymlinkNoFollow);
}

/// fstat(2).
SyscallResult SysFstat(SyscallContext& context, Fd fd, GuestPtr<abi::Stat> to) {
  const vfs::FilePtr file = TRY(context.process.files->GetWithPathOnly(fd));
  TRY(context.CopyOut(to, ToStat(TRY(file->attributes()))));
  return uint64_t{0};
}

/// fstatat(2).
SyscallResult SysNewfstatat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                            GuestPtr<abi::Stat> to, uint32_t flags) {
  return StatAt(context, directory, path, to, flags);
}

/// statx(2). What was not asked for is filled in too, as the manual allows.
SyscallResult SysStatx(SyscallContext& context, Fd directory, GuestPtr<char> path, uint32_t flags,
                       uint64_t mask, GuestAddr to) {
  constexpr uint32_t kKnown =
      abi::kAtSymlinkNoFollow | abi::kAtNoAutomount | abi::kAtEmptyPath | abi::kAtStatxSyncType;
  if ((flags & ~kKnown) != 0 || (flags & abi::kAtStatxSyncType) == abi::kAtStatxSyncType ||
      (mask & abi::kStatxReserved) != 0) {
    co_return Errno::kInval;
  }
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::Path found, co_await PathAt(context, caller, directory, path, flags));
  CO_ASSIGN(const vfs::Attributes attributes, found.inode()->attributes());
  CO_TRY(context.CopyOut(GuestPtr<abi::Statx>{to}, ToStatx(attributes, found)));
  co_return uint64_t{0};
}

/// access(2).
SyscallResult SysAccess(SyscallContext& context, GuestPtr<char> path, int32_t mode) {
  return Access(context, kWorkingDirectory, path, mode, 0);
}

/// faccessat(2), the call of three arguments.
SyscallResult SysFaccessat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                           int32_t mode) {
  return Access(context, directory, path, mode, 0);
}

/// faccessat2(2).
SyscallResult SysFaccessat2(SyscallContext& context, Fd directory, GuestPtr<char> path,
                            int32_t mode, uint32_t flags) {
  return Access(context, directory, path, mode, flags);
}

/// statfs(2).
SyscallResult SysStatfs(SyscallContext& context, GuestPtr<char> path, GuestAddr to) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::Path found, co_await PathAt(context, caller, kWorkingDirectory, path, 0));
  co_return CopyStatfs(context, found, to);
}

/// fstatfs(2).
SyscallResult SysFstatfs(SyscallContext& context, Fd fd, GuestAddr to) {
  const vfs::FilePtr file = TRY(context.process.files->GetWithPathOnly(fd));
  return CopyStatfs(context, file->path(), to);
}

}  // namespace elfin::kernel
