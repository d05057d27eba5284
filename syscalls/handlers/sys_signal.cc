// Signals: dispositions, masks, waiting for them, sending them.
#include "syscalls/abi/mman.h"
#include "syscalls/abi/time.h"
#include "syscalls/handlers/guest_time.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/kernel/signal_frame.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr uint64_t kSetSize = sizeof(uint64_t);
constexpr unsigned kRsp = 4;

bool IsSignal(int32_t number) { return number >= 1 && number <= abi::kSigMax; }

Result<SignalSet> CopyInSet(const SyscallContext& ctx, GuestAddr address) {
  return SignalSet{TRY(ctx.CopyIn(GuestPtr<uint64_t>{address}))};
}

/// Whether `sender` may send to `target` (kill(2)).
bool MaySignal(const Process& sender, const Process& target, int32_t signal) {
  const Credentials& from = sender.credentials;
  const Credentials& to = target.credentials;
  if (from.privileged() || &sender == &target) return true;
  if (signal == abi::kSigCont && sender.session == target.session) return true;
  return from.effective_uid == to.real_uid || from.effective_uid == to.saved_uid ||
         from.real_uid == to.real_uid || from.real_uid == to.saved_uid;
}

/// Whom kill names by a number that is not above zero.
bool IsNamed(const Process& sender, const Process& target, int32_t pid) {
  if (pid == -1) return &sender != &target;
  return target.group == (pid == 0 ? sender.group : -pid);
}

/// Signal 0 only asks. Errors: kSrch, kPerm (all of them refused).
Status SendToAll(SyscallContext& ctx, int32_t pid, const abi::SigInfo& info) {
  bool found = false;
  bool sent = false;
  for (const auto& [number, target] : ctx.kernel.processes()) {
    if (!IsNamed(ctx.process, *target, pid)) continue;
    found = true;
    if (!MaySignal(ctx.process, *target, info.signo)) continue;
    sent = true;
    if (info.signo != 0) SendToProcess(*target, info);
  }
  if (!found) return Errno::kSrch;
  return sent ? Status(kOk) : Status(Errno::kPerm);
}

/// A process by its number, a zombie too. Errors: kSrch, kPerm.
Result<Process*> FindTarget(SyscallContext& ctx, int32_t pid, int32_t signal) {
  const auto found = ctx.kernel.processes().find(pid);
  if (found == ctx.kernel.processes().end()) return Errno::kSrch;
  if (!MaySignal(ctx.process, *found->second, signal)) return Errno::kPerm;
  return found->second.get();
}

/// Errors: kSrch, kPerm.
Result<Thread*> FindThreadOf(SyscallContext& ctx, int32_t group, int32_t tid, int32_t signal) {
  Thread* thread = ctx.kernel.FindThread(tid);
  if (thread == nullptr) return Errno::kSrch;
  if (group >= 0 && thread->process().pid != group) return Errno::kSrch;
  if (!MaySignal(ctx.process, thread->process(), signal)) return Errno::kPerm;
  return thread;
}

Task<Result<uint64_t>> WaitForSignal(Thread& thread) {
  Status status = co_await Wait(thread);
  CHECK(!status.ok());
  co_return Errno::kRestartNoHand;
}

Task<Result<uint64_t>> TimedWait(SyscallContext& ctx, SignalSet set, GuestAddr info_out,
                                 std::optional<int64_t> deadline_ns) {
  Thread& thread = ctx.thread;
  std::optional<abi::SigInfo> info = TakePendingSignal(thread, set);
  if (!info) {
    // The signals waited for are let in while waiting, so that they end the wait.
    const SignalSet before = thread.blocked();
    thread.SetBlocked({before.bits & ~set.bits});
    thread.awaited = set;
    Wait wait(thread);
    if (deadline_ns) wait.Until(*deadline_ns);
    Status status = co_await wait;
    thread.awaited = {};
    thread.SetBlocked(before);
    info = TakePendingSignal(thread, set);
    if (!info) co_return status.error() == Errno::kTimedOut ? Errno::kAgain : Errno::kIntr;
  }
  if (!info_out.is_null()) CO_TRY(ctx.CopyOut(GuestPtr<abi::SigInfo>{info_out}, *info));
  co_return static_cast<uint64_t>(info->signo);
}

Result<abi::SigInfo> CopyInQueuedInfo(const SyscallContext& ctx, int32_t signal,
                                      GuestAddr address) {
  auto info = TRY(ctx.CopyIn(GuestPtr<abi::SigInfo>{address}));
  info.signo = signal;
  return info;
}

/// A program that catches faults, with memory of its own that was made read-only before it said so:
/// it means to have some (sys_mem.cc knows the other order). What a linker protects belongs to
/// files.
void NoteReadOnlyMemory(SyscallContext& ctx) {
  if (!ctx.process.actions.CatchesFaults()) return;
  for (const auto& [start, area] : ctx.memory().areas()) {
    if (area.file == nullptr && area.kind == memory::AreaKind::kPlain &&
        area.protection == abi::kProtRead) {
      return ctx.memory().memory().UsePageChecks();
    }
  }
}

}  // namespace

/// rt_sigaction(2).
SyscallResult SysRtSigaction(SyscallContext& ctx, int32_t signal, GuestAddr action, GuestAddr old,
                             uint64_t set_size) {
  if (set_size != kSetSize || !IsSignal(signal)) return Errno::kInval;
  const abi::KernelSigaction before = ctx.process.actions.Get(signal);
  if (!action.is_null()) {
    auto wanted = TRY(ctx.CopyIn(GuestPtr<abi::KernelSigaction>{action}));
    if (((uint64_t{1} << (signal - 1)) & kUnblockableSignals) != 0) return Errno::kInval;
    constexpr uint64_t kKnown = abi::kSaNoCldStop | abi::kSaNoCldWait | abi::kSaSigInfo |
                                abi::kSaExposeTagBits | abi::kSaRestorer | abi::kSaOnStack |
                                abi::kSaRestart | abi::kSaNoDefer | abi::kSaResetHand;
    wanted.flags &= kKnown;
    wanted.mask &= ~kUnblockableSignals;
    ctx.process.actions.Set(signal, wanted);
    NoteReadOnlyMemory(ctx);
    if (ctx.process.actions.IsIgnored(signal)) {
      const SignalSet one{SignalSet::Bit(signal)};
      ctx.process.pending.Discard(one);
      for (auto& thread : ctx.process.threads) thread->pending.Discard(one);
    }
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::KernelSigaction>{old}, before));
  return uint64_t{0};
}

/// rt_sigprocmask(2).
SyscallResult SysRtSigprocmask(SyscallContext& ctx, int32_t how, GuestAddr set, GuestAddr old,
                               uint64_t set_size) {
  if (set_size != kSetSize) return Errno::kInval;
  const SignalSet before = ctx.thread.blocked();
  if (!set.is_null()) {
    const SignalSet wanted = TRY(CopyInSet(ctx, set));
    switch (how) {
      case abi::kSigBlock:
        ctx.thread.SetBlocked({before.bits | wanted.bits});
        break;
      case abi::kSigUnblock:
        ctx.thread.SetBlocked({before.bits & ~wanted.bits});
        break;
      case abi::kSigSetMask:
        ctx.thread.SetBlocked(wanted);
        break;
      default:
        return Errno::kInval;
    }
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<uint64_t>{old}, before.bits));
  return uint64_t{0};
}

/// rt_sigreturn(2): the state comes from the frame; a bad one is SIGSEGV.
SyscallResult SysRtSigreturn(SyscallContext& ctx) {
  cpu::CpuState state = ctx.thread.ReadCpu();
  if (PopSignalFrame(ctx.thread, state).ok()) {
    ctx.thread.WriteCpu(state);
  } else {
    ForceSignal(ctx.thread, KernelInfo(abi::kSigSegv));
  }
  ctx.thread.cpu_replaced = true;
  return uint64_t{0};
}

/// rt_sigpending(2).
SyscallResult SysRtSigpending(SyscallContext& ctx, GuestAddr set, uint64_t set_size) {
  if (set_size > kSetSize) return Errno::kInval;
  const uint64_t sent = ctx.thread.pending.set().bits | ctx.process.pending.set().bits;
  const uint64_t pending = sent & ctx.thread.blocked().bits;
  TRY(ctx.CopyOut(set, &pending, set_size));
  return uint64_t{0};
}

/// rt_sigsuspend(2).
SyscallResult SysRtSigsuspend(SyscallContext& ctx, GuestAddr set, uint64_t set_size) {
  if (set_size != kSetSize) return Errno::kInval;
  ctx.thread.SetTemporaryMask(TRY(CopyInSet(ctx, set)));
  return WaitForSignal(ctx.thread);
}

/// pause(2).
SyscallResult SysPause(SyscallContext& ctx) { return WaitForSignal(ctx.thread); }

/// rt_sigtimedwait(2).
SyscallResult SysRtSigtimedwait(SyscallContext& ctx, GuestAddr set, GuestAddr info,
                                GuestAddr timeout, uint64_t set_size) {
  if (set_size != kSetSize) return Errno::kInval;
  SignalSet wanted = TRY(CopyInSet(ctx, set));
  wanted.bits &= ~kUnblockableSignals;
  std::optional<int64_t> deadline;
  if (!timeout.is_null()) {
    const int64_t duration = TRY(CopyInTimespec(ctx, timeout));
    deadline = DeadlineAfter(ctx.kernel.scheduler().Now(), duration);
  }
  return TimedWait(ctx, wanted, info, deadline);
}

/// sigaltstack(2).
SyscallResult SysSigaltstack(SyscallContext& ctx, GuestAddr wanted, GuestAddr old) {
  Thread& thread = ctx.thread;
  const uint64_t stack_pointer = thread.ReadCpu().gpr[kRsp];
  const int32_t status = AlternateStackFlags(thread, stack_pointer);
  abi::StackT before = thread.alternate_stack;
  const uint32_t disarm = static_cast<uint32_t>(before.flags) & abi::kSsAutoDisarm;
  before.flags = static_cast<int32_t>(static_cast<uint32_t>(status) | disarm);
  if (!wanted.is_null()) {
    auto stack = TRY(ctx.CopyIn(GuestPtr<abi::StackT>{wanted}));
    if (status == abi::kSsOnStack) return Errno::kPerm;
    const uint32_t mode = static_cast<uint32_t>(stack.flags) & ~abi::kSsAutoDisarm;
    if (mode == static_cast<uint32_t>(abi::kSsDisable)) {
      stack.sp = stack.size = 0;
    } else if (mode != 0 && mode != static_cast<uint32_t>(abi::kSsOnStack)) {
      return Errno::kInval;
    } else if (stack.size < abi::kMinSigStackSize) {
      return Errno::kNoMem;
    }
    stack.padding = 0;
    thread.alternate_stack = stack;
  }
  if (!old.is_null()) TRY(ctx.CopyOut(GuestPtr<abi::StackT>{old}, before));
  return uint64_t{0};
}

/// kill(2).
SyscallResult SysKill(SyscallContext& ctx, int32_t pid, int32_t signal) {
  if (signal != 0 && !IsSignal(signal)) return Errno::kInval;
  const abi::SigInfo info = SenderInfo(signal, abi::kSiUser, ctx.process);
  if (pid <= 0) {
    TRY(SendToAll(ctx, pid, info));
    return uint64_t{0};
  }
  Process* target = TRY(FindTarget(ctx, pid, signal));
  if (signal != 0) SendToProcess(*target, info);
  return uint64_t{0};
}

/// tkill(2).
SyscallResult SysTkill(SyscallContext& ctx, int32_t tid, int32_t signal) {
  if (tid <= 0 || (signal != 0 && !IsSignal(signal))) return Errno::kInval;
  Thread* target = TRY(FindThreadOf(ctx, -1, tid, signal));
  if (signal != 0) SendToThread(*target, SenderInfo(signal, abi::kSiTkill, ctx.process));
  return uint64_t{0};
}

/// tgkill(2).
SyscallResult SysTgkill(SyscallContext& ctx, int32_t group, int32_t tid, int32_t signal) {
  if (tid <= 0 || group <= 0 || (signal != 0 && !IsSignal(signal))) return Errno::kInval;
  Thread* target = TRY(FindThreadOf(ctx, group, tid, signal));
  if (signal != 0) SendToThread(*target, SenderInfo(signal, abi::kSiTkill, ctx.process));
  return uint64_t{0};
}

/// rt_sigqueueinfo(2).
SyscallResult SysRtSigqueueinfo(SyscallContext& ctx, int32_t pid, int32_t signal, GuestAddr info) {
  const abi::SigInfo queued = TRY(CopyInQueuedInfo(ctx, signal, info));
  if (signal != 0 && !IsSignal(signal)) return Errno::kInval;
  // Nobody pretends to be kill or the kernel to somebody else.
  const bool pretends = queued.code >= 0 || queued.code == abi::kSiTkill;
  if (pretends && pid != ctx.process.pid) return Errno::kPerm;
  Process* target = TRY(FindTarget(ctx, pid, signal));
  if (signal != 0) SendToProcess(*target, queued);
  return uint64_t{0};
}

/// rt_tgsigqueueinfo(2).
SyscallResult SysRtTgsigqueueinfo(SyscallContext& ctx, int32_t group, int32_t tid, int32_t signal,
                                  GuestAddr info) {
  const abi::SigInfo queued = TRY(CopyInQueuedInfo(ctx, signal, info));
  if (tid <= 0 || group <= 0 || (signal != 0 && !IsSignal(signal))) return Errno::kInval;
  Thread* target = TRY(FindThreadOf(ctx, group, tid, signal));
  if (signal != 0) SendToThread(*target, queued);
  return uint64_t{0};
}

/// restart_syscall(2): goes on with a sleep that a signal without handler has interrupted.
SyscallResult SysRestartSyscall(SyscallContext& ctx) {
  Thread::Restart restart = std::move(ctx.thread.restart);
  ctx.thread.restart = nullptr;
  if (!restart) return Errno::kIntr;
  return restart(ctx);
}

}  // namespace elfin::kernel
