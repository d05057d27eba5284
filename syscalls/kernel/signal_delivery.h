// Sending signals and making the guest feel them.
//
//   SendTo… → pending → (before the guest runs again) DeliverSignals → ignored, fatal, or a frame
//   on the guest's stack (signal_frame.h) and the cpu at the handler
#pragma once

#include <optional>

#include "runtime/cpu/cpu_state.h"
#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// Queues a signal for the process as a whole or for one thread and interrupts a wait that it ends.
/// A signal that is ignored and not blocked is dropped.
void SendToProcess(Process& process, const abi::SigInfo& info);
void SendToThread(Thread& thread, const abi::SigInfo& info);
/// A signal that the thread itself has caused by a trap: can be neither blocked nor ignored; if it
/// was, it gets its default action, which is fatal.
void ForceSignal(Thread& thread, const abi::SigInfo& info);

/// Takes the lowest pending signal of `wanted`, the thread's own before the process's. Nullopt:
/// none.
std::optional<abi::SigInfo> TakePendingSignal(Thread& thread, SignalSet wanted);

/// The SigInfo of kill, tkill and their like, from `sender`.
abi::SigInfo SenderInfo(int signal, int32_t code, const Process& sender);
/// The SigInfo of something that the kernel itself sends (SIGALRM, SIGPIPE).
abi::SigInfo KernelInfo(int signal);

/// How an interrupted system call goes on; decided in DecideRestart only.
enum class RestartAction {
  kNone,     // the result stands
  kEintr,    // the guest sees EINTR
  kAgain,    // the instruction is executed once more
  kContinue  // restart_syscall(2) is executed instead: Thread::restart
};
enum class HandlerRuns { kNo, kYesRestarting /* SA_RESTART */, kYes };
RestartAction DecideRestart(Errno error, HandlerRuns handler);

/// The system call that has just ended: its result is not in rax yet.
struct EndedSyscall {
  uint64_t number;
  Result<uint64_t> result;
};

/// Delivers every deliverable signal into `state` (a copy of the thread's cpu, which the caller
/// writes back) and puts the result of `ended` into rax, or sets up its restart. May end the
/// process.
void DeliverSignals(Thread& thread, cpu::CpuState& state, std::optional<EndedSyscall> ended);

}  // namespace elfin::kernel
