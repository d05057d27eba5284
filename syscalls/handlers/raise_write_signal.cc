#include "syscalls/handlers/raise_write_signal.h"

#include "syscalls/abi/signal.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/signal_delivery.h"
#include "syscalls/kernel/thread.h"

namespace elfin::kernel {

void RaiseWriteSignal(SyscallContext& context, Errno error) {
  int signal = 0;
  if (error == Errno::kPipe) signal = abi::kSigPipe;
  const bool limited = context.process.limits[Resource::kFileSize].current != kUnlimited;
  if (error == Errno::kFBig && limited) signal = abi::kSigXFsz;
  if (signal == 0) return;
  SendToThread(context.thread, SenderInfo(signal, abi::kSiUser, context.process));
}

}  // namespace elfin::kernel
