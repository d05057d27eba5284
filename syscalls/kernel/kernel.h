// The kernel: all state of one machine, and what an embedding does with it.
//
//   Kernel kernel(host);
//   kernel.mounts = …;                                  // vfs: what / is
//   Task<SpawnOutcome> spawn = kernel.Spawn({"/usr/bin/bc", {"bc", "-lq"}, …});
//   for (;;) {
//     StepResult step = kernel.Step();
//     kMore → call again (after letting the event loop run), kIdle → sleep until the deadline or
//     until input arrives (StreamReady), kDone → every process has ended
//   }
//
// The cpu (inside ProcessMemory::RunCpu) calls Syscall for every `syscall` instruction.
// Not thread-safe, and not re-entrant but for Syscall within Step.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "syscalls/kernel/futex.h"
#include "syscalls/kernel/host.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/scheduler.h"
#include "syscalls/kernel/slice_clock.h"
#include "syscalls/kernel/stream_listener.h"
#include "syscalls/kernel/task.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/syscall_tally.h"

namespace elfin::vfs {
class MountTable;
}
namespace elfin::tty {
class Terminals;
}
namespace elfin::net {
class Network;
}
namespace elfin::ipc {
class SystemV;
}

namespace elfin::kernel {

struct KernelOptions {
  bool strace = false;  // one line a system call through Host::Report
};

struct SpawnRequest {
  std::string path;  // as exec gets it: no search in PATH
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string directory = "/";
  uint32_t uid = 0;
  uint32_t gid = 0;
  /// Descriptors 0, 1 and 2 are the host's streams of this number and the next two.
  uint32_t first_stream = 0;
};

/// A process, or why there is none: an errno and a sentence without the path, such as "exec format
/// error: not an x86-64 ELF file".
struct SpawnOutcome {
  Pid pid = 0;  // 0: failed
  Errno error = Errno::kInval;
  std::string message;
  bool ok() const { return pid != 0; }
};

enum class StepState {
  kMore,  // there is more to run at once
  kIdle,  // nothing runs before the deadline or an event
  kDone,  // every process has ended
};
struct StepResult {
  StepState state;
  std::optional<int64_t> deadline_ns;  // kIdle: of the monotonic clock
};

struct KernelStats {
  uint64_t instructions = 0;  // retired by guests
  uint64_t system_calls = 0;
  uint64_t slices = 0;
  uint64_t processes = 0;  // ever made
};

class Kernel {
 public:
  explicit Kernel(Host& host, KernelOptions options = {});
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  ~Kernel();

  // ---- For the embedding. ----

  /// Starts a program. Ready at once over host folders; otherwise Step until it is.
  Task<SpawnOutcome> Spawn(SpawnRequest request);
  /// Timers, ready coroutines, then one time slice of the next runnable thread.
  StepResult Step();
  /// What a `syscall` instruction of the running thread does. Returns what goes to rax, or
  /// cpu::kSyscallLeave: then the kernel has written the CPU state or will before it runs again.
  int64_t Syscall(uint64_t number, const uint64_t arguments[6]);
  /// A stream on which the host had answered kAgain may go on.
  void StreamReady(uint32_t stream);
  /// The terminal behind a stream has another size (Host::TerminalSize).
  void StreamResized(uint32_t stream);
  /// Sends a signal from outside to a process, or to the process group -pid. Errors: kSrch, kInval.
  Status Kill(Pid pid, int signal);
  /// Of a process that Spawn has started. Null while it runs (or if there is none of that number).
  const ExitStatus* exit_status(Pid pid) const;
  const KernelStats& stats() const { return stats_; }

  /// Set by the embedding before the first Spawn.
  std::shared_ptr<vfs::MountTable> mounts;

  // ---- For handlers, vfs and filesystems. ----

  Host& host() { return host_; }
  Scheduler& scheduler() { return scheduler_; }
  const KernelOptions& options() const { return options_; }
  int64_t Now(HostClock clock) { return host_.Now(clock); }
  /// Where reads and writes of host stream 0, 1, 2 wait for StreamReady.
  WaitQueue& stream_queue(uint32_t stream) { return stream_queues_[stream]; }
  /// Nobody has it open any more, and so nobody waits there.
  void CloseStream(uint32_t stream);
  /// Tells `listener` of the stream (nullptr: nobody any more).
  void Listen(uint32_t stream, StreamListener* listener);
  tty::Terminals& terminals() { return *terminals_; }
  net::Network& network() { return *network_; }
  Futexes& futexes() { return futexes_; }
  ipc::SystemV& system_v() { return *system_v_; }
  Process* FindProcess(Pid pid);
  Thread* FindThread(Tid tid);
  const std::map<Pid, std::unique_ptr<Process>>& processes() const { return processes_; }
  /// The thread whose slice or system call runs; null between slices.
  Thread* current() { return current_; }
  int64_t boot_time_ns() const { return boot_time_ns_; }  // realtime clock when the machine started
  std::string node_name = "elfin";
  std::string domain_name = "(none)";
  SyscallTally tally;  // kept by the dispatch

  /// A process with one thread, blocked, and nothing else yet. Errors: kAgain (no free number).
  Result<Process*> AddProcess();
  /// One more thread of a process, blocked. Errors: kAgain (no free number, too many).
  Result<Thread*> AddThread(Process& process);
  /// exit(2) of one thread; the last one ends the process.
  void ExitThread(Thread& thread, int code);
  /// Ends all threads but one, which becomes the leader: execve. No cpu runs.
  void KeepOnly(Thread& thread);
  /// Processor time up to now, also of the slice that is running.
  CpuTime TimeOf(const Thread& thread) const;
  CpuTime TimeOf(const Process& process) const;
  /// Ends a process: threads die, files close; memory goes when no cpu runs any more (exit.h).
  void ExitProcess(Process& process, ExitStatus status);
  /// Forgets a zombie.
  void Reap(Pid pid);
  /// What processes that have been forgotten had used.
  const CpuTime& ended_time() const { return ended_time_; }

 private:
  Thread* NextRunnable();
  void RunSlice(Thread& thread);
  cpu::ExitReason RunCpu(Thread& thread);
  bool ResolvesFault(Thread& thread);
  void HandleTrap(Thread& thread);
  void CompleteBlockedSyscalls();
  void FinishSyscall(Thread& thread, const Result<uint64_t>& result);
  bool BuryEnded();
  bool Bury(Process& process);
  void BuryThreads();
  void LeaveMemory(Thread& thread);
  bool IsNumberFree(Pid pid) const;
  Result<Pid> TakeNumber();
  Task<Status> FillProcess(Process& process, SpawnRequest request, std::string& sentence);

  Host& host_;
  KernelOptions options_;
  Scheduler scheduler_;
  bool HasBusyStream() const;

  std::map<uint32_t, WaitQueue> stream_queues_;
  std::map<uint32_t, StreamListener*> stream_listeners_;
  std::unique_ptr<tty::Terminals> terminals_;
  std::unique_ptr<net::Network> network_;
  std::unique_ptr<ipc::SystemV> system_v_;
  Futexes futexes_;
  KernelStats stats_;
  int64_t boot_time_ns_ = 0;
  Pid last_pid_ = kInitPid;
  CpuTime ended_time_;
  std::vector<Tid> ended_threads_;  // of processes that go on
  std::vector<Pid> dying_;          // have ended, but still hold something
  Thread* current_ = nullptr;
  SliceClock slice_clock_;  // of current_
  Tid last_run_ = 0;
  std::set<std::string> reported_instructions_;
  std::map<Pid, std::unique_ptr<Process>> processes_;
};

}  // namespace elfin::kernel
