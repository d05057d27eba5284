// Kernel: what a step runs, and what a slice of a thread leads to: traps and system calls.
#include <algorithm>

#include "syscalls/kernel/cpu_timers.h"
#include "syscalls/kernel/exit.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/posix_timer.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/kernel/syscall_context.h"
#include "syscalls/kernel/traps.h"

namespace elfin::kernel {

// ---- Running ------------------------------------------------------------------------------------

StepResult Kernel::Step() {
  scheduler_.ExpireTimers();
  scheduler_.ResumeReady();
  CompleteBlockedSyscalls();
  if (Thread* thread = NextRunnable()) {
    RunSlice(*thread);
    BuryEnded();
    return {StepState::kMore, std::nullopt};
  }
  const bool busy = BuryEnded();
  if (scheduler_.has_ready()) return {StepState::kMore, std::nullopt};
  bool alive = busy || HasBusyStream();
  for (const auto& [pid, process] : processes_) alive = alive || !process->is_zombie;
  if (!alive) return {StepState::kDone, std::nullopt};
  return {StepState::kIdle, scheduler_.next_deadline()};
}

/// Round robin over the threads, by number.
Thread* Kernel::NextRunnable() {
  Thread* first = nullptr;
  Thread* next = nullptr;
  for (auto& [pid, process] : processes_) {
    for (auto& thread : process->threads) {
      if (thread->state != ThreadState::kRunnable || process->is_stopped) continue;
      if (first == nullptr) first = thread.get();
      if (next == nullptr && thread->tid() > last_run_) next = thread.get();
    }
  }
  return next != nullptr ? next : first;
}

void Kernel::RunSlice(Thread& thread) {
  last_run_ = thread.tid();
  Process& process = thread.process();
  process.memory->HoldShared();
  thread.EnterCpu();
  cpu::CpuState state = thread.ReadCpu();
  if (thread.HasDeliverableSignal()) {
    DeliverSignals(thread, state, std::nullopt);
    if (thread.state == ThreadState::kDead) return;
    if (process.is_stopped) return thread.WriteCpu(state);
  }
  const uint64_t retired_before = state.instructions;
  state.budget = thread.slice_instructions;
  state.interrupt = 0;
  thread.WriteCpu(state);
  ++stats_.slices;
  cpu::ExitReason reason = RunCpu(thread);
  while (reason == cpu::ExitReason::kTrap && ResolvesFault(thread)) reason = RunCpu(thread);
  state = thread.ReadCpu();
  stats_.instructions += state.instructions - retired_before;
  if (process.cpu_timers != nullptr) process.cpu_timers->Check();
  CheckProcessorLimit(process);
  for (const auto& [number, timer] : process.posix_timers) timer->CheckProcessorTime();
  switch (reason) {
    case cpu::ExitReason::kBudget:
    case cpu::ExitReason::kKernel:
      break;
    case cpu::ExitReason::kTrap:
      HandleTrap(thread);
      break;
    case cpu::ExitReason::kTranslate:  // the host's own affair
    case cpu::ExitReason::kNone: {
      ExitStatus status;
      status.signal = abi::kSigKill;
      status.message = process.executable + ": killed: Elfin's own processor failed";
      ExitProcess(process, std::move(status));
    }
  }
}

/// A trap that only prepares a shared page (AddressSpace::ResolveFault): the thread goes on within
/// the same slice, or it might meet the same trap for ever.
bool Kernel::ResolvesFault(Thread& thread) {
  memory::AddressSpace& space = *thread.process().memory;
  if (!space.has_shared_mappings()) return false;
  const cpu::TrapInfo trap = thread.ReadCpu().trap;
  if (trap.kind != cpu::TrapKind::kPageFault) return false;
  return space.ResolveFault(trap.address, AccessOf(trap.access));
}

/// Runs the cpu and sets the length of the next slice: 2 to 5 ms, so that signals and the host's
/// event loop wait no longer, whether code is fast (translated) or slow (emulated floating point).
cpu::ExitReason Kernel::RunCpu(Thread& thread) {
  constexpr int64_t kShortNs = 2'000'000;
  constexpr int64_t kLongNs = 5'000'000;
  slice_clock_.Begin();
  current_ = &thread;
  const cpu::ExitReason reason = thread.process().memory->memory().RunCpu();
  current_ = nullptr;
  const SliceClock::Slice slice = slice_clock_.End();
  thread.cpu_time.user += slice.cpu_ns;
  int64_t& length = thread.slice_instructions;
  if (slice.wall_ns > kLongNs) {
    length = std::max(length / 2, kShortestSlice);
  } else if (reason == cpu::ExitReason::kBudget && slice.wall_ns > 0 && slice.wall_ns < kShortNs) {
    length = std::min(length * 2, kLongestSlice);
  }
  return reason;
}

void Kernel::HandleTrap(Thread& thread) {
  Process& process = thread.process();
  cpu::CpuState state = thread.ReadCpu();
  const TrapSignal signal = SignalForTrap(state, *process.memory);
  thread.trap_text = DescribeTrap(state, *process.memory);
  thread.trap_number = signal.trap_number;
  thread.trap_error_code = signal.error_code;
  if (state.trap.kind == cpu::TrapKind::kPageFault) thread.fault_address = state.trap.address;
  if (state.trap.kind == cpu::TrapKind::kNotImplemented &&
      reported_instructions_.insert(thread.trap_text).second) {
    host_.Report(process.executable + ": " + thread.trap_text);
  }
  ForceSignal(thread, signal.info);
  DeliverSignals(thread, state, std::nullopt);
  if (thread.state != ThreadState::kDead) thread.WriteCpu(state);
}

// ---- System calls -------------------------------------------------------------------------------

int64_t Kernel::Syscall(uint64_t number, const uint64_t arguments[6]) {
  CHECK(current_ != nullptr);
  Thread& thread = *current_;
  ++stats_.system_calls;
  SyscallContext& context = thread.context;
  context.number = number;
  for (int i = 0; i < 6; ++i) context.arguments[i] = arguments[i];
  thread.cpu_replaced = false;
  Task<Result<uint64_t>> task = DispatchSyscall(context);
  if (thread.state == ThreadState::kDead) return cpu::kSyscallLeave;
  if (!task.ready()) {
    thread.syscall.emplace(std::move(task));
    thread.state = ThreadState::kBlocked;
    return cpu::kSyscallLeave;
  }
  const Result<uint64_t> result = task.Take();
  const bool plain =
      !thread.cpu_replaced && !thread.mask_to_restore && !thread.HasDeliverableSignal();
  const bool restarts =
      !result.ok() && DecideRestart(result.error(), HandlerRuns::kNo) != RestartAction::kNone;
  if (plain && !restarts) {
    // The call may have looked into another memory, which has the newest shared pages then.
    context.process.memory->HoldShared();
    return ToSyscallReturn(result);
  }
  FinishSyscall(thread, result);
  return cpu::kSyscallLeave;
}

void Kernel::CompleteBlockedSyscalls() {
  for (auto& [pid, process] : processes_) {
    for (auto& thread : process->threads) {
      if (thread->state != ThreadState::kBlocked || !thread->syscall) continue;
      if (!thread->syscall->ready() || process->is_stopped) continue;
      const Result<uint64_t> result = thread->syscall->Take();
      thread->syscall.reset();
      thread->state = ThreadState::kRunnable;
      FinishSyscall(*thread, result);
    }
  }
}

/// Result into rax (or the call set up to run again), then signals.
void Kernel::FinishSyscall(Thread& thread, const Result<uint64_t>& result) {
  cpu::CpuState state = thread.ReadCpu();
  std::optional<EndedSyscall> ended;
  if (!thread.cpu_replaced) ended = EndedSyscall{thread.context.number, result};
  thread.cpu_replaced = false;
  DeliverSignals(thread, state, std::move(ended));
  if (thread.state != ThreadState::kDead) thread.WriteCpu(state);
}

}  // namespace elfin::kernel
