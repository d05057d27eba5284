// Sending and receiving by sockets.
#include "syscalls/handlers/file_arguments.h"
#include "syscalls/handlers/guest_data.h"
#include "syscalls/handlers/raise_write_signal.h"
#include "syscalls/handlers/socket_arguments.h"
#include "syscalls/handlers/wait_arguments.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {
namespace {

constexpr uint32_t kMostMessages = 1024;  // UIO_MAXIOV

SyscallResult SendOn(SyscallContext& context, net::SocketPtr socket, GuestPieces pieces,
                     uint32_t flags, net::Address to, net::Ancillary ancillary) {
  if ((flags & abi::kMsgOob) != 0) co_return Errno::kOpNotSupp;
  const vfs::Caller caller = CallerOf(context);
  GuestSource source(context, std::move(pieces));
  net::Outgoing message{source, flags, std::move(to), &caller, std::move(ancillary)};
  const Result<size_t> sent =
      co_await socket->Send(message, SocketOptionsFor(context, *socket, flags));
  if (sent.ok()) co_return uint64_t{sent.value()};
  const bool signals = (flags & abi::kMsgNoSignal) == 0 && socket->raises_sigpipe();
  if (signals) RaiseWriteSignal(context, sent.error());
  co_return sent.error();
}

Result<abi::MessageHeader> CopyInHeader(SyscallContext& context, GuestAddr at) {
  auto header = TRY(context.CopyIn(GuestPtr<abi::MessageHeader>{at}));
  if (header.iovec_count > kMostMessages) return Errno::kMsgSize;
  if (static_cast<int32_t>(header.name_size) < 0) return Errno::kInval;
  header.name_size = std::min<uint32_t>(header.name_size, abi::kSockAddrMax);
  return header;
}

Result<GuestPieces> PiecesOf(SyscallContext& context, const abi::MessageHeader& header) {
  return GuestPieces::FromIovecs(context, GuestPtr<abi::IoVec>{GuestAddr{header.iovecs}},
                                 static_cast<int32_t>(header.iovec_count));
}

SyscallResult SendMessage(SyscallContext& context, net::SocketPtr socket, GuestAddr at,
                          uint32_t flags) {
  const abi::MessageHeader header = TRY(CopyInHeader(context, at));
  net::Address to;
  if (header.name_size > 0) {
    to = TRY(CopyInAddress(context, GuestAddr{header.name}, header.name_size));
  }
  GuestPieces pieces = TRY(PiecesOf(context, header));
  net::Ancillary ancillary =
      TRY(CopyInControl(context, GuestAddr{header.control}, header.control_size));
  return SendOn(context, std::move(socket), std::move(pieces), flags, std::move(to),
                std::move(ancillary));
}

SyscallResult ReceiveMessage(SyscallContext& context, net::SocketPtr socket, GuestAddr at,
                             uint32_t flags) {
  CO_ASSIGN(abi::MessageHeader header, CopyInHeader(context, at));
  CO_ASSIGN(GuestPieces pieces, PiecesOf(context, header));
  GuestSink sink(context, std::move(pieces));
  net::Incoming message{sink, flags};
  CO_ASSIGN(const size_t size,
            co_await socket->Receive(message, SocketOptionsFor(context, *socket, flags)));
  CO_ASSIGN(const uint64_t control,
            CopyOutControl(context, *socket, message, GuestAddr{header.control},
                           header.control == 0 ? 0 : header.control_size));
  const GuestAddr name{header.name};
  if (!name.is_null()) {
    const size_t room = std::min<size_t>(message.from.size(), header.name_size);
    CO_TRY(context.CopyOut(name, message.from.data(), room));
  }
  header.name_size = static_cast<uint32_t>(message.from.size());
  header.control_size = control;
  header.flags = message.out_flags | (flags & abi::kMsgCloExec);
  if (name.is_null()) {
    // The size of a name that nobody wants isn't told either.
    CO_TRY(context.CopyOut(at + offsetof(abi::MessageHeader, control_size), &header.control_size,
                           sizeof(header) - offsetof(abi::MessageHeader, control_size)));
    co_return uint64_t{size};
  }
  CO_TRY(context.CopyOut(GuestPtr<abi::MessageHeader>{at}, header));
  co_return uint64_t{size};
}

GuestAddr MessageAt(GuestAddr messages, uint32_t index) {
  return messages + uint64_t{index} * sizeof(abi::ManyMessageHeader);
}

Status StoreSize(SyscallContext& context, GuestAddr message, uint64_t size) {
  return context.CopyOut(GuestPtr<uint32_t>{message + offsetof(abi::ManyMessageHeader, size)},
                         static_cast<uint32_t>(size));
}

}  // namespace

/// sendto(2), and send.
SyscallResult SysSendto(SyscallContext& context, Fd fd, GuestPtr<uint8_t> buffer, uint64_t size,
                        uint32_t flags, GuestAddr to, uint32_t to_size) {
  net::SocketPtr socket = TRY(SocketAt(context, fd));
  net::Address address = TRY(CopyInAddress(context, to, to_size));
  return SendOn(context, std::move(socket), GuestPieces(buffer.address, size), flags,
                std::move(address), {});
}

/// recvfrom(2), and recv.
SyscallResult SysRecvfrom(SyscallContext& context, Fd fd, GuestPtr<uint8_t> buffer, uint64_t size,
                          uint32_t flags, GuestAddr from, GuestAddr from_size) {
  CO_ASSIGN(const net::SocketPtr socket, SocketAt(context, fd));
  if ((flags & abi::kMsgOob) != 0) co_return Errno::kInval;
  if ((flags & abi::kMsgErrorQueue) != 0) co_return Errno::kAgain;
  GuestSink sink(context, GuestPieces(buffer.address, size));
  net::Incoming message{sink, flags};
  CO_ASSIGN(const size_t received,
            co_await socket->Receive(message, SocketOptionsFor(context, *socket, flags)));
  CO_TRY(CopyOutAddress(context, message.from, from, from_size));
  co_return uint64_t{received};
}

/// sendmsg(2).
SyscallResult SysSendmsg(SyscallContext& context, Fd fd, GuestAddr message, uint32_t flags) {
  return SendMessage(context, TRY(SocketAt(context, fd)), message, flags);
}

/// recvmsg(2). There is never anything in an error queue.
SyscallResult SysRecvmsg(SyscallContext& context, Fd fd, GuestAddr message, uint32_t flags) {
  net::SocketPtr socket = TRY(SocketAt(context, fd));
  if ((flags & abi::kMsgOob) != 0) return Errno::kInval;
  if ((flags & abi::kMsgErrorQueue) != 0) return Errno::kAgain;
  return ReceiveMessage(context, std::move(socket), message, flags);
}

/// sendmmsg(2).
SyscallResult SysSendmmsg(SyscallContext& context, Fd fd, GuestAddr messages, uint32_t count,
                          uint32_t flags) {
  CO_ASSIGN(const net::SocketPtr socket, SocketAt(context, fd));
  count = std::min(count, kMostMessages);
  for (uint32_t i = 0; i < count; ++i) {
    const GuestAddr at = MessageAt(messages, i);
    const Result<uint64_t> sent = co_await SendMessage(context, socket, at, flags);
    if (!sent.ok()) co_return i > 0 ? Result<uint64_t>(uint64_t{i}) : sent;
    CO_TRY(StoreSize(context, at, sent.value()));
  }
  co_return uint64_t{count};
}

/// recvmmsg(2). The timeout is looked at after each message, as the manual's bugs say.
SyscallResult SysRecvmmsg(SyscallContext& context, Fd fd, GuestAddr messages, uint32_t count,
                          uint32_t flags, GuestAddr timeout) {
  CO_ASSIGN(const Deadline deadline, DeadlineFromTimespec(context, timeout));
  CO_ASSIGN(const net::SocketPtr socket, SocketAt(context, fd));
  count = std::min(count, kMostMessages);
  uint32_t done = 0;
  uint32_t each_flags = flags & ~abi::kMsgWaitForOne;
  while (done < count) {
    const GuestAddr at = MessageAt(messages, done);
    const Result<uint64_t> got = co_await ReceiveMessage(context, socket, at, each_flags);
    if (!got.ok()) {
      if (done == 0) co_return got;
      break;
    }
    CO_TRY(StoreSize(context, at, got.value()));
    ++done;
    if ((flags & abi::kMsgWaitForOne) != 0) each_flags |= abi::kMsgDontWait;
    if (deadline.has_value() && *deadline <= context.kernel.scheduler().Now()) break;
  }
  co_return uint64_t{done};
}

}  // namespace elfin::kernel
