// Names: mkdir, mknod, symlink, link, unlink, rmdir, rename, readlink.
#include <algorithm>

#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/namespace_ops.h"

namespace elfin::kernel {
namespace {

using vfs::FileType;

SyscallResult Make(SyscallContext& context, Fd directory, GuestPtr<char> path, FileType type,
                   uint32_t permissions, uint64_t rdev) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::NamedPlace place, PlaceAt(context, directory, path));
  CO_TRY(co_await vfs::MakeNode(caller, std::move(place), type, permissions, rdev));
  co_return uint64_t{0};
}

/// The device number of mknod's argument (new_decode_dev) is stat's encoding already.
SyscallResult Mknod(SyscallContext& context, Fd directory, GuestPtr<char> path, uint32_t mode,
                    uint32_t rdev) {
  const uint32_t type = mode & vfs::kTypeMask;
  switch (type == 0 ? FileType::kRegular : static_cast<FileType>(type)) {
    case FileType::kRegular:
      return Make(context, directory, path, FileType::kRegular, mode & vfs::kPermissionMask, 0);
    case FileType::kFifo:
    case FileType::kSocket:
    case FileType::kCharacter:
    case FileType::kBlock:
      return Make(context, directory, path, static_cast<FileType>(type),
                  mode & vfs::kPermissionMask, rdev);
    case FileType::kDirectory:
      return Errno::kPerm;
    case FileType::kSymlink:
      break;
  }
  return Errno::kInval;
}

SyscallResult Symlink(SyscallContext& context, GuestPtr<char> target, Fd directory,
                      GuestPtr<char> path) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(std::string text, context.CopyInPath(target));
  CO_ASSIGN(vfs::NamedPlace place, PlaceAt(context, directory, path));
  CO_TRY(co_await vfs::MakeSymlink(caller, std::move(text), std::move(place)));
  co_return uint64_t{0};
}

SyscallResult Link(SyscallContext& context, Fd from_directory, GuestPtr<char> from, Fd to_directory,
                   GuestPtr<char> to, uint32_t flags) {
  if ((flags & ~(abi::kAtSymlinkFollow | abi::kAtEmptyPath)) != 0) co_return Errno::kInval;
  const vfs::Caller caller = CallerOf(context);
  uint32_t at_flags = flags & abi::kAtEmptyPath;
  if ((flags & abi::kAtSymlinkFollow) == 0) at_flags |= abi::kAtSymlinkNoFollow;
  CO_ASSIGN(vfs::Path existing, co_await PathAt(context, caller, from_directory, from, at_flags));
  CO_ASSIGN(vfs::NamedPlace place, PlaceAt(context, to_directory, to));
  CO_TRY(co_await vfs::MakeLink(caller, std::move(existing), std::move(place)));
  co_return uint64_t{0};
}

enum class Removal { kFile, kDirectory };

SyscallResult Remove(SyscallContext& context, Fd directory, GuestPtr<char> path, Removal removal) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::NamedPlace place, PlaceAt(context, directory, path));
  if (removal == Removal::kFile) {
    CO_TRY(co_await vfs::RemoveFile(caller, std::move(place)));
  } else {
    CO_TRY(co_await vfs::RemoveDirectory(caller, std::move(place)));
  }
  co_return uint64_t{0};
}

SyscallResult Rename(SyscallContext& context, Fd from_directory, GuestPtr<char> from,
                     Fd to_directory, GuestPtr<char> to, vfs::RenameMode mode) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::NamedPlace old_place, PlaceAt(context, from_directory, from));
  CO_ASSIGN(vfs::NamedPlace new_place, PlaceAt(context, to_directory, to));
  CO_TRY(co_await vfs::RenamePath(caller, std::move(old_place), std::move(new_place), mode));
  co_return uint64_t{0};
}

SyscallResult ReadLink(SyscallContext& context, Fd directory, GuestPtr<char> path,
                       GuestPtr<char> buffer, int32_t size) {
  if (size <= 0) co_return Errno::kInval;
  const vfs::Caller caller = CallerOf(context);
  // An empty path reads the symlink that an O_PATH descriptor stands for.
  constexpr uint32_t kFlags = abi::kAtSymlinkNoFollow | abi::kAtEmptyPath;
  CO_ASSIGN(vfs::Path found, co_await PathAt(context, caller, directory, path, kFlags));
  if (found.inode()->type() != FileType::kSymlink) co_return Errno::kInval;
  CO_ASSIGN(const vfs::LinkTarget target, co_await found.inode()->ReadLink(caller));
  const size_t length = std::min(target.text.size(), static_cast<size_t>(size));
  CO_TRY(context.CopyOut(buffer.address, target.text.data(), length));
  co_return uint64_t{length};
}

}  // namespace

/// mkdir(2).
SyscallResult SysMkdir(SyscallContext& context, GuestPtr<char> path, uint32_t mode) {
  return Make(context, kWorkingDirectory, path, FileType::kDirectory, mode & 01777, 0);
}

/// mkdirat(2).
SyscallResult SysMkdirat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                         uint32_t mode) {
  return Make(context, directory, path, FileType::kDirectory, mode & 01777, 0);
}

/// mknod(2). Device nodes only where the filesystem stores them.
SyscallResult SysMknod(SyscallContext& context, GuestPtr<char> path, uint32_t mode, uint32_t rdev) {
  return Mknod(context, kWorkingDirectory, path, mode, rdev);
}

/// mknodat(2). As mknod.
SyscallResult SysMknodat(SyscallContext& context, Fd directory, GuestPtr<char> path, uint32_t mode,
                         uint32_t rdev) {
  return Mknod(context, directory, path, mode, rdev);
}

/// symlink(2).
SyscallResult SysSymlink(SyscallContext& context, GuestPtr<char> target, GuestPtr<char> path) {
  return Symlink(context, target, kWorkingDirectory, path);
}

/// symlinkat(2).
SyscallResult SysSymlinkat(SyscallContext& context, GuestPtr<char> target, Fd directory,
                           GuestPtr<char> path) {
  return Symlink(context, target, directory, path);
}

/// link(2).
SyscallResult SysLink(SyscallContext& context, GuestPtr<char> from, GuestPtr<char> to) {
  return Link(context, kWorkingDirectory, from, kWorkingDirectory, to, 0);
}

/// linkat(2).
SyscallResult SysLinkat(SyscallContext& context, Fd from_directory, GuestPtr<char> from,
                        Fd to_directory, GuestPtr<char> to, uint32_t flags) {
  return Link(context, from_directory, from, to_directory, to, flags);
}

/// unlink(2).
SyscallResult SysUnlink(SyscallContext& context, GuestPtr<char> path) {
  return Remove(context, kWorkingDirectory, path, Removal::kFile);
}

/// unlinkat(2).
SyscallResult SysUnlinkat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                          uint32_t flags) {
  if ((flags & ~abi::kAtRemoveDir) != 0) return Errno::kInval;
  return Remove(context, directory, path, flags != 0 ? Removal::kDirectory : Removal::kFile);
}

/// rmdir(2).
SyscallResult SysRmdir(SyscallContext& context, GuestPtr<char> path) {
  return Remove(context, kWorkingDirectory, path, Removal::kDirectory);
}

/// rename(2).
SyscallResult SysRename(SyscallContext& context, GuestPtr<char> from, GuestPtr<char> to) {
  return Rename(context, kWorkingDirectory, from, kWorkingDirectory, to, vfs::RenameMode::kReplace);
}

/// renameat(2).
SyscallResult SysRenameat(SyscallContext& context, Fd from_directory, GuestPtr<char> from,
                          Fd to_directory, GuestPtr<char> to) {
  return Rename(context, from_directory, from, to_directory, to, vfs::RenameMode::kReplace);
}

/// renameat2(2). RENAME_WHITEOUT is refused.
SyscallResult SysRenameat2(SyscallContext& context, Fd from_directory, GuestPtr<char> from,
                           Fd to_directory, GuestPtr<char> to, uint64_t flags) {
  vfs::RenameMode mode = vfs::RenameMode::kReplace;
  switch (flags) {
    case 0:
      break;
    case abi::kRenameNoReplace:
      mode = vfs::RenameMode::kNoReplace;
      break;
    case abi::kRenameExchange:
      mode = vfs::RenameMode::kExchange;
      break;
    default:
      return Errno::kInval;
  }
  return Rename(context, from_directory, from, to_directory, to, mode);
}

/// readlink(2).
SyscallResult SysReadlink(SyscallContext& context, GuestPtr<char> path, GuestPtr<char> buffer,
                          int32_t size) {
  return ReadLink(context, kWorkingDirectory, path, buffer, size);
}

/// readlinkat(2).
SyscallResult SysReadlinkat(SyscallContext& context, Fd directory, GuestPtr<char> path,
                            GuestPtr<char> buffer, int32_t size) {
  return ReadLink(context, directory, path, buffer, size);
}

}  // namespace elfin::kernel
