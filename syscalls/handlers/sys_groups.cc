// Process groups and sessions.
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process_groups.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

/// Pid 0 is the caller. A process that has ended and not been waited for still has its numbers.
/// Errors: kSrch.
Result<Process*> FindByNumber(SyscallContext& ctx, int32_t pid) {
  if (pid == 0) return &ctx.process;
  const auto found = ctx.kernel.processes().find(pid);
  if (found == ctx.kernel.processes().end()) return Errno::kSrch;
  return found->second.get();
}

}  // namespace

/// getpgrp(2).
SyscallResult SysGetpgrp(SyscallContext& ctx) { return static_cast<uint64_t>(ctx.process.group); }

/// getpgid(2).
SyscallResult SysGetpgid(SyscallContext& ctx, int32_t pid) {
  return static_cast<uint64_t>(TRY(FindByNumber(ctx, pid))->group);
}

/// setpgid(2): the caller, or a child that has not executed a program yet.
SyscallResult SysSetpgid(SyscallContext& ctx, int32_t pid, int32_t group) {
  if (group < 0) return Errno::kInval;
  Process& target = *TRY(FindByNumber(ctx, pid));
  if (&target != &ctx.process) {
    if (target.parent != ctx.process.pid) return Errno::kSrch;
    if (target.session != ctx.process.session) return Errno::kPerm;
    if (target.has_executed) return Errno::kAcces;
  }
  if (target.session == target.pid) return Errno::kPerm;
  if (group == 0) group = target.pid;
  if (group != target.pid && !IsGroupOfSession(ctx.kernel, group, ctx.process.session)) {
    return Errno::kPerm;
  }
  target.group = group;
  return uint64_t{0};
}

/// getsid(2).
SyscallResult SysGetsid(SyscallContext& ctx, int32_t pid) {
  return static_cast<uint64_t>(TRY(FindByNumber(ctx, pid))->session);
}

/// setsid(2): a group's leader can't, nor one whose number is another group's.
SyscallResult SysSetsid(SyscallContext& ctx) {
  for (const auto& [pid, process] : ctx.kernel.processes()) {
    if (process->group == ctx.process.pid) return Errno::kPerm;
  }
  ctx.process.group = ctx.process.session = ctx.process.pid;
  return static_cast<uint64_t>(ctx.process.pid);
}

}  // namespace elfin::kernel
