// SIGPIPE and SIGXFSZ, for every call that writes.
#pragma once

#include "runtime/base/errno.h"
#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

/// What goes with EPIPE, and with EFBIG beyond RLIMIT_FSIZE: the signal, sent to the thread that
/// wrote. Other errors have none.
void RaiseWriteSignal(SyscallContext& context, Errno error);

}  // namespace elfin::kernel
