#include "syscalls/kernel/signal_delivery.h"

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_frame.h"

namespace elfin::kernel {

namespace {

constexpr uint64_t kRestartSyscallNumber = 219;
constexpr uint64_t kSyscallInstructionSize = 2;
constexpr unsigned kRax = 0;

void InterruptIfDeliverable(Thread& thread) {
  if (thread.waiting != nullptr && thread.HasDeliverableSignal()) thread.waiting->Interrupt();
}

/// SIGCONT drops pending stops, a stop drops a pending SIGCONT (signal(7)).
void DropOpposites(PendingSignals& pending, int signal) {
  const SignalSet stops{SignalSet::Bit(abi::kSigStop) | SignalSet::Bit(abi::kSigTstp) |
                        SignalSet::Bit(abi::kSigTtin) | SignalSet::Bit(abi::kSigTtou)};
  if (signal == abi::kSigCont) pending.Discard(stops);
  if (stops.Has(signal)) pending.Discard({SignalSet::Bit(abi::kSigCont)});
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
  const SignalSet blocked = thread.blocked();
  PendingSignals& own = thread.pending;
  return (own.set().bits & ~blocked.bits) != 0 ? own.TakeLowest(blocked)
                                               : thread.process().pending.TakeLowest(blocked);
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

void SendToProcess(Process& process, const abi::SigInfo& info) {
  if (process.exit_status || process.threads.empty()) return;
  DropOpposites(process.pending, info.signo);
  const Thread* running = process.kernel.current();
  if (info.signo == abi::kSigKill && (running == nullptr || &running->process() != &process)) {
    return Kill(process.leader(), abi::kSigKill, false);  // whatever it waits for
  }
  Thread& leader = process.leader();
  if (process.actions.IsIgnored(info.signo) && !leader.blocked().Has(info.signo)) return;
  process.pending.Add(info);
  for (auto& thread : process.threads) InterruptIfDeliverable(*thread);
}

void SendToThread(Thread& thread, const abi::SigInfo& info) {
  Process& process = thread.process();
  if (process.exit_status) return;
  DropOpposites(thread.pending, info.signo);
  if (process.actions.IsIgnored(info.signo) && !thread.blocked().Has(info.signo)) return;
  thread.pending.Add(info);
  InterruptIfDeliverable(thread);
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
      if (what == DefaultAction::kStop) continue;  // nobody could ever continue it
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
    if (thread.HasDeliverableSignal()) DeliverSignals(thread, state, std::nullopt);
  }
}

}  // namespace elfin::kernel
