// Watching files: inotify.
#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/inotify.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/permissions.h"

namespace elfin::kernel {
namespace {

constexpr uint32_t kKnown = abi::kInAllEvents | abi::kInOnlyDirectory | abi::kInDontFollow |
                            abi::kInExcludeUnlinked | abi::kInMaskCreate | abi::kInMaskAdd |
                            abi::kInOneShot;

Result<uint64_t> MakeInotify(SyscallContext& context, uint32_t flags) {
  if ((flags & ~(abi::kOCloExec | abi::kONonBlock)) != 0) return Errno::kInval;
  vfs::Path path = fs::MakeAnonymousPath(CallerOf(context), "anon_inode:inotify");
  auto file = std::make_shared<fs::Inotify>(std::move(path), flags & abi::kONonBlock);
  return AddFile(context, std::move(file), flags);
}

/// Errors: kBadF, kInval.
Result<vfs::FilePtr> InotifyAt(SyscallContext& context, Fd fd) {
  vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (file->inotify() == nullptr) return Errno::kInval;
  return file;
}

}  // namespace

/// inotify_init(2).
SyscallResult SysInotifyInit(SyscallContext& context) { return MakeInotify(context, 0); }

/// inotify_init1: inotify_init(2) with flags.
SyscallResult SysInotifyInit1(SyscallContext& context, uint32_t flags) {
  return MakeInotify(context, flags);
}

/// inotify_add_watch(2). IN_EXCL_UNLINK is how it is anyway: a name that is gone tells nothing.
SyscallResult SysInotifyAddWatch(SyscallContext& context, Fd fd, GuestPtr<char> name,
                                 uint64_t argument) {
  const auto mask = static_cast<uint32_t>(argument);
  if ((mask & kKnown) == 0) co_return Errno::kInval;
  if ((mask & abi::kInMaskAdd) != 0 && (mask & abi::kInMaskCreate) != 0) co_return Errno::kInval;
  CO_ASSIGN(const vfs::FilePtr file, InotifyAt(context, fd));
  const uint32_t at_flags =
      (mask & abi::kInDontFollow) != 0 ? abi::kAtSymlinkNoFollow : uint32_t{0};
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(const vfs::Path path,
            co_await PathAt(context, caller, kWorkingDirectory, name, at_flags));
  const bool is_directory = path.inode()->type() == vfs::FileType::kDirectory;
  if ((mask & abi::kInOnlyDirectory) != 0 && !is_directory) co_return Errno::kNotDir;
  CO_TRY(vfs::CheckAccess(*path.inode(), caller.credentials, vfs::kAccessRead));
  CO_ASSIGN(const int32_t number, file->inotify()->Watch(path, mask));
  co_return static_cast<uint64_t>(number);
}

/// inotify_rm_watch(2).
SyscallResult SysInotifyRmWatch(SyscallContext& context, Fd fd, int32_t number) {
  const vfs::FilePtr file = TRY(InotifyAt(context, fd));
  TRY(file->inotify()->Unwatch(number));
  return uint64_t{0};
}

}  // namespace elfin::kernel
