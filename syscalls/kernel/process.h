// One process: a record of what its threads share.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/memory/address_space.h"
#include "syscalls/kernel/credentials.h"
#include "syscalls/kernel/resource_limits.h"
#include "syscalls/kernel/signals.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::vfs {
class FdTable;
class InodeUse;
struct FsContext;
}  // namespace elfin::vfs

namespace elfin::kernel {

using Pid = int32_t;

/// The kernel itself stands for a container's init: it started the first program, and orphans
/// become its children, which it reaps at once. There is no process of this number.
inline constexpr Pid kInitPid = 1;

/// How a process ended.
struct ExitStatus {
  int code = 0;    // exit_group's argument, low 8 bits; 0 when killed
  int signal = 0;  // 0: it exited by itself
  bool core = false;
  /// For fatal signals but SIGPIPE and SIGINT, one line for the person at the terminal:
  /// "/usr/bin/foo: killed by SIGSEGV: page fault reading 0x10 at 0x401136: 8b 00 …". Otherwise
  /// empty.
  std::string message;

  /// What wait4 stores.
  int WaitStatus() const { return signal != 0 ? signal | (core ? 0x80 : 0) : (code & 0xff) << 8; }
};

/// What prctl(2) and setpriority(2) keep, mostly without effect.
struct ProcessAttributes {
  int32_t parent_death_signal = 0;
  bool keep_capabilities = false;
  bool no_new_privileges = false;
  bool child_subreaper = false;
  uint64_t timer_slack_ns = 50'000;
  int32_t nice = 0;
  int32_t scheduling_policy = 0;  // SCHED_OTHER
  int32_t io_priority = 0;        // ioprio_set(2): class << 13 | level
};

/// Told to descriptors, which may outlive the process (pidfd_open).
struct ProcessEnd {
  bool has_come = false;
  WaitQueue queue;
};

class PosixTimer;  // posix_timer.h
class CpuTimers;   // cpu_timers.h

/// What a parent waits for after vfork: shared by its wait and the child.
struct VforkHold {
  bool released = false;
  WaitQueue queue;
};

/// What reads and writes were made of files of all kinds (/proc/<pid>/io).
struct IoCounts {
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
  uint64_t read_calls = 0;
  uint64_t write_calls = 0;
};

struct Process {
  Process(Kernel& kernel, Pid pid);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  Kernel& kernel;
  Pid pid;
  Pid parent = kInitPid;
  Pid group;
  Pid session;
  int exit_signal = abi::kSigChld;  // to the parent at the end; 0: none
  /// Started by the embedding, which asks for its status: its record stays until then.
  bool kept = false;
  /// Of those: the first of its three streams of the host's.
  uint32_t first_stream = 0;
  bool has_executed = false;  // since its fork
  std::shared_ptr<VforkHold> vfork_hold;
  /// Woken when a child has ended, stopped or gone on.
  WaitQueue children_queue;
  /// Woken when a signal has become pending, for process or thread (signalfd).
  WaitQueue signal_queue;
  std::shared_ptr<ProcessEnd> end = std::make_shared<ProcessEnd>();

  /// Shared with the parent between vfork and exec, or by CLONE_VM.
  std::shared_ptr<memory::AddressSpace> memory;
  std::shared_ptr<vfs::FdTable> files;
  std::shared_ptr<vfs::FsContext> fs;  // cwd, root, umask
  Credentials credentials;
  ResourceLimits limits;
  SignalActions actions;
  PendingSignals pending;  // sent to the process as a whole

  std::string executable;                    // absolute path, for /proc/self/exe
  std::shared_ptr<vfs::InodeUse> execution;  // of that file
  std::string name;                          // comm: at most 15 bytes
  std::vector<std::string> arguments;        // as exec got them, for /proc/self/cmdline
  std::vector<std::string> environment;
  std::vector<std::pair<uint64_t, uint64_t>> auxiliary_vector;  // for /proc/self/auxv
  int64_t start_time_ns = 0;                                    // monotonic
  bool dumpable = true;
  uint32_t personality = 0;
  ProcessAttributes attributes;

  std::vector<std::unique_ptr<Thread>> threads;  // the first is the leader
  std::optional<ExitStatus> exit_status;         // set: it is over
  std::optional<Task<Status>> last_sync;  // shared pages on their way to their files, after the end
  int leader_exit_code = 0;               // of the leader's own exit, while others go on
  bool is_stopped = false;                // by a signal: no thread runs
  int stop_news = 0;                      // the signal, until a wait has told
  bool continue_news = false;
  bool is_zombie = false;  // it holds nothing any more: wait4 may reap it
  IoCounts io_counts;
  CpuTime ended_threads_time;
  CpuTime children_time;              // of those that have been waited for, with theirs
  std::unique_ptr<Timer> real_timer;  // alarm, setitimer(ITIMER_REAL)
  int64_t real_timer_interval_ns = 0;
  std::map<int32_t, std::unique_ptr<PosixTimer>> posix_timers;  // by timer_create's number
  /// setitimer's ITIMER_VIRTUAL and ITIMER_PROF; null: never set.
  std::unique_ptr<CpuTimers> cpu_timers;

  Thread& leader() { return *threads.front(); }
  /// What its threads have used.
  CpuTime cpu_time() const;
};

/// comm of a thread (PR_GET_NAME).
inline std::string& NameOf(Thread& thread) {
  Process& process = thread.process();
  return &thread == &process.leader() ? process.name : thread.name;
}
inline const std::string& NameOf(const Thread& thread) {
  return NameOf(const_cast<Thread&>(thread));
}

}  // namespace elfin::kernel
