// clone(2) and its relatives: a new process, from the thread that asks.
//
//   fork             a copy of the memory                       both go on
//   vfork, spawn     the parent's own memory (CLONE_VM)         the parent waits (CLONE_VFORK)
//   until
//                                                               the child has executed or ended
//   pthread_create   the process's memory (CLONE_THREAD)        both go on, as threads of one
//   process
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// clone3's arguments (abi/clone.h), which all forms have.
struct CloneRequest {
  uint64_t flags = 0;  // CLONE_*, without a signal
  int exit_signal = 0;
  uint64_t stack_pointer = 0;  // 0: the parent's
  uint64_t tls = 0;
  uint64_t parent_tid = 0;  // addresses for the child's number
  uint64_t child_tid = 0;
};

/// The child's number, as the parent gets it. Errors: kInval, kPerm (namespaces), kAgain (limits,
/// no further memory), kNoMem, kFault.
Task<Result<uint64_t>> Clone(SyscallContext& context, CloneRequest request);

}  // namespace elfin::kernel
