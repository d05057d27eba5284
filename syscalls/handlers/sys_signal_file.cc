// Signals and processes as descriptors: signalfd, pidfd_open, pidfd_send_signal.
#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/fs/process_file.h"
#include "syscalls/fs/signal_file.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

SyscallResult MakeSignalFile(SyscallContext& ctx, Fd fd, GuestAddr set_at, uint64_t size,
                             uint32_t flags) {
  if (size != sizeof(uint64_t)) return Errno::kInval;
  if ((flags & ~(abi::kOCloExec | abi::kONonBlock)) != 0) return Errno::kInval;
  SignalSet set{TRY(ctx.CopyIn(GuestPtr<uint64_t>{set_at}))};
  set.bits &= ~kUnblockableSignals;
  if (fd.value != -1) {
    const vfs::FilePtr file = TRY(FilesOf(ctx).Get(fd));
    fs::SignalFile* signals = file->signal_file();
    if (signals == nullptr) return Errno::kInval;
    signals->SetSignals(set);
    return static_cast<uint64_t>(fd.value);
  }
  vfs::Path path = fs::MakeAnonymousPath(CallerOf(ctx), "anon_inode:[signalfd]");
  auto file = std::make_shared<fs::SignalFile>(
      std::move(path), abi::kORdWr | (flags & abi::kONonBlock), ctx.process, set);
  return AddFile(ctx, std::move(file), flags);
}

}  // namespace

/// signalfd(2).
SyscallResult SysSignalfd(SyscallContext& ctx, Fd fd, GuestAddr set, uint64_t size) {
  return MakeSignalFile(ctx, fd, set, size, 0);
}

/// signalfd4: signalfd(2) with flags.
SyscallResult SysSignalfd4(SyscallContext& ctx, Fd fd, GuestAddr set, uint64_t size,
                           int32_t flags) {
  return MakeSignalFile(ctx, fd, set, size, static_cast<uint32_t>(flags));
}

/// pidfd_open(2): of processes.
SyscallResult SysPidfdOpen(SyscallContext& ctx, int32_t pid, uint32_t flags) {
  if ((flags & ~abi::kONonBlock) != 0 || pid <= 0) return Errno::kInval;
  const auto found = ctx.kernel.processes().find(pid);
  if (found == ctx.kernel.processes().end()) {
    return ctx.kernel.FindThread(pid) != nullptr ? Errno::kInval : Errno::kSrch;
  }
  vfs::Path path = fs::MakeAnonymousPath(CallerOf(ctx), "anon_inode:[pidfd]");
  auto file =
      std::make_shared<fs::ProcessFile>(std::move(path), abi::kORdWr | flags, *found->second);
  return AddFile(ctx, std::move(file), abi::kOCloExec);
}

/// pidfd_send_signal(2).
SyscallResult SysPidfdSendSignal(SyscallContext& ctx, Fd fd, int32_t signal, GuestAddr info,
                                 uint32_t flags) {
  if (flags != 0) return Errno::kInval;
  const vfs::FilePtr file = TRY(FilesOf(ctx).Get(fd));
  fs::ProcessFile* target = file->process_file();
  if (target == nullptr) return Errno::kBadF;
  const Pid pid = target->pid(ctx.kernel);
  if (pid == 0) return Errno::kSrch;
  if (info.is_null()) return SysKill(ctx, pid, signal);
  if (TRY(ctx.CopyIn(GuestPtr<int32_t>{info})) != signal) return Errno::kInval;
  return SysRtSigqueueinfo(ctx, pid, signal, info);
}

}  // namespace elfin::kernel
