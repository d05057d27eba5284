// New processes: fork, vfork, clone, clone3.
#include <algorithm>

#include "syscalls/abi/clone.h"
#include "syscalls/kernel/clone.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process_files.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

/// fork(2).
SyscallResult SysFork(SyscallContext& ctx) {
  CloneRequest request;
  request.exit_signal = abi::kSigChld;
  return Clone(ctx, request);
}

/// vfork(2).
SyscallResult SysVfork(SyscallContext& ctx) {
  CloneRequest request;
  request.flags = abi::kCloneVm | abi::kCloneVfork;
  request.exit_signal = abi::kSigChld;
  return Clone(ctx, request);
}

/// clone(2): no namespaces.
SyscallResult SysClone(SyscallContext& ctx, uint64_t flags, GuestAddr stack, GuestAddr parent_tid,
                       GuestAddr child_tid, GuestAddr tls) {
  CloneRequest request;
  request.flags = flags & UINT32_MAX & ~(abi::kCloneSignalMask | abi::kCloneDetached);
  request.exit_signal = static_cast<int>(flags & abi::kCloneSignalMask);
  request.stack_pointer = stack.value;
  request.parent_tid = parent_tid.value;
  request.child_tid = child_tid.value;
  request.tls = tls.value;
  return Clone(ctx, request);
}

/// clone3(2): no namespaces, no choice of numbers.
SyscallResult SysClone3(SyscallContext& ctx, GuestAddr address, uint64_t size) {
  if (size > kPageSize) return Errno::k2Big;
  if (size < abi::kCloneArgumentsFirstSize) return Errno::kInval;
  abi::CloneArguments arguments{};
  TRY(ctx.CopyIn(address, &arguments, std::min<uint64_t>(size, sizeof(arguments))));
  for (uint64_t at = sizeof(arguments); at < size; ++at) {
    if (TRY(ctx.CopyIn(GuestPtr<uint8_t>{{address.value + at}})) != 0) return Errno::k2Big;
  }
  if (arguments.set_tid_size != 0 || arguments.set_tid != 0) return Errno::kInval;
  if ((arguments.flags & (abi::kCloneSignalMask | abi::kCloneDetached)) != 0) return Errno::kInval;
  if (arguments.exit_signal > abi::kSigMax) return Errno::kInval;
  if ((arguments.stack == 0) != (arguments.stack_size == 0)) return Errno::kInval;
  CloneRequest request;
  request.flags = arguments.flags;
  request.exit_signal = static_cast<int>(arguments.exit_signal);
  request.stack_pointer = arguments.stack + arguments.stack_size;
  request.parent_tid = arguments.parent_tid;
  request.child_tid = arguments.child_tid;
  request.tls = arguments.tls;
  return Clone(ctx, request);
}

/// unshare(2): descriptors and directories of a process with one thread; namespaces are EPERM.
SyscallResult SysUnshare(SyscallContext& ctx, uint64_t flags) {
  constexpr uint64_t kOfProcess = abi::kCloneVm | abi::kCloneSigHand | abi::kCloneThread;
  constexpr uint64_t kKnown =
      abi::kCloneFs | abi::kCloneFiles | abi::kCloneSysVSem | kOfProcess | abi::kCloneNamespaces;
  if ((flags & ~kKnown) != 0) return Errno::kInval;
  if ((flags & abi::kCloneNamespaces) != 0) return Errno::kPerm;
  Process& process = ctx.process;
  const auto is_alive = [](const auto& thread) { return thread->state != ThreadState::kDead; };
  const auto alive = std::count_if(process.threads.begin(), process.threads.end(), is_alive);
  const bool parts_process = (flags & (kOfProcess | abi::kCloneFs | abi::kCloneFiles)) != 0;
  if (parts_process && alive > 1) return Errno::kInval;
  if ((flags & abi::kCloneVm) != 0 && process.memory.use_count() > 1) return Errno::kInval;
  const bool shares_files = process.files.use_count() > 1;
  if ((flags & abi::kCloneFiles) != 0 && shares_files)
    process.files = vfs::CopyFiles(*process.files);
  if ((flags & abi::kCloneFs) != 0) process.fs = vfs::CopyFsContext(*process.fs);
  return uint64_t{0};
}

}  // namespace elfin::kernel
