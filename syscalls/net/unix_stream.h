// AF_UNIX sockets with connections: SOCK_STREAM and SOCK_SEQPACKET (unix(7)).
#pragma once

#include "syscalls/net/stream_socket.h"
#include "syscalls/net/unix_name.h"

namespace elfin::net {

class UnixStream final : public StreamSocket {
 public:
  UnixStream(Network& network, vfs::Path path, SocketKind kind, uint32_t flags);
  ~UnixStream() override;

  Task<Status> Bind(const vfs::Caller& caller, Address address) override;
  Task<Status> Connect(const vfs::Caller& caller, Address address, vfs::IoOptions options) override;
  Status Listen(const vfs::Caller& caller, int32_t backlog) override;
  Task<Result<size_t>> Send(Outgoing& message, vfs::IoOptions options) override;
  Status Shutdown(int32_t how) override;
  Address LocalName() const override { return local_name_.empty() ? name_.address() : local_name_; }
  Result<Address> PeerName() const override;

 private:
  Status CheckSend() override;
  Errno not_connected_error() const override;
  void PeerLeft(End end) override;
  uint32_t PollIdle() const override;

  UnixName name_;
  Address local_name_;  // of an accepted end: its listener's
  Address peer_name_ = UnixName::None();
};

}  // namespace elfin::net
