// Scheduling: one processor, ordinary policies, niceness without effect.
#include <algorithm>

#include "syscalls/abi/time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr int32_t kOther = 0, kFifo = 1, kRoundRobin = 2, kBatch = 3, kIdle = 5, kDeadline = 6;
constexpr int32_t kResetOnFork = 0x4000'0000;
constexpr int32_t kPriorityProcess = 0, kPriorityUser = 2;
constexpr int32_t kNiceMin = -20, kNiceMax = 19;
// ioprio_set(2): IOPRIO_WHO_PROCESS is 1 where PRIO_PROCESS is 0, and so on.
constexpr int32_t kIoWhoOffset = 1, kIoClassShift = 13, kIoLevelMask = 7;
constexpr int32_t kIoNone = 0, kIoRealtime = 1, kIoBestEffort = 2, kIoIdle = 3;
constexpr int32_t kIoDefault = kIoBestEffort << kIoClassShift | 4;

/// struct sched_attr; its first version ended before the utilization.
struct SchedulingAttributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
  uint32_t utilization_min;
  uint32_t utilization_max;
};
static_assert(sizeof(SchedulingAttributes) == 56);
constexpr uint32_t kFirstAttributesSize = 48;
constexpr uint32_t kFullUtilization = 1024;

/// The process of a thread by number; 0 is the caller's. Errors: kInval, kSrch.
Result<Process*> Target(const SyscallContext& ctx, int32_t tid) {
  if (tid < 0) return Errno::kInval;
  if (tid == 0) return &ctx.process;
  const Thread* thread = ctx.kernel.FindThread(tid);
  if (thread == nullptr) return Errno::kSrch;
  return &thread->process();
}

bool IsOrdinary(int32_t policy) { return policy == kOther || policy == kBatch || policy == kIdle; }

bool IsRealtime(int32_t policy) { return policy == kFifo || policy == kRoundRobin; }

/// Whom getpriority and setpriority name: a process, a group or a user's processes; 0 is the
/// caller's own. Errors: kInval, kSrch (nobody).
Result<std::vector<Process*>> PriorityTargets(const SyscallContext& ctx, int32_t which,
                                              int32_t who) {
  if (which < kPriorityProcess || which > kPriorityUser) return Errno::kInval;
  std::vector<Process*> targets;
  auto key = [which](const Process& process) {
    const int32_t keys[] = {process.pid, process.group,
                            static_cast<int32_t>(process.credentials.real_uid)};
    return keys[which];
  };
  if (who == 0) who = key(ctx.process);
  for (const auto& [pid, process] : ctx.kernel.processes()) {
    if (!process->exit_status && key(*process) == who) targets.push_back(process.get());
  }
  if (targets.empty()) return Errno::kSrch;
  return targets;
}

}  // namespace

/// sched_getaffinity(2): one processor.
SyscallResult SysSchedGetaffinity(SyscallContext& ctx, int32_t pid, uint64_t size, GuestAddr to) {
  if (size < sizeof(uint64_t) || size % sizeof(uint64_t) != 0) return Errno::kInval;
  TRY(Target(ctx, pid));
  TRY(ctx.CopyOut(GuestPtr<uint64_t>{to}, uint64_t{1}));
  return uint64_t{sizeof(uint64_t)};
}

/// sched_setaffinity(2): a mask without the one processor is EINVAL.
SyscallResult SysSchedSetaffinity(SyscallContext& ctx, int32_t pid, uint64_t size, GuestAddr from) {
  uint64_t mask = 0;
  TRY(ctx.CopyIn(from, &mask, std::min<uint64_t>(size, sizeof(mask))));
  TRY(Target(ctx, pid));
  if ((mask & 1) == 0) return Errno::kInval;
  return uint64_t{0};
}

/// sched_getscheduler(2).
SyscallResult SysSchedGetscheduler(SyscallContext& ctx, int32_t pid) {
  return static_cast<uint64_t>(TRY(Target(ctx, pid))->attributes.scheduling_policy);
}

/// sched_setscheduler(2): the ordinary policies; the realtime ones are EPERM.
SyscallResult SysSchedSetscheduler(SyscallContext& ctx, int32_t pid, int32_t policy,
                                   GuestAddr parameter) {
  Process& target = *TRY(Target(ctx, pid));
  const auto priority = TRY(ctx.CopyIn(GuestPtr<int32_t>{parameter}));
  const int32_t kind = policy & ~kResetOnFork;
  if (IsRealtime(kind)) return Errno::kPerm;
  if (!IsOrdinary(kind) || priority != 0) return Errno::kInval;
  target.attributes.scheduling_policy = kind;
  return uint64_t{0};
}

/// sched_getparam(2).
SyscallResult SysSchedGetparam(SyscallContext& ctx, int32_t pid, GuestAddr to) {
  TRY(Target(ctx, pid));
  TRY(ctx.CopyOut(GuestPtr<int32_t>{to}, 0));
  return uint64_t{0};
}

/// sched_setparam(2): priority 0.
SyscallResult SysSchedSetparam(SyscallContext& ctx, int32_t pid, GuestAddr from) {
  TRY(Target(ctx, pid));
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
  TRY(Target(ctx, pid));
  TRY(ctx.CopyOut(GuestPtr<abi::Timespec>{to}, abi::Timespec{0, 0}));
  return uint64_t{0};
}

/// sched_getattr(2).
SyscallResult SysSchedGetattr(SyscallContext& ctx, int32_t pid, GuestAddr to, uint32_t size,
                              uint32_t flags) {
  if (flags != 0 || pid < 0 || to.is_null()) return Errno::kInval;
  if (size < kFirstAttributesSize || size > kPageSize) return Errno::kInval;
  const ProcessAttributes& attributes = TRY(Target(ctx, pid))->attributes;
  SchedulingAttributes told{};
  told.size = std::min<uint32_t>(size, sizeof(told));
  told.policy = static_cast<uint32_t>(attributes.scheduling_policy);
  told.nice = attributes.nice;
  told.utilization_max = kFullUtilization;
  TRY(ctx.CopyOut(to, &told, told.size));
  return uint64_t{0};
}

/// sched_setattr(2): policy and niceness; the realtime policies are EPERM.
SyscallResult SysSchedSetattr(SyscallContext& ctx, int32_t pid, GuestAddr from, uint32_t flags) {
  if (flags != 0 || pid < 0 || from.is_null()) return Errno::kInval;
  uint32_t size = TRY(ctx.CopyIn(GuestPtr<uint32_t>{from}));
  if (size == 0) size = kFirstAttributesSize;
  if (size < kFirstAttributesSize || size > kPageSize) {
    TRY(ctx.CopyOut(GuestPtr<uint32_t>{from}, uint32_t{sizeof(SchedulingAttributes)}));
    return Errno::k2Big;
  }
  SchedulingAttributes wanted{};
  TRY(ctx.CopyIn(from, &wanted, std::min<size_t>(size, sizeof(wanted))));
  ProcessAttributes& attributes = TRY(Target(ctx, pid))->attributes;
  const auto policy = static_cast<int32_t>(wanted.policy);
  if (IsRealtime(policy) || policy == kDeadline) return Errno::kPerm;
  constexpr uint64_t kKnownFlags = 1;  // SCHED_FLAG_RESET_ON_FORK
  if (!IsOrdinary(policy) || wanted.priority != 0) return Errno::kInval;
  if ((wanted.flags & ~kKnownFlags) != 0) return Errno::kInval;
  const int32_t nice = std::clamp(wanted.nice, kNiceMin, kNiceMax);
  if (nice < attributes.nice && !ctx.process.credentials.privileged()) return Errno::kPerm;
  attributes.scheduling_policy = policy;
  attributes.nice = nice;
  return uint64_t{0};
}

/// getpriority(2): 20 - nice, as the system call answers.
SyscallResult SysGetpriority(SyscallContext& ctx, int32_t which, int32_t who) {
  int32_t nice = kNiceMax;
  for (const Process* target : TRY(PriorityTargets(ctx, which, who))) {
    nice = std::min(nice, target->attributes.nice);
  }
  return static_cast<uint64_t>(20 - nice);
}

/// setpriority(2): kept and answered.
SyscallResult SysSetpriority(SyscallContext& ctx, int32_t which, int32_t who, int32_t nice) {
  nice = std::clamp(nice, kNiceMin, kNiceMax);
  const Credentials& own = ctx.process.credentials;
  for (Process* target : TRY(PriorityTargets(ctx, which, who))) {
    const bool same_user = own.effective_uid == target->credentials.real_uid ||
                           own.effective_uid == target->credentials.effective_uid;
    if (!own.privileged() && !same_user) return Errno::kPerm;
    if (nice < target->attributes.nice && !own.privileged()) return Errno::kAcces;
    target->attributes.nice = nice;
  }
  return uint64_t{0};
}

/// ioprio_set(2): kept, without effect.
SyscallResult SysIoprioSet(SyscallContext& ctx, int32_t which, int32_t who, int32_t value) {
  const int32_t priority_class = value >> kIoClassShift;
  const bool has_level = (value & kIoLevelMask) != 0;
  if (priority_class < kIoNone || priority_class > kIoIdle) return Errno::kInval;
  if (priority_class == kIoNone && has_level) return Errno::kInval;
  const Credentials& own = ctx.process.credentials;
  if (priority_class == kIoRealtime && !own.privileged()) return Errno::kPerm;
  for (Process* target : TRY(PriorityTargets(ctx, which - kIoWhoOffset, who))) {
    const uint32_t user = target->credentials.real_uid;
    const bool same_user = user == own.effective_uid || user == own.real_uid;
    if (!own.privileged() && !same_user) return Errno::kPerm;
    target->attributes.io_priority = value;
  }
  return uint64_t{0};
}

/// ioprio_get(2): the best of those that are meant.
SyscallResult SysIoprioGet(SyscallContext& ctx, int32_t which, int32_t who) {
  const std::vector<Process*> targets = TRY(PriorityTargets(ctx, which - kIoWhoOffset, who));
  auto rank = [](const Process* process) {
    const int32_t value = process->attributes.io_priority;
    return value >> kIoClassShift == kIoNone ? kIoDefault : value;
  };
  const Process* best = *std::min_element(
      targets.begin(), targets.end(),
      [&](const Process* left, const Process* right) { return rank(left) < rank(right); });
  return static_cast<uint64_t>(best->attributes.io_priority);
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
