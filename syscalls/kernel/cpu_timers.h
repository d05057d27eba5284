// What happens by the time that a process has computed: setitimer(2)'s ITIMER_VIRTUAL and
// ITIMER_PROF, and RLIMIT_CPU. All are looked at after each time slice, so they are as fine as
// slices are. A process's system calls are counted as its own time, so both timers run alike.
#pragma once

#include <array>
#include <cstdint>

namespace elfin::kernel {

struct Process;

class CpuTimers {
 public:
  enum Kind : uint8_t { kVirtual, kProfiling, kKinds };

  explicit CpuTimers(Process& process) : process_(process) {}

  /// In ns of processor time; a value of 0 turns it off.
  void Set(Kind kind, int64_t value_ns, int64_t interval_ns);
  int64_t remaining_ns(Kind kind) const;
  int64_t interval_ns(Kind kind) const { return timers_[kind].interval_ns; }
  /// Sends the signals of those that have expired. No slice of the process runs.
  void Check();

 private:
  struct Timer {
    int64_t deadline_ns = 0;  // of the process's time; 0: off
    int64_t interval_ns = 0;
  };

  int64_t Now() const;

  Process& process_;
  std::array<Timer, kKinds> timers_;
};

/// getrlimit(2)'s RLIMIT_CPU: SIGXCPU at the soft limit, which then grows by a second, and SIGKILL
/// at the hard one. No slice of the process runs.
void CheckProcessorLimit(Process& process);

}  // namespace elfin::kernel
