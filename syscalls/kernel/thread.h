// One guest thread: signal mask, pending signals, the system call that it is in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "runtime/cpu/cpu_state.h"
#include "syscalls/kernel/signals.h"
#include "syscalls/kernel/syscall_context.h"
#include "syscalls/kernel/task.h"

namespace elfin::kernel {

class Scheduler;
class Wait;

using Tid = int32_t;

/// Processor time, ns.
struct CpuTime {
  int64_t user = 0;
  int64_t system = 0;
  CpuTime& operator+=(const CpuTime& more) {
    user += more.user;
    system += more.system;
    return *this;
  }
};

/// Guest instructions in a thread's first time slice, and the bounds of later ones: about 5 ms at
/// the interpreter's usual 5 ns, at most 10 ms when translated code gives way to interpreted.
inline constexpr int64_t kFirstSlice = 1'000'000;
inline constexpr int64_t kShortestSlice = 100'000;
inline constexpr int64_t kLongestSlice = 2'000'000;

enum class ThreadState {
  kRunnable,  // its cpu may run
  kBlocked,   // in a system call that waits: `syscall` holds it
  kDead,
};

class Thread {
 public:
  Thread(Kernel& kernel, Process& process, Tid tid);
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread();

  Tid tid() const { return tid_; }
  /// execve by another thread than the leader: it becomes the leader, with the leader's number.
  void BecomeLeader(Tid pid) { tid_ = pid; }
  Kernel& kernel() const { return context.kernel; }
  Process& process() const { return context.process; }
  Scheduler& scheduler() const;

  // ---- The processor. Valid while the cpu is out of RunCpu or inside a system call of this
  // thread. Threads that share a memory share its cpu: those that it does not hold are parked here.
  // ----
  cpu::CpuState ReadCpu() const;
  void WriteCpu(const cpu::CpuState& state);
  /// Makes the cpu of the process's memory hold this thread, before it runs.
  void EnterCpu();
  /// The cpu of a new memory is this thread's, as it is.
  void AdoptCpu();

  // ---- Signals. ----
  SignalSet blocked() const { return blocked_; }
  /// SIGKILL and SIGSTOP are left out silently.
  void SetBlocked(SignalSet set);
  /// For ppoll, pselect, sigsuspend, epoll_pwait: `set` holds until this call has ended and a
  /// signal that it let in has been delivered; then the mask of before comes back by itself.
  void SetTemporaryMask(SignalSet set);
  /// Whether a signal is pending, for thread or process, that is not blocked.
  bool HasDeliverableSignal() const;
  /// How to go on after kRestartBlock where no handler ran: what restart_syscall(2) calls. A
  /// sleeping handler sets it before it returns kRestartBlock.
  using Restart = std::function<Task<Result<uint64_t>>(SyscallContext&)>;
  Restart restart;

  // ---- For the kernel's own folder. ----
  /// Guest instructions of its next time slice: follows from how long the last one took.
  int64_t slice_instructions = kFirstSlice;
  CpuTime cpu_time;
  SyscallContext context;
  std::optional<Task<Result<uint64_t>>> syscall;  // while kBlocked
  ThreadState state = ThreadState::kRunnable;
  Wait* waiting = nullptr;  // interruptible wait, if any (set by class Wait)
  PendingSignals pending;
  /// What a sigtimedwait of now waits for: not ignored, whatever its disposition.
  SignalSet awaited;
  std::string name;  // PR_SET_NAME's, of all but the leader (Process::name)
  std::optional<SignalSet> mask_to_restore;
  abi::StackT alternate_stack{};
  uint64_t clear_child_tid = 0;
  uint64_t robust_list = 0;
  uint64_t robust_list_size = 0;
  /// An exec or sigreturn of the current call has written the CPU state: no result goes to rax.
  bool cpu_replaced = false;
  // The last trap, as signal frames show it.
  uint64_t trap_number = 0;
  uint64_t trap_error_code = 0;
  uint64_t fault_address = 0;
  /// What the last trap was, for the message if it is fatal: "page fault reading 0x10 at 0x401136:
  /// 8b 00".
  std::string trap_text;

 private:
  bool HoldsCpu() const;

  Tid tid_;
  SignalSet blocked_;
  cpu::CpuState parked_;
};

}  // namespace elfin::kernel
