#include "syscalls/kernel/clone.h"

#include "syscalls/abi/clone.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process_files.h"

namespace elfin::kernel {

namespace {

constexpr unsigned kRax = 0, kRsp = 4;

bool Has(const CloneRequest& request, uint64_t flag) { return (request.flags & flag) != 0; }

/// copy_process's rules (kernel/fork.c). Errors: kInval, kPerm.
Status CheckFlags(const CloneRequest& request) {
  const uint64_t flags = request.flags;
  if ((flags & abi::kCloneNamespaces) != 0) return Errno::kPerm;
  if ((flags & (abi::kClonePidFd | abi::kCloneIntoCgroup)) != 0) return Errno::kInval;
  if (Has(request, abi::kCloneThread) && !Has(request, abi::kCloneSigHand)) return Errno::kInval;
  if (Has(request, abi::kCloneSigHand) && !Has(request, abi::kCloneVm)) return Errno::kInval;
  if (Has(request, abi::kCloneSigHand) && Has(request, abi::kCloneClearSigHand)) {
    return Errno::kInval;
  }
  // Dispositions, files and directories belong to a process here: its threads share them all, and
  // dispositions nobody else.
  if (Has(request, abi::kCloneSigHand) != Has(request, abi::kCloneThread)) return Errno::kInval;
  constexpr uint64_t kOfProcess = abi::kCloneFs | abi::kCloneFiles;
  if (Has(request, abi::kCloneThread) && (flags & kOfProcess) != kOfProcess) return Errno::kInval;
  if (request.exit_signal < 0 || request.exit_signal > abi::kSigMax) return Errno::kInval;
  return kOk;
}

/// RLIMIT_NPROC counts what a user has.
bool IsOverLimit(const Process& parent) {
  if (parent.credentials.privileged()) return false;
  uint64_t count = 0;
  for (const auto& [pid, process] : parent.kernel.processes()) {
    const bool same = process->credentials.real_uid == parent.credentials.real_uid;
    if (same && !process->is_zombie) count += process->threads.size();
  }
  return count >= parent.limits[Resource::kProcesses].current;
}

/// The child's memory: the parent's own, or a copy.
Result<std::shared_ptr<memory::AddressSpace>> MemoryFor(const Thread& parent, bool shared) {
  const Process& process = parent.process();
  if (shared) return process.memory;
  auto memory = TRY(process.kernel.host().CreateProcessMemory());
  return std::shared_ptr<memory::AddressSpace>(
      TRY(process.memory->Fork(std::move(memory), parent.ReadCpu().gpr[kRsp])));
}

/// What a child has of its parent beside memory, files and threads.
void Inherit(Process& child, const Process& parent, const CloneRequest& request) {
  child.parent = Has(request, abi::kCloneParent) ? parent.parent : parent.pid;
  child.exit_signal = Has(request, abi::kCloneParent) ? parent.exit_signal : request.exit_signal;
  child.group = parent.group;
  child.session = parent.session;
  child.credentials = parent.credentials;
  child.limits = parent.limits;
  child.actions = parent.actions;
  if (Has(request, abi::kCloneClearSigHand)) child.actions.ResetForExec();
  child.executable = parent.executable;
  child.execution = parent.execution;
  child.name = parent.name;
  child.arguments = parent.arguments;
  child.environment = parent.environment;
  child.auxiliary_vector = parent.auxiliary_vector;
  child.start_time_ns = child.kernel.Now(HostClock::kMonotonic);
  child.dumpable = parent.dumpable;
  child.personality = parent.personality;
  child.attributes = parent.attributes;
  child.attributes.parent_death_signal = 0;
  child.attributes.child_subreaper = false;
  child.files = Has(request, abi::kCloneFiles) ? parent.files : vfs::CopyFiles(*parent.files);
  child.fs = Has(request, abi::kCloneFs) ? parent.fs : vfs::CopyFsContext(*parent.fs);
}

/// The child goes on where the parent does, with 0 for a result.
void StartThread(Thread& child, const Thread& parent, const CloneRequest& request) {
  cpu::CpuState state = parent.ReadCpu();
  state.gpr[kRax] = 0;
  state.instructions = 0;
  if (request.stack_pointer != 0) state.gpr[kRsp] = request.stack_pointer;
  if (Has(request, abi::kCloneSetTls)) state.segment_base[0] = request.tls;
  child.WriteCpu(state);
  child.SetBlocked(parent.mask_to_restore.value_or(parent.blocked()));
  const bool apart = !Has(request, abi::kCloneVm) || Has(request, abi::kCloneVfork);
  if (apart) child.alternate_stack = parent.alternate_stack;
  if (Has(request, abi::kCloneChildClearTid)) child.clear_child_tid = request.child_tid;
  child.name = NameOf(parent);
  child.state = ThreadState::kRunnable;
}

Result<uint64_t> CloneThread(SyscallContext& context, const CloneRequest& request) {
  Thread* child = TRY(context.kernel.AddThread(context.process));
  StartThread(*child, context.thread, request);
  for (const auto& [flag, address] : {std::pair{abi::kCloneParentSetTid, request.parent_tid},
                                      std::pair{abi::kCloneChildSetTid, request.child_tid}}) {
    if (Has(request, flag)) (void)context.CopyOut(GuestPtr<int32_t>{{address}}, child->tid()).ok();
  }
  return static_cast<uint64_t>(child->tid());
}

Task<Result<uint64_t>> CloneProcess(SyscallContext& context, CloneRequest request) {
  Thread& thread = context.thread;
  Process& parent = context.process;
  CO_ASSIGN(auto memory, MemoryFor(thread, Has(request, abi::kCloneVm)));
  CO_ASSIGN(Process * child, context.kernel.AddProcess());
  const auto pid = static_cast<uint64_t>(child->pid);
  child->memory = std::move(memory);
  Inherit(*child, parent, request);
  StartThread(child->leader(), thread, request);
  const int32_t number = child->pid;
  // As on Linux, bad addresses for the number are nobody's business.
  if (Has(request, abi::kCloneParentSetTid)) {
    (void)context.CopyOut(GuestPtr<int32_t>{{request.parent_tid}}, number).ok();
  }
  if (Has(request, abi::kCloneChildSetTid)) {
    (void)child->memory->CopyOut(GuestPtr<int32_t>{{request.child_tid}}, number).ok();
  }
  if (!Has(request, abi::kCloneVfork)) co_return pid;
  const auto hold = std::make_shared<VforkHold>();
  child->vfork_hold = hold;
  while (!hold->released) {
    CO_TRY(co_await hold->queue.WaitUninterruptibly(context.kernel.scheduler()));
  }
  co_return pid;
}

}  // namespace

Task<Result<uint64_t>> Clone(SyscallContext& context, CloneRequest request) {
  TRY(CheckFlags(request));
  if (IsOverLimit(context.process)) return Errno::kAgain;
  if (Has(request, abi::kCloneThread)) return CloneThread(context, request);
  return CloneProcess(context, request);
}

}  // namespace elfin::kernel
