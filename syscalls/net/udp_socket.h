// UDP over loopback: IPv4, IPv6 and both at once. What a receiver has no room for is lost.
#pragma once

#include "syscalls/net/datagram_socket.h"
#include "syscalls/net/port_table.h"

namespace elfin::net {

class UdpSocket final : public DatagramSocket {
 public:
  UdpSocket(Network& network, vfs::Path path, SocketKind kind, uint32_t flags)
      : DatagramSocket(network, std::move(path), kind, flags), port_(*this) {}
  ~UdpSocket() override;

  Task<Status> Bind(const vfs::Caller& caller, Address address) override;
  Task<Status> Connect(const vfs::Caller& caller, Address address, vfs::IoOptions options) override;
  Task<Result<size_t>> Send(Outgoing& message, vfs::IoOptions options) override;
  Status Shutdown(int32_t how) override;
  Address LocalName() const override;
  Result<Address> PeerName() const override;

  // As /proc/net/udp tells of it.
  const InetAddress& remote() const { return remote_; }
  size_t to_read() const { return received_.bytes(); }

 private:
  /// An ephemeral port, unless it has one.
  Status EnsureBound();
  UdpSocket* FindReceiver(const InetAddress& to, const InetAddress& from) const;
  /// Errors: kDestAddrReq (none given, not connected), kNetUnreach.
  Result<InetAddress> Destination(const Outgoing& message) const;

  PortUser port_;
  InetAddress remote_;  // port 0: not connected
  bool chose_port_ = false;
};

}  // namespace elfin::net
