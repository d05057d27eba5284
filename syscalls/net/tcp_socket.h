// TCP over loopback: IPv4, IPv6 and both at once.
//
// Connections are made and ended between two sockets of one machine, so there are no handshakes and
// no states of waiting: TIME_WAIT doesn't exist, and a port is free with its last socket.
#pragma once

#include <vector>

#include "syscalls/net/port_table.h"
#include "syscalls/net/stream_socket.h"

namespace elfin::net {

class TcpSocket final : public StreamSocket {
 public:
  TcpSocket(Network& network, vfs::Path path, SocketKind kind, uint32_t flags);
  ~TcpSocket() override;

  Task<Status> Bind(const vfs::Caller& caller, Address address) override;
  Task<Status> Connect(const vfs::Caller& caller, Address address, vfs::IoOptions options) override;
  Status Listen(const vfs::Caller& caller, int32_t backlog) override;
  Status Shutdown(int32_t how) override;
  Address LocalName() const override;
  Result<Address> PeerName() const override;
  Result<std::string> GetOption(int32_t level, int32_t name) override;
  Status SetOption(int32_t level, int32_t name, const std::string& value) override;

  // As /proc/net/tcp tells of it.
  const InetAddress& remote() const { return remote_; }
  /// What TCP_INFO calls it, too.
  uint8_t StateNumber() const;
  /// Bytes unread; of one that listens, connections not accepted.
  size_t to_read() const { return is_listening() ? pending_count() : unread_bytes(); }

 private:
  Status CheckSend() override;
  Errno not_connected_error() const override { return Errno::kNotConn; }
  void PeerLeft(End end) override;
  void SendToNobody() override;
  void BacklogHasRoom() override;
  uint32_t PollIdle() const override { return vfs::kPollCanWrite | vfs::kPollHup; }

  Status BeginConnect(const vfs::Caller& caller, const Address& address);
  Status EnsureBound(const InetAddress& to);
  TcpSocket* FindListener(const InetAddress& to) const;
  /// Makes the other end, in the listener's backlog.
  void ConnectTo(TcpSocket& listener);
  void Fail(Errno error);
  void Disconnect();
  void StopListening();
  void ReadPortOptions(const vfs::Caller& caller);

  PortUser port_;
  InetAddress remote_;
  /// Of a connect that hasn't told its outcome yet, as it didn't wait.
  bool outcome_pending_ = false;
  bool connect_failed_ = false;
  /// Whose backlog is full, and who waits for room in this one's.
  TcpSocket* waits_for_ = nullptr;
  std::vector<TcpSocket*> waiting_;
};

}  // namespace elfin::net
