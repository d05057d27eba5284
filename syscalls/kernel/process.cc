#include "syscalls/kernel/process.h"

#include "syscalls/kernel/cpu_timers.h"
#include "syscalls/kernel/posix_timer.h"

namespace elfin::kernel {

Process::Process(Kernel& kernel, Pid pid) : kernel(kernel), pid(pid), group(pid), session(pid) {}

// Here, where the task types are complete: blocked calls go before what they work on.
Process::~Process() {
  threads.clear();
  last_sync.reset();
}

CpuTime Process::cpu_time() const {
  CpuTime sum = ended_threads_time;
  for (const auto& thread : threads) sum += thread->cpu_time;
  return sum;
}

}  // namespace elfin::kernel
