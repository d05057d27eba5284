// Socket: what all kinds of sockets have in common; a file among others for read, write, poll.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "syscalls/kernel/wait_queue.h"
#include "syscalls/net/message.h"
#include "syscalls/net/socket_options.h"
#include "syscalls/vfs/file.h"

namespace elfin::net {

class Network;
class Socket;
using SocketPtr = std::shared_ptr<Socket>;

/// What a socket is made as.
struct SocketKind {
  int32_t family;
  int32_t type;
  int32_t protocol;
};

using HeldVisitor = std::function<void(vfs::File&, long users)>;

/// How long a call goes on waiting; nullopt: for ever.
using Deadline = std::optional<int64_t>;

class Socket : public vfs::File {
 public:
  /// `flags`: O_NONBLOCK.
  Socket(Network& network, vfs::Path path, SocketKind kind, uint32_t flags);

  const SocketKind& kind() const { return kind_; }
  Network& network() const { return network_; }
  kernel::WaitQueue& queue() { return queue_; }

  // The calls of the same names. Errors: their manual pages'; what a kind of socket doesn't know is
  // kOpNotSupp.
  virtual Task<Status> Bind(const vfs::Caller& caller, Address address) = 0;
  virtual Task<Status> Connect(const vfs::Caller& caller, Address address,
                               vfs::IoOptions options) = 0;
  virtual Status Listen(const vfs::Caller&, int32_t) { return Errno::kOpNotSupp; }
  virtual Task<Result<SocketPtr>> Accept(vfs::IoOptions) { return Errno::kOpNotSupp; }
  /// The bytes sent; those of a stream may be fewer.
  virtual Task<Result<size_t>> Send(Outgoing& message, vfs::IoOptions options) = 0;
  virtual Task<Result<size_t>> Receive(Incoming& message, vfs::IoOptions options) = 0;
  /// `how`: SHUT_RD, SHUT_WR or SHUT_RDWR.
  virtual Status Shutdown(int32_t how) = 0;
  virtual Address LocalName() const = 0;
  /// Errors: kNotConn.
  virtual Result<Address> PeerName() const = 0;

  // getsockopt(2), setsockopt(2): the value's bytes. Errors: kNoProtoOpt, kInval, kDom.
  virtual Result<std::string> GetOption(int32_t level, int32_t name);
  virtual Status SetOption(int32_t level, int32_t name, const std::string& value);
  int32_t Option(int32_t name) const { return options_.Of(abi::kSolSocket, name); }
  /// Bytes sent that the other side hasn't read (SIOCOUTQ).
  virtual size_t unread_by_peer() const { return 0; }
  virtual bool is_listening() const { return false; }
  /// SO_PEERCRED's answer.
  abi::UserCredentials peer_credentials{0, UINT32_MAX, UINT32_MAX};
  /// EPIPE comes with SIGPIPE: streams only.
  bool raises_sigpipe() const { return kind_.type == abi::kSockStream; }

  /// Calls `visit(file, users)` for the files in its queue and for connections to be accepted;
  /// `users` counts all that hold the file.
  virtual void VisitHeld(const HeldVisitor&) const {}
  /// Takes these out of it.
  virtual std::vector<vfs::FilePtr> ReleaseHeld() { return {}; }

  // File.
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource& source, vfs::IoOptions options) override;
  kernel::WaitQueue* wait_queue() override { return &queue_; }
  Socket* socket() override { return this; }

 protected:
  /// One wait for a wake of `queue`. Errors: kAgain (nobody can wait, or the deadline is over), the
  /// kIntr family.
  Task<Status> WaitOn(kernel::WaitQueue& queue, vfs::IoOptions options, Deadline deadline);
  Deadline ReceiveDeadline() const { return DeadlineOf(receive_timeout_ns_); }
  Deadline SendDeadline() const { return DeadlineOf(send_timeout_ns_); }
  /// SO_ERROR's: what has gone wrong since it was last asked.
  std::optional<Errno> TakeError() { return std::exchange(error_, std::nullopt); }
  void SetError(Errno error) { error_ = error; }
  bool has_error() const { return error_.has_value(); }
  const SocketOptions& options() const { return options_; }
  void CopyOptionsFrom(const Socket& other);

  abi::Linger linger_{};

 private:
  Deadline DeadlineOf(int64_t timeout_ns) const;
  Status SetTimeout(const std::string& value, int64_t& timeout_ns);

  Network& network_;
  const SocketKind kind_;
  SocketOptions options_;
  int64_t receive_timeout_ns_ = 0;  // 0: none
  int64_t send_timeout_ns_ = 0;
  std::optional<Errno> error_;
  kernel::WaitQueue queue_;
};

/// Who asks, as SO_PEERCRED and SCM_CREDENTIALS tell others.
abi::UserCredentials CredentialsOf(const vfs::Caller& caller);

/// The sender of a message that doesn't say it: who waits is who sends.
std::optional<abi::UserCredentials> SenderOf(const vfs::IoOptions& options);

/// getsockopt's answer that is a number or a struct.
template <class T>
std::string BytesOf(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace elfin::net
