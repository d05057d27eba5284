#include "syscalls/kernel/job_control.h"

#include <algorithm>

#include "syscalls/kernel/exit.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process_groups.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

namespace {

void TellParent(Process& child, int32_t code, int32_t status) {
  Process* parent = child.kernel.FindProcess(child.parent);
  if (parent == nullptr) return;
  const abi::KernelSigaction& action = parent->actions.Get(abi::kSigChld);
  const bool wanted = action.handler != abi::kSigIgn && (action.flags & abi::kSaNoCldStop) == 0;
  if (wanted) SendToProcess(*parent, ChildInfo(child, code, status));
  parent->children_queue.WakeAll();
}

}  // namespace

void StopProcess(Process& process, int signal) {
  if (process.is_stopped) return;
  process.is_stopped = true;
  process.stop_news = signal;
  process.continue_news = false;
  TellParent(process, abi::kCldStopped, signal);
}

void ContinueProcess(Process& process) {
  process.is_stopped = false;
  process.stop_news = 0;
  process.continue_news = true;
  TellParent(process, abi::kCldContinued, abi::kSigCont);
}

bool IsOrphanedGroup(const Process& process) {
  Kernel& kernel = process.kernel;
  for (const Process* member : MembersOf(kernel, process.group)) {
    const Process* parent = kernel.FindProcess(member->parent);
    if (parent == nullptr) continue;
    if (parent->group != member->group && parent->session == member->session) return false;
  }
  return true;
}

void ReleaseOrphanedGroups(const Process& ended, const std::vector<Process*>& children) {
  std::vector<Pid> released;
  for (Process* child : children) {
    const bool watched = child->session == ended.session && child->group != ended.group;
    const bool done = std::count(released.begin(), released.end(), child->group) != 0;
    if (!watched || done || child->exit_status || !IsOrphanedGroup(*child)) continue;
    const std::vector<Process*> members = MembersOf(ended.kernel, child->group);
    const bool stopped = std::any_of(members.begin(), members.end(),
                                     [](const Process* member) { return member->is_stopped; });
    if (!stopped) continue;
    released.push_back(child->group);
    HangUpGroup(ended.kernel, child->group);
  }
}

}  // namespace elfin::kernel
