#include "syscalls/net/socket.h"

#include <algorithm>
#include <cstring>

#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/time.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/scheduler.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/net/network.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::net {

abi::UserCredentials CredentialsOf(const vfs::Caller& caller) {
  if (caller.process == nullptr) return {0, caller.credentials.uid, caller.credentials.gid};
  const kernel::Credentials& who = caller.process->credentials;
  return {caller.process->pid, who.effective_uid, who.effective_gid};
}

std::optional<abi::UserCredentials> SenderOf(const vfs::IoOptions& options) {
  if (options.waiter == nullptr) return std::nullopt;
  const kernel::Process& process = options.waiter->process();
  return abi::UserCredentials{process.pid, process.credentials.real_uid,
                              process.credentials.real_gid};
}

Socket::Socket(Network& network, vfs::Path path, SocketKind kind, uint32_t flags)
    : File(std::move(path), abi::kORdWr | (flags & abi::kONonBlock)),
      network_(network),
      kind_(kind) {}

Task<Result<size_t>> Socket::Read(vfs::DataSink& sink, vfs::IoOptions options) {
  if (sink.remaining() == 0) co_return size_t{0};
  Incoming message{sink};
  co_return co_await Receive(message, options);
}

Task<Result<size_t>> Socket::Write(vfs::DataSource& source, vfs::IoOptions options) {
  Outgoing message{source};
  co_return co_await Send(message, options);
}

Task<Status> Socket::WaitOn(kernel::WaitQueue& queue, vfs::IoOptions options, Deadline deadline) {
  if (options.nonblocking || options.waiter == nullptr) co_return Errno::kAgain;
  if (!deadline.has_value()) co_return co_await queue.Wait(*options.waiter);
  const Status waited = co_await queue.WaitUntil(*options.waiter, *deadline);
  if (waited.ok()) co_return kOk;
  if (waited.error() == Errno::kTimedOut) co_return Errno::kAgain;
  // With a timeout of its own, a call isn't restarted (socket(7)).
  co_return waited.error() == Errno::kRestartSys ? Errno::kIntr : waited.error();
}

Deadline Socket::DeadlineOf(int64_t timeout_ns) const {
  if (timeout_ns == 0) return std::nullopt;
  const int64_t now = network_.scheduler().Now();
  return timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
}

void Socket::CopyOptionsFrom(const Socket& other) {
  options_ = other.options_;
  receive_timeout_ns_ = other.receive_timeout_ns_;
  send_timeout_ns_ = other.send_timeout_ns_;
  linger_ = other.linger_;
}

namespace {

std::string TimevalBytes(int64_t ns) {
  return BytesOf(
      abi::Timeval{ns / abi::kNanosecondsPerSecond, ns % abi::kNanosecondsPerSecond / 1000});
}

}  // namespace

Result<std::string> Socket::GetOption(int32_t level, int32_t name) {
  if (level != abi::kSolSocket && kind_.family == abi::kAfUnix) return Errno::kOpNotSupp;
  if (level == abi::kSolSocket) {
    switch (name) {
      case abi::kSoType:
        return BytesOf(kind_.type);
      case abi::kSoDomain:
        return BytesOf(kind_.family);
      case abi::kSoProtocol:
        return BytesOf(kind_.protocol);
      case abi::kSoError: {
        const std::optional<Errno> error = TakeError();
        return BytesOf(error.has_value() ? static_cast<int32_t>(*error) : int32_t{0});
      }
      case abi::kSoAcceptConn:
        return BytesOf(int32_t{is_listening()});
      case abi::kSoLinger:
        return BytesOf(linger_);
      case abi::kSoReceiveTimeout:
        return TimevalBytes(receive_timeout_ns_);
      case abi::kSoSendTimeout:
        return TimevalBytes(send_timeout_ns_);
      case abi::kSoPeerCred:
        return BytesOf(peer_credentials);
      default:
        break;
    }
  }
  return BytesOf(TRY(options_.Get(kind_.family, kind_.type, level, name)));
}

Status Socket::SetTimeout(const std::string& value, int64_t& timeout_ns) {
  abi::Timeval time;
  if (value.size() < sizeof(time)) return Errno::kInval;
  std::memcpy(&time, value.data(), sizeof(time));
  if (time.microseconds < 0 || time.microseconds >= 1'000'000) return Errno::kDom;
  constexpr int64_t kMostSeconds = INT64_MAX / abi::kNanosecondsPerSecond - 1;
  const int64_t seconds = std::clamp<int64_t>(time.seconds, 0, kMostSeconds);
  timeout_ns = seconds * abi::kNanosecondsPerSecond + time.microseconds * 1000;
  if (time.seconds < 0) timeout_ns = 0;
  return kOk;
}

Status Socket::SetOption(int32_t level, int32_t name, const std::string& value) {
  if (level != abi::kSolSocket && kind_.family == abi::kAfUnix) return Errno::kOpNotSupp;
  if (level == abi::kSolSocket) {
    switch (name) {
      case abi::kSoType:
      case abi::kSoDomain:
      case abi::kSoProtocol:
      case abi::kSoError:
      case abi::kSoAcceptConn:
      case abi::kSoPeerCred:
        return Errno::kNoProtoOpt;
      case abi::kSoLinger:
        if (value.size() < sizeof(linger_)) return Errno::kInval;
        std::memcpy(&linger_, value.data(), sizeof(linger_));
        linger_.on = linger_.on != 0 ? 1 : 0;
        return kOk;
      case abi::kSoReceiveTimeout:
        return SetTimeout(value, receive_timeout_ns_);
      case abi::kSoSendTimeout:
        return SetTimeout(value, send_timeout_ns_);
      default:
        break;
    }
  }
  int32_t number = 0;
  if (value.size() >= sizeof(number)) {
    std::memcpy(&number, value.data(), sizeof(number));
  } else if (level == abi::kIpProtoIp && !value.empty()) {
    number = static_cast<uint8_t>(value[0]);  // IP's options may be a byte
  } else {
    return Errno::kInval;
  }
  return options_.Set(kind_.family, kind_.type, level, name, number);
}

}  // namespace elfin::net
