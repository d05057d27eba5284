#include "syscalls/handlers/raise_sigpipe.h"

#include "syscalls/abi/signal.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/kernel/thread.h"

namespace elfin::kernel {

void RaiseSigpipe(SyscallContext& context) {
  SendToThread(context.thread, SenderInfo(abi::kSigPipe, abi::kSiUser, context.process));
}

}  // namespace elfin::kernel
