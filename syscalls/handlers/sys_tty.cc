// ioctl: terminals (ioctl_tty(2)), and what all descriptors know.
#include <optional>

#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/socket.h"
#include "syscalls/abi/termios.h"
#include "syscalls/fs/devpts.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/interface_ioctl.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/process_groups.h"
#include "syscalls/net/socket.h"
#include "syscalls/syscall_handlers.h"
#include "syscalls/tty/terminals.h"

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

/// What TCSETS… do besides setting: wait until all is shown, forget what was typed.
struct SettingsRequest {
  bool with_speeds;
  bool drains;
  bool forgets;
};
std::optional<SettingsRequest> AsSettingsRequest(uint32_t request) {
  switch (request) {
    case abi::kTcSets:
      return SettingsRequest{false, false, false};
    case abi::kTcSetsW:
      return SettingsRequest{false, true, false};
    case abi::kTcSetsF:
      return SettingsRequest{false, true, true};
    case abi::kTcSets2:
      return SettingsRequest{true, false, false};
    case abi::kTcSetsW2:
      return SettingsRequest{true, true, false};
    case abi::kTcSetsF2:
      return SettingsRequest{true, true, true};
    default:
      return std::nullopt;
  }
}

/// tcsetattr(3). The speeds are kept in c_cflag alone.
SyscallResult SetTermios(SyscallContext& context, tty::Tty& tty, SettingsRequest request,
                         GuestAddr from) {
  CO_ASSIGN(const abi::Termios settings, context.CopyIn(GuestPtr<abi::Termios>{from}));
  CO_TRY(tty.CheckForeground(context.thread, abi::kSigTtou));
  if (request.drains) CO_TRY(co_await tty.Drain(context.thread));
  if (request.forgets) tty.ForgetInput();
  tty.SetSettings(settings);
  co_return uint64_t{0};
}

/// TIOCSCTTY: only a session's leader without a terminal; with argument 1 root takes it away from
/// another session.
Result<uint64_t> TakeTerminal(SyscallContext& context, tty::Tty& tty, uint64_t steal) {
  Process& process = context.process;
  const bool leads = process.session == process.pid;
  if (leads && tty.session() == process.session) return uint64_t{0};
  if (!leads || context.kernel.terminals().ControllingOf(process) != nullptr) return Errno::kPerm;
  if (tty.session() != 0) {
    if (steal != 1 || !process.credentials.privileged()) return Errno::kPerm;
    tty.Disconnect();
  }
  tty.BecomeControllingFor(process);
  return uint64_t{0};
}

/// TIOCNOTTY.
Result<uint64_t> GiveTerminalUp(SyscallContext& context, tty::Tty& tty) {
  if (!tty.Controls(context.process)) return Errno::kNoTty;
  // Of a process that doesn't lead its session only the process would lose it.
  if (context.process.session == context.process.pid) tty.Disconnect();
  return uint64_t{0};
}

/// tcsetpgrp(3).
Result<uint64_t> SetForeground(SyscallContext& context, tty::Tty& tty, GuestAddr argument) {
  if (!tty.Controls(context.process)) return Errno::kNoTty;
  TRY(tty.CheckForeground(context.thread, abi::kSigTtou));
  const int32_t group = TRY(context.CopyIn(GuestPtr<int32_t>{argument}));
  if (group < 0) return Errno::kInval;
  if (!IsGroupOfSession(context.kernel, group, context.process.session)) {
    return context.kernel.FindProcess(group) == nullptr ? Errno::kSrch : Errno::kPerm;
  }
  tty.set_foreground(group);
  return uint64_t{0};
}

/// tcflow(3).
Result<uint64_t> SetFlow(tty::Tty& tty, uint64_t action) {
  switch (action) {
    case abi::kTcOOff:
    case abi::kTcOOn:
      tty.StopOutput(action == abi::kTcOOff);
      return uint64_t{0};
    case abi::kTcIOff:
    case abi::kTcIOn:
      tty.SendControl(action == abi::kTcIOff ? abi::kVStop : abi::kVStart);
      return uint64_t{0};
    default:
      return Errno::kInval;
  }
}

/// tcflush(3).
Result<uint64_t> Forget(tty::Tty& tty, uint64_t which) {
  if (which > abi::kTcIOFlush) return Errno::kInval;
  if (which != abi::kTcOFlush) tty.ForgetInput();
  if (which != abi::kTcIFlush) tty.ForgetOutput();
  return uint64_t{0};
}

SyscallResult DrainTerminal(SyscallContext& context, tty::Tty& tty) {
  CO_TRY(tty.CheckForeground(context.thread, abi::kSigTtou));
  CO_TRY(co_await tty.Drain(context.thread));
  co_return uint64_t{0};
}

/// What only a pseudoterminal's master knows.
Result<uint64_t> MasterIoctl(SyscallContext& context, tty::Tty& tty, uint32_t request,
                             GuestAddr argument) {
  tty::TerminalNode* node = context.kernel.terminals().Find(tty.number());
  switch (request) {
    case abi::kTiocGPtN:
      return CopyInt(context, argument, tty.number());
    case abi::kTiocSPtLck:
      node->locked = TRY(context.CopyIn(GuestPtr<int32_t>{argument})) != 0;
      return uint64_t{0};
    case abi::kTiocGPtLck:
      return CopyInt(context, argument, node->locked);
    case abi::kTiocGPtPeer: {
      const auto flags = static_cast<uint32_t>(argument.value);
      const vfs::Path path = TRY(fs::TerminalPath(context.kernel, tty.number()));
      vfs::FilePtr peer = TRY(fs::OpenTerminal(CallerOf(context), node, path, flags));
      const auto on_exec = (flags & abi::kOCloExec) != 0 ? vfs::OnExec::kClose : vfs::OnExec::kKeep;
      return static_cast<uint64_t>(TRY(FilesOf(context).Add(std::move(peer), on_exec)).value);
    }
    default:
      return Errno::kNoTty;  // packet mode (TIOCPKT) among them
  }
}

SyscallResult TerminalIoctl(SyscallContext& context, vfs::File& file, uint32_t request,
                            GuestAddr argument) {
  tty::Tty& tty = *file.terminal();
  if (tty.hung_up()) return Errno::kIo;
  constexpr uint32_t kSpeed38400 = 38400;
  if (const auto settings = AsSettingsRequest(request)) {
    return SetTermios(context, tty, *settings, argument);
  }
  const bool is_master = file.is_terminal_master();
  switch (request) {
    case abi::kTcGets:
      return CopyValue(context, argument, tty.settings());
    case abi::kTcGets2:
      return CopyValue(context, argument, abi::Termios2{tty.settings(), kSpeed38400, kSpeed38400});
    case abi::kTiocGWinSize:
      return CopyValue(context, argument, tty.window_size());
    case abi::kTiocSWinSize:
      tty.SetWindowSize(TRY(context.CopyIn(GuestPtr<abi::WindowSize>{argument})));
      return uint64_t{0};
    case abi::kTiocGPgrp:
      if (!is_master && !tty.Controls(context.process)) return Errno::kNoTty;
      return CopyInt(context, argument, static_cast<uint64_t>(tty.foreground()));
    case abi::kTiocGSid:
      if (is_master ? tty.session() == 0 : !tty.Controls(context.process)) return Errno::kNoTty;
      return CopyInt(context, argument, static_cast<uint64_t>(tty.session()));
    case abi::kTiocSPgrp:
      return SetForeground(context, tty, argument);
    case abi::kTiocSctty:
      if (is_master) return Errno::kInval;
      return TakeTerminal(context, tty, argument.value);
    case abi::kTiocNoTty:
      return GiveTerminalUp(context, tty);
    case abi::kTiocOutQ:
      return CopyInt(context, argument, is_master ? tty.readable_bytes() : tty.unsent_bytes());
    case abi::kTcXonC:
      TRY(tty.CheckForeground(context.thread, abi::kSigTtou));
      return SetFlow(tty, argument.value);
    case abi::kTcFlush:
      TRY(tty.CheckForeground(context.thread, abi::kSigTtou));
      return Forget(tty, argument.value);
    case abi::kTcSendBreak:  // there is no line that could be broken: tcdrain's is argument 1
    case abi::kTcSendBreakPosix:
      return DrainTerminal(context, tty);
    case abi::kTiocGetD:
      return CopyInt(context, argument, 0);  // N_TTY
    case abi::kTiocSetD: {
      const int32_t discipline = TRY(context.CopyIn(GuestPtr<int32_t>{argument}));
      return discipline == 0 ? Result<uint64_t>(uint64_t{0}) : Errno::kInval;
    }
    case abi::kTiocGDev:
      return CopyInt(context, argument, TRY(file.attributes()).rdev);
    case abi::kTiocSti:  // as with dev.tty.legacy_tiocsti off
      return Errno::kIo;
    default:
      return is_master ? MasterIoctl(context, tty, request, argument) : Errno::kNoTty;
  }
}

/// SIOCOUTQ (TIOCOUTQ's number) and SIOCATMARK: there are no urgent data, so no marks.
SyscallResult SocketIoctl(SyscallContext& context, const net::Socket& socket, uint32_t request,
                          GuestAddr argument) {
  switch (request) {
    case abi::kTiocOutQ:
      if (socket.is_listening()) return Errno::kInval;
      return CopyInt(context, argument, socket.unread_by_peer());
    case abi::kSiocAtMark:
      return CopyInt(context, argument, 0);
    default:
      return InterfaceIoctl(context, socket, request, argument);
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
  if (file->socket() != nullptr) return SocketIoctl(context, *file->socket(), request, argument);
  if (file->terminal() == nullptr) return Errno::kNoTty;
  return TerminalIoctl(context, *file, request, argument);
}

}  // namespace elfin::kernel
