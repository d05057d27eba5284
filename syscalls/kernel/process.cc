#include "syscalls/kernel/process.h"

namespace elfin::kernel {

Process::Process(Kernel& kernel, Pid pid) : kernel(kernel), pid(pid), group(pid), session(pid) {}

// Here, where the task types are complete: blocked calls go before what they work on.
Process::~Process() {
  threads.clear();
  last_sync.reset();
}

}  // namespace elfin::kernel
