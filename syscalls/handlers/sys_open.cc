// Opening and closing.
#include <algorithm>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/tmpfs.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/open.h"
#include "syscalls/vfs/regular_file.h"

namespace elfin::kernel {
namespace {

vfs::OnExec CloseOnExecOf(uint32_t flags) {
  return (flags & abi::kOCloExec) != 0 ? vfs::OnExec::kClose : vfs::OnExec::kKeep;
}

SyscallResult Open(SyscallContext& context, Fd directory, GuestPtr<char> path,
                   vfs::OpenRequest request) {
  const vfs::Caller caller = CallerOf(context);
  CO_ASSIGN(vfs::NamedPlace place, PlaceAt(context, directory, path));
  CO_TRY(FilesOf(context).CheckRoom());
  CO_ASSIGN(vfs::FilePtr file, co_await vfs::OpenPath(caller, place.start, place.path, request));
  CO_ASSIGN(const Fd fd, FilesOf(context).Add(std::move(file), CloseOnExecOf(request.flags)));
  co_return static_cast<uint64_t>(fd.value);
}

/// memfd_create's inodes have no place in the tree.
std::shared_ptr<fs::TmpFs> MemfdFilesystem(Kernel& kernel, vfs::MountPtr* mount) {
  *mount = kernel.mounts->FindPseudo("memfd");
  if (*mount == nullptr) {
    fs::TmpFs::Options options;
    options.type = "memfd";
    *mount = kernel.mounts->AddPseudo(fs::TmpFs::Make(kernel.host(), options));
  }
  return std::static_pointer_cast<fs::TmpFs>((*mount)->filesystem);
}

/// The file lives until its bytes are where they belong.
SyscallResult FinishClose(vfs::FilePtr /*file*/, Task<Status> flushed) {
  CO_TRY(co_await std::move(flushed));
  co_return uint64_t{0};
}

}  // namespace

/// open(2).
SyscallResult SysOpen(SyscallContext& context, GuestPtr<char> path, uint32_t flags, uint32_t mode) {
  return Open(context, kWorkingDirectory, path, {flags & abi::kOAll, mode, 0});
}

/// openat(2). O_DIRECT, O_NOATIME, O_ASYNC and O_SYNC are kept without effect.
SyscallResult SysOpenat(SyscallContext& context, Fd directory, GuestPtr<char> path, uint32_t flags,
                        uint32_t mode) {
  return Open(context, directory, path, {flags & abi::kOAll, mode, 0});
}

/// creat(2).
SyscallResult SysCreat(SyscallContext& context, GuestPtr<char> path, uint32_t mode) {
  return Open(context, kWorkingDirectory, path,
              {abi::kOCreat | abi::kOWrOnly | abi::kOTrunc, mode, 0});
}

/// openat2(2). RESOLVE_CACHED always says that it would have to look.
SyscallResult SysOpenat2(SyscallContext& context, Fd directory, GuestPtr<char> path, GuestAddr how,
                         uint64_t size) {
  if (size < sizeof(abi::OpenHow)) return Errno::kInval;
  if (size > kPageSize) return Errno::k2Big;
  const abi::OpenHow request = TRY(context.CopyIn(GuestPtr<abi::OpenHow>{how}));
  for (uint64_t offset = sizeof(abi::OpenHow); offset < size; ++offset) {
    if (TRY(context.CopyIn(GuestPtr<uint8_t>{how + offset})) != 0) return Errno::k2Big;
  }
  constexpr uint64_t kResolveAll = abi::kResolveNoXdev | abi::kResolveNoMagicLinks |
                                   abi::kResolveNoSymlinks | abi::kResolveBeneath |
                                   abi::kResolveInRoot | abi::kResolveCached;
  constexpr uint64_t kPathFlags = abi::kOPath | abi::kODirectory | abi::kONoFollow | abi::kOCloExec;
  if ((request.flags & ~uint64_t{abi::kOAll}) != 0 || (request.resolve & ~kResolveAll) != 0) {
    return Errno::kInval;
  }
  const bool creates = (request.flags & (abi::kOCreat | abi::kOTmpFileBit)) != 0;
  if ((request.mode & ~uint64_t{07777}) != 0 || (!creates && request.mode != 0)) {
    return Errno::kInval;
  }
  if ((request.flags & abi::kOPath) != 0 && (request.flags & ~kPathFlags) != 0) {
    return Errno::kInval;
  }
  constexpr uint64_t kBoth = abi::kResolveBeneath | abi::kResolveInRoot;
  if ((request.resolve & kBoth) == kBoth) return Errno::kInval;
  if ((request.resolve & abi::kResolveCached) != 0) return Errno::kAgain;
  return Open(
      context, directory, path,
      {static_cast<uint32_t>(request.flags), static_cast<uint32_t>(request.mode), request.resolve});
}

/// close(2). Of what could not be written the last descriptor's close tells.
SyscallResult SysClose(SyscallContext& context, Fd fd) {
  vfs::FilePtr file = TRY(context.process.files->GetWithPathOnly(fd));
  TRY(context.process.files->Close(fd));
  const bool last = file.use_count() == 1;
  if (!last || !file->writable()) return uint64_t{0};
  Task<Status> flushed = file->Flush();
  if (!flushed.ready()) return FinishClose(std::move(file), std::move(flushed));
  TRY(flushed.Take());
  return uint64_t{0};
}

/// close_range(2). CLOSE_RANGE_UNSHARE has nothing to part from.
SyscallResult SysCloseRange(SyscallContext& context, uint32_t first, uint32_t last,
                            uint64_t flags) {
  if ((flags & ~uint64_t{abi::kCloseRangeUnshare | abi::kCloseRangeCloExec}) != 0 || first > last) {
    return Errno::kInval;
  }
  if ((flags & abi::kCloseRangeCloExec) != 0) {
    context.process.files->MarkRangeCloseOnExec(first, last);
  } else {
    context.process.files->CloseRange(first, last);
  }
  return uint64_t{0};
}

/// memfd_create(2). Huge pages are refused.
SyscallResult SysMemfdCreate(SyscallContext& context, GuestPtr<char> name, uint64_t flags) {
  constexpr uint64_t kKnown = abi::kMfdCloExec | abi::kMfdAllowSealing | abi::kMfdHugeTlb |
                              abi::kMfdNoExecSeal | abi::kMfdExec;
  if ((flags & ~kKnown) != 0 || (flags & abi::kMfdHugeTlb) != 0) return Errno::kInval;
  const Result<std::string> text = context.CopyInString(name, 250);
  if (!text.ok()) {
    return text.error() == Errno::kNameTooLong ? Errno::kInval : text.error();
  }
  vfs::MountPtr mount;
  const std::shared_ptr<fs::TmpFs> filesystem = MemfdFilesystem(context.kernel, &mount);
  const vfs::Credentials who = context.process.credentials.ForFiles();
  const bool no_exec = (flags & abi::kMfdNoExecSeal) != 0;
  std::shared_ptr<fs::TmpInode> inode = filesystem->MakeInode(
      {vfs::FileType::kRegular, no_exec ? 0666u : 0777u, who.uid, who.gid, 0});
  const bool sealable = no_exec || (flags & abi::kMfdAllowSealing) != 0;
  inode->memfd_seals =
      std::make_unique<uint32_t>((sealable ? 0 : abi::kSealSeal) | (no_exec ? abi::kSealExec : 0));
  vfs::Path path{mount, vfs::Dentry::MakeRoot(inode, "/memfd:" + text.value() + " (deleted)")};
  vfs::FilePtr file =
      std::make_shared<vfs::RegularFile>(std::move(path), abi::kORdWr | abi::kOLargeFile);
  const vfs::OnExec close_on_exec =
      (flags & abi::kMfdCloExec) != 0 ? vfs::OnExec::kClose : vfs::OnExec::kKeep;
  const Fd fd = TRY(FilesOf(context).Add(std::move(file), close_on_exec));
  return static_cast<uint64_t>(fd.value);
}

}  // namespace elfin::kernel
