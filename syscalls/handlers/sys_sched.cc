// Scheduling: one processor, ordinary policies, niceness without effect.
#include <algorithm>

#include "syscalls/abi/time.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr int32_t kOther = 0, kFifo = 1, kRoundRobin = 2, kBatch = 3, kIdle = 5, kDeadline = 6;
constexpr int32_t kResetOnFork = 0x4000'0000;
constexpr int32_t kPriorityProcess = 0, kPriorityUser = 2;
constexpr int32_t kNiceMin = -20, kNiceMax = 19;

/// Errors: kInval, kSrch.
Status CheckSelf(const SyscallContext& ctx, int32_t pid) {
  if (pid < 0) return Errno::kInval;
  const bool own = pid == 0 || pid == ctx.process.pid || pid == ctx.thread.tid();
  return own ? Status(kOk) : Status(Errno::kSrch);
}

bool IsOrdinary(int32_t policy) { return policy == kOther || policy == kBatch || policy == kIdle; }

bool IsRealtime(int32_t policy) { return policy == kFifo || policy == kRoundRobin; }

/// getpriority and setpriority name processes, groups or users. Errors: kInval, kSrch.
Status CheckPriorityTarget(const SyscallContext& ctx, int32_t which, int32_t who) {
  if (which < kPriorityProcess || which > kPriorityUser) return Errno::kInval;
  const Process& process = ctx.process;
  const int32_t own[] = {process.pid, process.group,
                         static_cast<int32_t>(process.credentials.real_uid)};
  return who == 0 || who == own[which] ? Status(kOk) : Status(Errno::kSrch);
}

}  // namespace

/// sched_getaffinity(2): one processor.
SyscallResult SysSchedGetaffinity(SyscallContext& ctx, int32_t pid, uint64_t size, GuestAddr to) {
  if (size < sizeof(uint64_t) || size % sizeof(uint64_t) != 0) return Errno::kInval;
  TRY(CheckSelf(ctx, pid));
  TRY(ctx.CopyOut(GuestPtr<uint64_t>{to}, uint64_t{1}));
  return uint64_t{sizeof(uint64_t)};
}

/// sched_setaffinity(2): a mask without the one processor is EINVAL.
SyscallResult SysSchedSetaffinity(SyscallContext& ctx, int32_t pid, uint64_t size, GuestAddr from) {
  uint64_t mask = 0;
  TRY(ctx.CopyIn(from, &mask, std::min<uint64_t>(size, sizeof(mask))));
  TRY(CheckSelf(ctx, pid));
  if ((mask & 1) == 0) return Errno::kInval;
  return uint64_t{0};
}

/// sched_getscheduler(2).
SyscallResult SysSchedGetscheduler(SyscallContext& ctx, int32_t pid) {
  TRY(CheckSelf(ctx, pid));
  return static_cast<uint64_t>(ctx.process.attributes.scheduling_policy);
}

/// sched_setscheduler(2): the ordinary policies; the realtime ones are EPERM.
SyscallResult SysSchedSetscheduler(SyscallContext& ctx, int32_t pid, int32_t policy,
                                   GuestAddr parameter) {
  TRY(CheckSelf(ctx, pid));
  const auto priority = TRY(ctx.CopyIn(GuestPtr<int32_t>{parameter}));
  const int32_t kind = policy & ~kResetOnFork;
  if (IsRealtime(kind)) return Errno::kPerm;
  if (!IsOrdinary(kind) || priority != 0) return Errno::kInval;
  ctx.process.attributes.scheduling_policy = kind;
  return uint64_t{0};
}

/// sched_getparam(2).
SyscallResult SysSchedGetparam(SyscallContext& ctx, int32_t pid, GuestAddr to) {
  TRY(CheckSelf(ctx, pid));
  TRY(ctx.CopyOut(GuestPtr<int32_t>{to}, 0));
  return uint64_t{0};
}

/// sched_setparam(2): priority 0.
SyscallResult SysSchedSetparam(SyscallContext& ctx, int32_t pid, GuestAddr from) {
  TRY(CheckSelf(ctx, pid));
  if (TRY(ctx.CopyIn(GuestPtr<int32_t>{from})) != 0) return Errno::kInval;
  return uint64_t{0};
}

/// sched_get_priority_max(2).
SyscallResult SysSchedGetPriorityMax(SyscallContext&, int32_t policy) {
  if (IsRealtime(policy)) return uint64_t{99};
  if (IsOrdinary(policy) || policy == kDeadline) return uint64_t{0};
  return Errno::kInval;
}

/// sched_get_priority_min(2).
SyscallResult SysSchedGetPriorityMin(SyscallContext&, int32_t policy) {
  if (IsRealtime(policy)) return uint64_t{1};
  if (IsOrdinary(policy) || policy == kDeadline) return uint64_t{0};
  return Errno::kInval;
}

/// sched_rr_get_interval(2).
SyscallResult SysSchedRrGetInterval(SyscallContext& ctx, int32_t pid, GuestAddr to) {
  TRY(CheckSelf(ctx, pid));
  TRY(ctx.CopyOut(GuestPtr<abi::Timespec>{to}, abi::Timespec{0, 0}));
  return uint64_t{0};
}

/// getpriority(2): 20 - nice, as the system call answers.
SyscallResult SysGetpriority(SyscallContext& ctx, int32_t which, int32_t who) {
  TRY(CheckPriorityTarget(ctx, which, who));
  return static_cast<uint64_t>(20 - ctx.process.attributes.nice);
}

/// setpriority(2): kept and answered.
SyscallResult SysSetpriority(SyscallContext& ctx, int32_t which, int32_t who, int32_t nice) {
  TRY(CheckPriorityTarget(ctx, which, who));
  nice = std::clamp(nice, kNiceMin, kNiceMax);
  int32_t& kept = ctx.process.attributes.nice;
  if (nice < kept && !ctx.process.credentials.privileged()) return Errno::kAcces;
  kept = nice;
  return uint64_t{0};
}

/// membarrier(2): one thread at a time runs, so every barrier holds already.
SyscallResult SysMembarrier(SyscallContext&, int32_t command, uint32_t flags, int32_t) {
  constexpr int32_t kQuery = 0, kGlobal = 1;
  if (flags != 0) return Errno::kInval;
  if (command == kQuery) return uint64_t{kGlobal};
  return command == kGlobal ? SyscallResult(uint64_t{0}) : SyscallResult(Errno::kInval);
}

/// getcpu(2): processor 0 of node 0.
SyscallResult SysGetcpu(SyscallContext& ctx, GuestAddr cpu, GuestAddr node, GuestAddr) {
  if (!cpu.is_null()) TRY(ctx.CopyOut(GuestPtr<uint32_t>{cpu}, 0u));
  if (!node.is_null()) TRY(ctx.CopyOut(GuestPtr<uint32_t>{node}, 0u));
  return uint64_t{0};
}

}  // namespace elfin::kernel
