// Making sockets, naming and connecting them.
#include "syscalls/abi/fcntl.h"
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/socket_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/net/make_socket.h"
#include "syscalls/net/unix_datagram.h"
#include "syscalls/net/unix_stream.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr uint32_t kFileFlags = abi::kSockCloExec | abi::kSockNonBlock;

/// socket(2)'s second argument, taken apart. Errors: kInval.
struct TypeArgument {
  int32_t type;
  uint32_t flags;
};
Result<TypeArgument> ParseType(int32_t argument) {
  const auto flags = static_cast<uint32_t>(argument & ~abi::kSockTypeMask);
  if ((flags & ~kFileFlags) != 0) return Errno::kInval;
  return TypeArgument{argument & abi::kSockTypeMask, flags};
}

SyscallResult AcceptOn(SyscallContext& context, Fd fd, GuestAddr address, GuestAddr size,
                       uint32_t flags) {
  if ((flags & ~kFileFlags) != 0) co_return Errno::kInval;
  CO_ASSIGN(const net::SocketPtr listener, SocketAt(context, fd));
  CO_TRY(FilesOf(context).CheckRoom());  // before a connection is taken that would be lost
  CO_ASSIGN(const net::SocketPtr accepted,
            co_await listener->Accept(OptionsFor(context, *listener)));
  if ((flags & abi::kSockNonBlock) != 0) accepted->SetStatusFlags(abi::kONonBlock);
  // A peer that has gone already has no name; the connection is given out all the same.
  const Result<net::Address> peer = accepted->PeerName();
  if (peer.ok()) CO_TRY(CopyOutAddress(context, peer.value(), address, size));
  co_return AddFile(context, accepted, flags);
}

}  // namespace

/// socket(2).
SyscallResult SysSocket(SyscallContext& context, int32_t family, int32_t type, int32_t protocol) {
  const TypeArgument wanted = TRY(ParseType(type));
  const net::SocketPtr socket = TRY(net::MakeSocket(context.kernel.network(), CallerOf(context),
                                                    {family, wanted.type, protocol}, wanted.flags));
  return AddFile(context, socket, wanted.flags);
}

/// socketpair(2).
SyscallResult SysSocketpair(SyscallContext& context, int32_t family, int32_t type, int32_t protocol,
                            GuestPtr<int32_t> to) {
  const TypeArgument wanted = TRY(ParseType(type));
  const net::SocketPair pair = TRY(net::MakeSocketPair(
      context.kernel.network(), CallerOf(context), {family, wanted.type, protocol}, wanted.flags));
  const auto first = static_cast<int32_t>(TRY(AddFile(context, pair.first, wanted.flags)));
  const Result<uint64_t> second = AddFile(context, pair.second, wanted.flags);
  const int32_t fds[2] = {first, second.ok() ? static_cast<int32_t>(second.value()) : -1};
  const Status copied =
      second.ok() ? context.CopyOut(to.address, fds, sizeof(fds)) : Status(second.error());
  if (copied.ok()) return uint64_t{0};
  (void)FilesOf(context).Close(Fd{first});
  if (second.ok()) (void)FilesOf(context).Close(Fd{fds[1]});
  return copied.error();
}

/// bind(2).
SyscallResult SysBind(SyscallContext& context, Fd fd, GuestAddr address, int32_t size) {
  CO_ASSIGN(const net::SocketPtr socket, SocketAt(context, fd));
  CO_ASSIGN(net::Address name, CopyInAddress(context, address, static_cast<uint32_t>(size)));
  const vfs::Caller caller = CallerOf(context);
  CO_TRY(co_await socket->Bind(caller, std::move(name)));
  co_return uint64_t{0};
}

/// listen(2).
SyscallResult SysListen(SyscallContext& context, Fd fd, int32_t backlog) {
  const net::SocketPtr socket = TRY(SocketAt(context, fd));
  TRY(socket->Listen(CallerOf(context), backlog));
  return uint64_t{0};
}

/// accept(2).
SyscallResult SysAccept(SyscallContext& context, Fd fd, GuestAddr address, GuestAddr size) {
  return AcceptOn(context, fd, address, size, 0);
}

/// accept4: accept(2) with flags.
SyscallResult SysAccept4(SyscallContext& context, Fd fd, GuestAddr address, GuestAddr size,
                         uint32_t flags) {
  return AcceptOn(context, fd, address, size, flags);
}

/// connect(2).
SyscallResult SysConnect(SyscallContext& context, Fd fd, GuestAddr address, int32_t size) {
  CO_ASSIGN(const net::SocketPtr socket, SocketAt(context, fd));
  CO_ASSIGN(net::Address name, CopyInAddress(context, address, size));
  const vfs::Caller caller = CallerOf(context);
  CO_TRY(co_await socket->Connect(caller, std::move(name), OptionsFor(context, *socket)));
  co_return uint64_t{0};
}

/// shutdown(2).
SyscallResult SysShutdown(SyscallContext& context, Fd fd, int32_t how) {
  const net::SocketPtr socket = TRY(SocketAt(context, fd));
  if (how < abi::kShutRead || how > abi::kShutBoth) return Errno::kInval;
  TRY(socket->Shutdown(how));
  return uint64_t{0};
}

/// getsockname(2).
SyscallResult SysGetsockname(SyscallContext& context, Fd fd, GuestAddr to, GuestAddr size) {
  const net::SocketPtr socket = TRY(SocketAt(context, fd));
  if (to.is_null()) return Errno::kFault;
  TRY(CopyOutAddress(context, socket->LocalName(), to, size));
  return uint64_t{0};
}

/// getpeername(2).
SyscallResult SysGetpeername(SyscallContext& context, Fd fd, GuestAddr to, GuestAddr size) {
  const net::SocketPtr socket = TRY(SocketAt(context, fd));
  const net::Address peer = TRY(socket->PeerName());
  if (to.is_null()) return Errno::kFault;
  TRY(CopyOutAddress(context, peer, to, size));
  return uint64_t{0};
}

/// setsockopt(2).
SyscallResult SysSetsockopt(SyscallContext& context, Fd fd, int32_t level, int32_t name,
                            GuestAddr value, int32_t size) {
  constexpr int32_t kMost = 256;
  if (size < 0) return Errno::kInval;
  const net::SocketPtr socket = TRY(SocketAt(context, fd));
  std::string bytes(static_cast<size_t>(std::min(size, kMost)), '\0');
  TRY(context.CopyIn(value, bytes.data(), bytes.size()));
  TRY(socket->SetOption(level, name, bytes));
  return uint64_t{0};
}

/// getsockopt(2).
SyscallResult SysGetsockopt(SyscallContext& context, Fd fd, int32_t level, int32_t name,
                            GuestAddr to, GuestAddr size_at) {
  const net::SocketPtr socket = TRY(SocketAt(context, fd));
  const GuestPtr<int32_t> size_pointer{size_at};
  const int32_t room = TRY(context.CopyIn(size_pointer));
  if (room < 0) return Errno::kInval;
  const std::string value = TRY(socket->GetOption(level, name));
  const auto size = std::min<size_t>(value.size(), static_cast<size_t>(room));
  TRY(context.CopyOut(to, value.data(), size));
  TRY(context.CopyOut(size_pointer, static_cast<int32_t>(size)));
  return uint64_t{0};
}

}  // namespace elfin::kernel
