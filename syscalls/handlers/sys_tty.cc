// ioctl: terminals, and what all descriptors know.
#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/termios.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/vfs/terminal.h"

namespace elfin::kernel {
namespace {

Result<uint64_t> SetFlag(SyscallContext& context, vfs::File& file, GuestAddr argument,
                         uint32_t flag) {
  const int32_t on = TRY(context.CopyIn(GuestPtr<int32_t>{argument}));
  file.SetStatusFlags(on != 0 ? file.flags() | flag : file.flags() & ~flag);
  return uint64_t{0};
}

Result<uint64_t> CopyInt(SyscallContext& context, GuestAddr to, uint64_t value) {
  TRY(context.CopyOut(GuestPtr<int32_t>{to}, static_cast<int32_t>(value)));
  return uint64_t{0};
}

template <class T>
Result<uint64_t> CopyValue(SyscallContext& context, GuestAddr to, const T& value) {
  TRY(context.CopyOut(GuestPtr<T>{to}, value));
  return uint64_t{0};
}

Result<uint64_t> SetTermios(SyscallContext& context, vfs::Terminal& terminal, GuestAddr from) {
  terminal.SetSettings(TRY(context.CopyIn(GuestPtr<abi::Termios>{from})));
  return uint64_t{0};
}

/// Flow control and the like are the host terminal's own.
Result<uint64_t> TerminalIoctl(SyscallContext& context, vfs::Terminal& terminal, uint32_t request,
                               GuestAddr argument) {
  constexpr uint32_t kSpeed38400 = 38400;
  switch (request) {
    case abi::kTcGets:
      return CopyValue(context, argument, terminal.settings());
    case abi::kTcGets2:
      return CopyValue(context, argument,
                       abi::Termios2{terminal.settings(), kSpeed38400, kSpeed38400});
    case abi::kTcSets:
    case abi::kTcSetsW:
    case abi::kTcSetsF:
    case abi::kTcSets2:
    case abi::kTcSetsW2:
    case abi::kTcSetsF2:
      return SetTermios(context, terminal, argument);
    case abi::kTiocGWinSize:
      return CopyValue(context, argument, terminal.window_size());
    case abi::kTiocSWinSize:
      terminal.SetWindowSize(TRY(context.CopyIn(GuestPtr<abi::WindowSize>{argument})));
      return uint64_t{0};
    case abi::kTiocGPgrp:
      return CopyInt(context, argument, static_cast<uint64_t>(context.process.group));
    case abi::kTiocGSid:
      return CopyInt(context, argument, static_cast<uint64_t>(context.process.session));
    case abi::kTiocSPgrp: {
      const int32_t group = TRY(context.CopyIn(GuestPtr<int32_t>{argument}));
      if (group < 0) return Errno::kInval;
      return group == context.process.group ? Result<uint64_t>(uint64_t{0}) : Errno::kPerm;
    }
    case abi::kTiocOutQ:
      return CopyInt(context, argument, 0);
    case abi::kTcSendBreak:
    case abi::kTcXonC:
    case abi::kTcFlush:
    case abi::kTiocSctty:
      return uint64_t{0};
    default:
      return Errno::kNoTty;
  }
}

}  // namespace

/// ioctl(2). What neither all descriptors nor terminals know is ENOTTY.
SyscallResult SysIoctl(SyscallContext& context, Fd fd, uint32_t request, GuestAddr argument) {
  vfs::FdTable& files = FilesOf(context);
  const vfs::FilePtr file = TRY(files.Get(fd));
  switch (request) {
    case abi::kFioClEx:
      TRY(files.SetCloseOnExec(fd, vfs::OnExec::kClose));
      return uint64_t{0};
    case abi::kFioNClEx:
      TRY(files.SetCloseOnExec(fd, vfs::OnExec::kKeep));
      return uint64_t{0};
    case abi::kFioNBio:
      return SetFlag(context, *file, argument, abi::kONonBlock);
    case abi::kFioAsync:
      return Errno::kNoTty;
    case abi::kFioNRead:
      return CopyInt(context, argument, TRY(file->BytesReadable()));
    case abi::kFioQSize: {
      if (!file->has_inode_bytes()) return Errno::kNoTty;
      return CopyValue(context, argument, static_cast<int64_t>(TRY(file->attributes()).size));
    }
    case abi::kFigetBsz:
      if (file->inode()->type() != vfs::FileType::kRegular) return Errno::kNoTty;
      return CopyInt(context, argument, TRY(file->attributes()).block_size);
    case abi::kFiClone:
      return Errno::kOpNotSupp;
    default:
      break;
  }
  vfs::Terminal* terminal = file->terminal();
  if (terminal == nullptr) return Errno::kNoTty;
  return TerminalIoctl(context, *terminal, request, argument);
}

}  // namespace elfin::kernel
