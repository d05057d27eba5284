// netlink(7): sockets to the kernel, of the family that tells of interfaces and addresses
// (NETLINK_ROUTE), and to each other. The machine's interface never changes, so groups can be
// joined and nothing is ever sent to them.
#pragma once

#include "syscalls/abi/netlink.h"
#include "syscalls/net/datagram_socket.h"

namespace elfin::net {

class NetlinkSocket final : public DatagramSocket {
 public:
  using DatagramSocket::DatagramSocket;
  ~NetlinkSocket() override;

  Task<Status> Bind(const vfs::Caller& caller, Address address) override;
  Task<Status> Connect(const vfs::Caller& caller, Address address, vfs::IoOptions options) override;
  Task<Result<size_t>> Send(Outgoing& message, vfs::IoOptions options) override;
  Status Shutdown(int32_t) override { return Errno::kOpNotSupp; }
  Address LocalName() const override;
  Result<Address> PeerName() const override;

 private:
  bool is_bound() const { return port_id_ != 0; }
  /// The process's number, or another that is free.
  void BindAutomatically(uint32_t pid);
  Result<size_t> SendToKernel(Outgoing& message, uint32_t uid, bool may_change);

  uint32_t port_id_ = 0;  // 0: none yet
  uint32_t groups_ = 0;
  abi::SockAddrNetlink peer_{abi::kAfNetlink, 0, 0, 0};
};

}  // namespace elfin::net
