#include "syscalls/kernel/exit.h"

#include "syscalls/abi/time.h"
#include "syscalls/kernel/job_control.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/signal_delivery.h"

namespace elfin::kernel {

namespace {

/// Who gets the children of an ended process: the nearest subreaper above it, or init.
Pid NewParentOf(Kernel& kernel, const Process& ended) {
  for (Process* above = kernel.FindProcess(ended.parent); above != nullptr;
       above = kernel.FindProcess(above->parent)) {
    if (above->attributes.child_subreaper) return above->pid;
  }
  return kInitPid;
}

/// Tells the parent of an end. True: it does not want to wait for its children.
bool TellParent(Process& child) {
  Process* parent = child.kernel.FindProcess(child.parent);
  if (parent == nullptr) return true;  // init reaps at once
  bool reaped = false;
  if (child.exit_signal == abi::kSigChld) {
    const abi::KernelSigaction& action = parent->actions.Get(abi::kSigChld);
    reaped = action.handler == abi::kSigIgn || (action.flags & abi::kSaNoCldWait) != 0;
  }
  if (child.exit_signal != 0) {
    abi::SigInfo info = ChildEndInfo(child);
    info.signo = child.exit_signal;
    SendToProcess(*parent, info);
  }
  parent->children_queue.WakeAll();
  return reaped;
}

void HandOn(Kernel& kernel, Process& ended) {
  const Pid heir = NewParentOf(kernel, ended);
  std::vector<Pid> unwanted;
  std::vector<Process*> children;
  for (const auto& [pid, child] : kernel.processes()) {
    if (child->parent != ended.pid) continue;
    child->parent = heir;
    children.push_back(child.get());
    const int signal = child->attributes.parent_death_signal;
    if (signal != 0 && !child->exit_status) {
      SendToProcess(*child, SenderInfo(signal, abi::kSiUser, ended));
    }
    if (!child->is_zombie) continue;
    child->exit_signal = abi::kSigChld;
    if (TellParent(*child) && !child->kept) unwanted.push_back(pid);
  }
  ReleaseOrphanedGroups(ended, children);
  for (const Pid pid : unwanted) kernel.Reap(pid);
}

}  // namespace

bool BecomeZombie(Process& process) {
  process.is_zombie = true;
  process.end->has_come = true;
  process.end->queue.WakeAll();
  HandOn(process.kernel, process);
  return TellParent(process) && !process.kept;
}

abi::SigInfo ChildInfo(const Process& child, int32_t code, int32_t status) {
  constexpr int64_t kNsPerTick = abi::kNanosecondsPerSecond / abi::kClockTicksPerSecond;
  abi::SigInfo info{};
  info.signo = abi::kSigChld;
  info.code = code;
  info.child.pid = child.pid;
  info.child.uid = child.credentials.real_uid;
  info.child.status = status;
  const CpuTime used = child.cpu_time();
  info.child.user_time = used.user / kNsPerTick;
  info.child.system_time = used.system / kNsPerTick;
  return info;
}

abi::SigInfo ChildEndInfo(const Process& child) {
  const ExitStatus& status = *child.exit_status;
  if (status.signal == 0) return ChildInfo(child, abi::kCldExited, status.code);
  return ChildInfo(child, status.core ? abi::kCldDumped : abi::kCldKilled, status.signal);
}

void ReleaseVfork(Process& process) {
  if (process.vfork_hold == nullptr) return;
  process.vfork_hold->released = true;
  process.vfork_hold->queue.WakeAll();
  process.vfork_hold = nullptr;
}

}  // namespace elfin::kernel
