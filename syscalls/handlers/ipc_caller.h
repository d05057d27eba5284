// The caller of a System V call.
#pragma once

#include "syscalls/ipc/ipc_object.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

/// Valid during the call.
inline ipc::IpcCaller IpcCallerOf(const SyscallContext& ctx) {
  constexpr int64_t kSecond = 1'000'000'000;
  return {ctx.process.credentials, ctx.process.pid, ctx.kernel.Now(HostClock::kRealtime) / kSecond};
}

}  // namespace elfin::kernel
