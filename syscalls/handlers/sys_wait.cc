// Waiting for children.
#include "syscalls/abi/clone.h"
#include "syscalls/abi/time.h"
#include "syscalls/fs/process_file.h"
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/child_wait.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/fd_table.h"

namespace elfin::kernel {

namespace {

Status PutUsage(SyscallContext& ctx, GuestAddr to, const CpuTime& time) {
  if (to.is_null()) return kOk;
  abi::Rusage usage{};
  usage.user_time = ToTimeval(time.user);
  usage.system_time = ToTimeval(time.system);
  return ctx.CopyOut(GuestPtr<abi::Rusage>{to}, usage);
}

Task<Result<uint64_t>> Wait4(SyscallContext& ctx, ChildWait wanted, GuestAddr status,
                             GuestAddr usage) {
  CO_ASSIGN(const ChildNews news, co_await WaitForChild(ctx.thread, wanted));
  if (news.pid == 0) co_return uint64_t{0};
  if (!status.is_null()) CO_TRY(ctx.CopyOut(GuestPtr<int32_t>{status}, news.wait_status));
  CO_TRY(PutUsage(ctx, usage, news.time));
  co_return static_cast<uint64_t>(news.pid);
}

Task<Result<uint64_t>> Waitid(SyscallContext& ctx, ChildWait wanted, GuestAddr info,
                              GuestAddr usage) {
  CO_ASSIGN(const ChildNews news, co_await WaitForChild(ctx.thread, wanted));
  if (news.pid != 0) CO_TRY(PutUsage(ctx, usage, news.time));
  // As Linux does: only the fields that mean something are written.
  constexpr size_t kWritten = offsetof(abi::SigInfo, child.user_time);
  if (!info.is_null()) CO_TRY(ctx.CopyOut(info, &news.info, kWritten));
  co_return uint64_t{0};
}

}  // namespace

/// wait4(2).
SyscallResult SysWait4(SyscallContext& ctx, int32_t pid, GuestAddr status, int32_t options,
                       GuestAddr usage) {
  constexpr int32_t kKnown = abi::kWNoHang | abi::kWUntraced | abi::kWContinued | abi::kWNoThread |
                             abi::kWAll | abi::kWClone;
  if ((options & ~kKnown) != 0) return Errno::kInval;
  if (pid == INT32_MIN) return Errno::kSrch;
  ChildWait wanted;
  wanted.options = options | abi::kWExited;
  if (pid > 0) {
    wanted.who = ChildWait::Who::kPid;
    wanted.id = pid;
  } else if (pid != -1) {
    wanted.who = ChildWait::Who::kGroup;
    wanted.id = pid == 0 ? ctx.process.group : -pid;
  }
  return Wait4(ctx, wanted, status, usage);
}

/// waitid(2).
SyscallResult SysWaitid(SyscallContext& ctx, int32_t which, int32_t id, GuestAddr info,
                        int32_t options, GuestAddr usage) {
  constexpr int32_t kEvents = abi::kWStopped | abi::kWExited | abi::kWContinued;
  constexpr int32_t kKnown =
      kEvents | abi::kWNoHang | abi::kWNoWait | abi::kWNoThread | abi::kWAll | abi::kWClone;
  if ((options & ~kKnown) != 0 || (options & kEvents) == 0) return Errno::kInval;
  ChildWait wanted;
  wanted.options = options;
  wanted.id = id;
  switch (which) {
    case abi::kPAll:
      break;
    case abi::kPPid:
      if (id <= 0) return Errno::kInval;
      wanted.who = ChildWait::Who::kPid;
      break;
    case abi::kPPgid:
      if (id < 0) return Errno::kInval;
      wanted.who = ChildWait::Who::kGroup;
      if (id == 0) wanted.id = ctx.process.group;
      break;
    case abi::kPPidFd: {
      const vfs::FilePtr file = TRY(ctx.process.files->Get(Fd{id}));
      const fs::ProcessFile* process = file->process_file();
      if (process == nullptr) return Errno::kBadF;
      wanted.who = ChildWait::Who::kPid;
      wanted.id = process->pid(ctx.kernel);
      break;
    }
    default:
      return Errno::kInval;
  }
  return Waitid(ctx, wanted, info, usage);
}

}  // namespace elfin::kernel
