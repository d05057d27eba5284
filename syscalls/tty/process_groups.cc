#include "syscalls/tty/process_groups.h"

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::tty {

void SendToGroup(kernel::Kernel& kernel, kernel::Pid group, const abi::SigInfo& info) {
  for (const auto& [pid, process] : kernel.processes()) {
    if (process->group == group && !process->exit_status) SendToProcess(*process, info);
  }
}

bool IsGroupOf(kernel::Kernel& kernel, kernel::Pid group, kernel::Pid session) {
  for (const auto& [pid, process] : kernel.processes()) {
    if (process->group == group && process->session == session) return true;
  }
  return false;
}

}  // namespace elfin::tty
