// epoll: sets of descriptors, and waiting for them.
#include "syscalls/abi/epoll.h"
#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/fs/epoll.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/wait_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

Result<uint64_t> MakeSet(SyscallContext& context, uint32_t flags) {
  vfs::Path path = fs::MakeAnonymousPath(CallerOf(context), "anon_inode:[eventpoll]");
  return AddFile(context, std::make_shared<fs::Epoll>(std::move(path), abi::kORdWr), flags);
}

/// Copies ready events out, as many as there are and fit.
Result<size_t> TakeEvents(SyscallContext& context, fs::Epoll& set, GuestAddr to, size_t limit) {
  bool faulted = false;
  GuestPtr<abi::EpollEvent> next{to};
  const size_t taken = set.Collect(limit, [&](const abi::EpollEvent& event) {
    if (!context.CopyOut(next, event).ok()) {
      faulted = true;
      return false;
    }
    next = next + 1;
    return true;
  });
  if (faulted && taken == 0) return Errno::kFault;
  return taken;
}

/// epoll_wait(2) is never restarted: a signal is EINTR.
SyscallResult WaitForEvents(SyscallContext& context, Fd fd, GuestAddr to, int32_t limit,
                            Deadline deadline) {
  constexpr int32_t kMost = INT32_MAX / static_cast<int32_t>(sizeof(abi::EpollEvent));
  if (limit <= 0 || limit > kMost) co_return Errno::kInval;
  CO_ASSIGN(const vfs::FilePtr file, context.process.files->Get(fd));
  fs::Epoll* const set = file->epoll();
  if (set == nullptr) co_return Errno::kInval;
  for (;;) {
    CO_ASSIGN(const size_t taken, TakeEvents(context, *set, to, static_cast<size_t>(limit)));
    if (taken > 0) co_return taken;
    if (deadline.has_value() && *deadline <= context.kernel.scheduler().Now())
      co_return uint64_t{0};
    Wait wait(context.thread);
    wait.On(*set->wait_queue());
    if (deadline.has_value()) wait.Until(*deadline);
    const Status status = co_await wait;
    if (status.ok() || status.error() == Errno::kTimedOut) continue;
    co_return status.error() == Errno::kRestartSys ? Errno::kIntr : status.error();
  }
}

}  // namespace

/// epoll_create(2).
SyscallResult SysEpollCreate(SyscallContext& context, int32_t size) {
  if (size <= 0) return Errno::kInval;
  return MakeSet(context, 0);
}

/// epoll_create1(2).
SyscallResult SysEpollCreate1(SyscallContext& context, uint32_t flags) {
  if ((flags & ~abi::kOCloExec) != 0) return Errno::kInval;
  return MakeSet(context, flags);
}

/// epoll_ctl(2). EPOLLWAKEUP is taken: nothing here sleeps.
SyscallResult SysEpollCtl(SyscallContext& context, Fd set_fd, int32_t operation, Fd fd,
                          GuestAddr event_at) {
  abi::EpollEvent event{};
  if (operation != abi::kEpollCtlDel) {
    event = TRY(context.CopyIn(GuestPtr<abi::EpollEvent>{event_at}));
  }
  const vfs::FilePtr set_file = TRY(context.process.files->Get(set_fd));
  const vfs::FilePtr file = TRY(context.process.files->Get(fd));
  if (!file->can_be_watched()) return Errno::kPerm;
  fs::Epoll* const set = set_file->epoll();
  if (set == nullptr || set_file == file) return Errno::kInval;
  switch (operation) {
    case abi::kEpollCtlAdd:
      TRY(set->Add(fd, file, event));
      return uint64_t{0};
    case abi::kEpollCtlMod:
      TRY(set->Modify(fd, *file, event));
      return uint64_t{0};
    case abi::kEpollCtlDel:
      TRY(set->Remove(fd, *file));
      return uint64_t{0};
    default:
      return Errno::kInval;
  }
}

/// epoll_wait(2).
SyscallResult SysEpollWait(SyscallContext& context, Fd set, GuestAddr events, int32_t limit,
                           int32_t timeout_ms) {
  return WaitForEvents(context, set, events, limit, DeadlineFromMilliseconds(context, timeout_ms));
}

/// epoll_pwait(2).
SyscallResult SysEpollPwait(SyscallContext& context, Fd set, GuestAddr events, int32_t limit,
                            int32_t timeout_ms, GuestAddr mask, uint64_t mask_size) {
  TRY(UseTemporaryMask(context, mask, mask_size));
  return WaitForEvents(context, set, events, limit, DeadlineFromMilliseconds(context, timeout_ms));
}

/// epoll_pwait2(2): epoll_pwait with a timespec.
SyscallResult SysEpollPwait2(SyscallContext& context, Fd set, GuestAddr events, int32_t limit,
                             GuestAddr timeout, GuestAddr mask, uint64_t mask_size) {
  const Deadline deadline = TRY(DeadlineFromTimespec(context, timeout));
  TRY(UseTemporaryMask(context, mask, mask_size));
  return WaitForEvents(context, set, events, limit, deadline);
}

}  // namespace elfin::kernel
