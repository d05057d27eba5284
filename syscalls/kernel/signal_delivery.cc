#include "syscalls/kernel/signal_delivery.h"

#include <algorithm>

#include "syscalls/kernel/job_control.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/posix_timer.h"
#include "syscalls/kernel/signal_frame.h"

namespace elfin::kernel {

namespace {

constexpr uint64_t kRestartSyscallNumber = 219;
constexpr uint64_t kSyscallInstructionSize = 2;
constexpr unsigned kRax = 0;

void InterruptIfDeliverable(Thread& thread) {
  if (thread.process().is_stopped) return;  // looked at again when it goes on
  if (thread.waiting != nullptr && thread.HasDeliverableSignal()) thread.waiting->Interrupt();
}

/// One thread that does not block a signal of the process gets to see it, the leader first.
void InterruptOne(Process& process, int signal) {
  for (auto& thread : process.threads) {
    if (thread->state == ThreadState::kDead || thread->blocked().Has(signal)) continue;
    return InterruptIfDeliverable(*thread);
  }
}

/// A signal that is ignored is dropped when it is sent, unless it is blocked or waited for.
bool IsDropped(const Thread& thread, int signal) {
  return thread.process().actions.IsIgnored(signal) && !thread.blocked().Has(signal) &&
         !thread.awaited.Has(signal);
}

constexpr SignalSet kStops{SignalSet::Bit(abi::kSigStop) | SignalSet::Bit(abi::kSigTstp) |
                           SignalSet::Bit(abi::kSigTtin) | SignalSet::Bit(abi::kSigTtou)};

/// SIGCONT drops pending stops, a stop drops a pending SIGCONT (signal(7)).
void DropOpposites(PendingSignals& pending, int signal) {
  if (signal == abi::kSigCont) pending.Discard(kStops);
  if (kStops.Has(signal)) pending.Discard({SignalSet::Bit(abi::kSigCont)});
}

void PutResult(Thread& thread, cpu::CpuState& state, const EndedSyscall& ended,
               HandlerRuns handler) {
  RestartAction action = RestartAction::kNone;
  if (!ended.result.ok()) action = DecideRestart(ended.result.error(), handler);
  switch (action) {
    case RestartAction::kNone:
      state.gpr[kRax] = static_cast<uint64_t>(ToSyscallReturn(ended.result));
      break;
    case RestartAction::kEintr:
      state.gpr[kRax] = static_cast<uint64_t>(ToSyscallReturn(Errno::kIntr));
      break;
    case RestartAction::kAgain:
      state.gpr[kRax] = ended.number;
      state.rip -= kSyscallInstructionSize;
      break;
    case RestartAction::kContinue:
      state.gpr[kRax] = kRestartSyscallNumber;
      state.rip -= kSyscallInstructionSize;
      break;
  }
  if (action != RestartAction::kContinue) thread.restart = nullptr;
}

abi::SigInfo TakeSignal(Thread& thread) {
  return *TakePendingSignal(thread, {~thread.blocked().bits});
}

/// The call ends when the process goes on: what has been sent by then says how.
void HoldResult(Thread& thread, const EndedSyscall& ended) {
  thread.syscall.emplace(ended.result);
  thread.state = ThreadState::kBlocked;
}

void Kill(Thread& thread, int signal, bool core) {
  Process& process = thread.process();
  ExitStatus status;
  status.signal = signal;
  status.core = core && process.limits[Resource::kCore].current != 0;
  // As a shell: a broken pipe and an interrupt are nobody's news.
  if (signal != abi::kSigPipe && signal != abi::kSigInt) {
    status.message = process.executable + ": killed by " + SignalName(signal);
    if (!thread.trap_text.empty()) status.message += ": " + thread.trap_text;
  }
  thread.kernel().ExitProcess(process, std::move(status));
}

/// False: there was no room for the frame, and SIGSEGV is pending instead.
bool EnterHandler(Thread& thread, cpu::CpuState& state, const abi::SigInfo& info,
                  const abi::KernelSigaction& action) {
  const SignalSet saved = thread.mask_to_restore.value_or(thread.blocked());
  if (!PushSignalFrame(thread, state, info, action, saved).ok()) {
    if (info.signo == abi::kSigSegv) thread.process().actions.Set(abi::kSigSegv, {});
    abi::SigInfo segv = KernelInfo(abi::kSigSegv);
    ForceSignal(thread, segv);
    return false;
  }
  thread.mask_to_restore.reset();
  thread.trap_text.clear();
  SignalSet blocked{thread.blocked().bits | action.mask};
  if ((action.flags & abi::kSaNoDefer) == 0) blocked.Add(info.signo);
  thread.SetBlocked(blocked);
  if ((action.flags & abi::kSaResetHand) != 0) thread.process().actions.Set(info.signo, {});
  return true;
}

}  // namespace

namespace {

/// What sending alone does: pending opposites go, and SIGCONT wakes what is stopped (signal(7)).
void PrepareSignal(Process& process, int signal) {
  DropOpposites(process.pending, signal);
  for (auto& thread : process.threads) DropOpposites(thread->pending, signal);
  if (signal != abi::kSigCont || !process.is_stopped) return;
  ContinueProcess(process);
  for (auto& thread : process.threads) InterruptIfDeliverable(*thread);
}

}  // namespace

void SendToProcess(Process& process, const abi::SigInfo& info) {
  if (process.exit_status || process.threads.empty()) return;
  PrepareSignal(process, info.signo);
  const Thread* running = process.kernel.current();
  if (info.signo == abi::kSigKill && (running == nullptr || &running->process() != &process)) {
    return Kill(process.leader(), abi::kSigKill, false);  // whatever it waits for
  }
  const bool dropped =
      std::all_of(process.threads.begin(), process.threads.end(), [&](const auto& thread) {
        return thread->state == ThreadState::kDead || IsDropped(*thread, info.signo);
      });
  if (dropped) return;
  process.pending.Add(info);
  process.signal_queue.WakeAll();
  InterruptOne(process, info.signo);
}

void SendToThread(Thread& thread, const abi::SigInfo& info) {
  Process& process = thread.process();
  if (process.exit_status) return;
  PrepareSignal(process, info.signo);
  if (IsDropped(thread, info.signo)) return;
  thread.pending.Add(info);
  process.signal_queue.WakeAll();
  InterruptIfDeliverable(thread);
}

std::optional<abi::SigInfo> TakePendingSignal(Thread& thread, SignalSet wanted) {
  Process& process = thread.process();
  for (PendingSignals* pending : {&thread.pending, &process.pending}) {
    if ((pending->set().bits & wanted.bits) == 0) continue;
    abi::SigInfo info = pending->TakeLowest({~wanted.bits});
    if (info.code != abi::kSiTimer) return info;
    const auto timer = process.posix_timers.find(info.timer.id);
    if (timer != process.posix_timers.end()) info.timer.overrun = timer->second->TakeOverrun();
    return info;
  }
  return std::nullopt;
}

void ForceSignal(Thread& thread, const abi::SigInfo& info) {
  SignalActions& actions = thread.process().actions;
  const bool blocked = thread.blocked().Has(info.signo);
  if (blocked || actions.Get(info.signo).handler == abi::kSigIgn) actions.Set(info.signo, {});
  if (blocked) {
    SignalSet set = thread.blocked();
    set.Remove(info.signo);
    thread.SetBlocked(set);
  }
  thread.pending.Discard({SignalSet::Bit(info.signo)});
  thread.pending.Add(info);
}

abi::SigInfo SenderInfo(int signal, int32_t code, const Process& sender) {
  abi::SigInfo info{};
  info.signo = signal;
  info.code = code;
  info.sender.pid = sender.pid;
  info.sender.uid = sender.credentials.real_uid;
  return info;
}

abi::SigInfo KernelInfo(int signal) {
  abi::SigInfo info{};
  info.signo = signal;
  info.code = abi::kSiKernel;
  return info;
}

// Linux's handle_signal and arch_do_signal_or_restart, arch/x86/kernel/signal.c.
RestartAction DecideRestart(Errno error, HandlerRuns handler) {
  switch (error) {
    case Errno::kRestartNoIntr:
      return RestartAction::kAgain;
    case Errno::kRestartSys:
      return handler == HandlerRuns::kYes ? RestartAction::kEintr : RestartAction::kAgain;
    case Errno::kRestartNoHand:
      return handler == HandlerRuns::kNo ? RestartAction::kAgain : RestartAction::kEintr;
    case Errno::kRestartBlock:
      return handler == HandlerRuns::kNo ? RestartAction::kContinue : RestartAction::kEintr;
    default:
      return RestartAction::kNone;
  }
}

void DeliverSignals(Thread& thread, cpu::CpuState& state, std::optional<EndedSyscall> ended) {
  Process& process = thread.process();
  while (thread.HasDeliverableSignal()) {
    const abi::SigInfo info = TakeSignal(thread);
    const abi::KernelSigaction action = process.actions.Get(info.signo);
    if (!process.actions.HasHandler(info.signo)) {
      if (process.actions.IsIgnored(info.signo)) continue;
      const DefaultAction what = DefaultActionOf(info.signo);
      if (what == DefaultAction::kStop) {
        if (info.signo != abi::kSigStop && IsOrphanedGroup(process)) continue;
        StopProcess(process, info.signo);
        if (ended) HoldResult(thread, *ended);
        return;
      }
      Kill(thread, info.signo, what == DefaultAction::kCore);
      return;
    }
    if (ended) {
      const bool restarts = (action.flags & abi::kSaRestart) != 0;
      PutResult(thread, state, *ended, restarts ? HandlerRuns::kYesRestarting : HandlerRuns::kYes);
      ended.reset();
    }
    EnterHandler(thread, state, info, action);
  }
  if (ended) PutResult(thread, state, *ended, HandlerRuns::kNo);
  if (thread.mask_to_restore) {
    thread.SetBlocked(*thread.mask_to_restore);
    thread.mask_to_restore.reset();
    // What the mask of before lets in is delivered, too.
    if (!process.is_stopped && thread.HasDeliverableSignal()) {
      DeliverSignals(thread, state, std::nullopt);
    }
  }
}

}  // namespace elfin::kernel
