#include "syscalls/kernel/process_groups.h"

#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

std::vector<Process*> MembersOf(const Kernel& kernel, Pid group) {
  std::vector<Process*> members;
  for (const auto& [pid, process] : kernel.processes()) {
    if (process->group == group && !process->exit_status) members.push_back(process.get());
  }
  return members;
}

void SendToGroup(const Kernel& kernel, Pid group, const abi::SigInfo& info) {
  for (Process* member : MembersOf(kernel, group)) SendToProcess(*member, info);
}

void HangUpGroup(const Kernel& kernel, Pid group) {
  SendToGroup(kernel, group, KernelInfo(abi::kSigHup));
  SendToGroup(kernel, group, KernelInfo(abi::kSigCont));
}

bool IsGroupOfSession(const Kernel& kernel, Pid group, Pid session) {
  for (const auto& [pid, process] : kernel.processes()) {
    if (process->group == group) return process->session == session;
  }
  return false;
}

}  // namespace elfin::kernel
