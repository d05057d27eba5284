// SIGPIPE, for every call that writes.
#pragma once

#include "syscalls/kernel/syscall_context.h"

namespace elfin::kernel {

/// What goes with EPIPE: the signal, sent to the thread that wrote.
void RaiseSigpipe(SyscallContext& context);

}  // namespace elfin::kernel
