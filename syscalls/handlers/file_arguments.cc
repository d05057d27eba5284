#include "syscalls/handlers/file_arguments.h"

#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/raise_write_signal.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/thread.h"

namespace elfin::kernel {

vfs::Caller CallerOf(const SyscallContext& context) {
  return {*context.kernel.mounts, *context.process.fs, context.process.credentials.ForFiles(),
          &context.process, &context.thread};
}

vfs::FdTable& FilesOf(const SyscallContext& context) {
  vfs::FdTable& files = *context.process.files;
  files.set_limit(context.process.limits[Resource::kFiles].current);
  return files;
}

Result<uint64_t> AddFile(const SyscallContext& context, vfs::FilePtr file, uint32_t flags) {
  const bool closes = (flags & abi::kOCloExec) != 0;
  const Fd fd =
      TRY(FilesOf(context).Add(std::move(file), closes ? vfs::OnExec::kClose : vfs::OnExec::kKeep));
  return static_cast<uint64_t>(fd.value);
}

Result<vfs::FilePtr> FileForReading(const SyscallContext& context, Fd fd) {
  vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (!file->readable()) return Errno::kBadF;
  return file;
}

Result<vfs::FilePtr> FileForWriting(const SyscallContext& context, Fd fd) {
  vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (!file->writable()) return Errno::kBadF;
  return file;
}

vfs::IoOptions OptionsFor(const SyscallContext& context, const vfs::File& file) {
  return {&context.thread, (file.flags() & abi::kONonBlock) != 0,
          (file.flags() & abi::kOAppend) != 0, context.process.limits[Resource::kFileSize].current};
}

Status CheckNewSize(SyscallContext& context, vfs::Inode& inode, uint64_t size) {
  if (size <= context.process.limits[Resource::kFileSize].current) return kOk;
  if (size <= TRY(inode.attributes()).size) return kOk;
  RaiseWriteSignal(context, Errno::kFBig);
  return Errno::kFBig;
}

Result<vfs::Path> StartAt(const SyscallContext& context, Fd directory, std::string_view path) {
  if (directory == kWorkingDirectory || (!path.empty() && path.front() == '/')) {
    return context.process.fs->working_directory;
  }
  const vfs::FilePtr file = TRY(context.process.files->GetWithPathOnly(directory));
  if (!path.empty() && file->inode()->type() != vfs::FileType::kDirectory) return Errno::kNotDir;
  return file->path();
}

Result<vfs::NamedPlace> PlaceAt(const SyscallContext& context, Fd directory, GuestPtr<char> path) {
  std::string text = TRY(context.CopyInPath(path));
  vfs::Path start = TRY(StartAt(context, directory, text));
  return vfs::NamedPlace{std::move(start), std::move(text)};
}

Task<Result<vfs::Path>> PathAt(const SyscallContext& context, vfs::Caller caller, Fd directory,
                               GuestPtr<char> path, uint32_t at_flags) {
  CO_ASSIGN(vfs::NamedPlace place, PlaceAt(context, directory, path));
  if (place.path.empty()) {
    if ((at_flags & abi::kAtEmptyPath) == 0) co_return Errno::kNoEnt;
    co_return place.start;
  }
  const bool follow = (at_flags & abi::kAtSymlinkNoFollow) == 0;
  vfs::PathWalk walk(caller, place.start);
  co_return co_await walk.To(place.path,
                             follow ? vfs::LastSymlink::kFollow : vfs::LastSymlink::kNoFollow);
}

}  // namespace elfin::kernel
