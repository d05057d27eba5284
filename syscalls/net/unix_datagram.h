// AF_UNIX datagrams (unix(7)): reliable, in order; a full receiver makes senders wait.
#pragma once

#include <vector>

#include "syscalls/net/datagram_socket.h"
#include "syscalls/net/unix_name.h"

namespace elfin::net {

class UnixDatagram final : public DatagramSocket {
 public:
  UnixDatagram(Network& network, vfs::Path path, SocketKind kind, uint32_t flags);
  ~UnixDatagram() override;

  /// Makes `peer` where this one sends, and all that it receives from.
  void JoinWith(UnixDatagram& peer);

  Task<Status> Bind(const vfs::Caller& caller, Address address) override;
  Task<Status> Connect(const vfs::Caller& caller, Address address, vfs::IoOptions options) override;
  Task<Result<size_t>> Send(Outgoing& message, vfs::IoOptions options) override;
  Status Shutdown(int32_t how) override;
  Address LocalName() const override { return name_.address(); }
  Result<Address> PeerName() const override;

 private:
  static constexpr size_t kMostWaiting = 10;  // net.unix.max_dgram_qlen

  void LeavePeer();
  bool HasRoomFor(const UnixDatagram& sender, const Outgoing& message) const;
  void PacketTaken() override;
  bool is_writable() const override;

  UnixName name_;
  UnixDatagram* peer_ = nullptr;
  bool peer_is_gone_ = false;           // and nobody has been told
  std::vector<UnixDatagram*> senders_;  // whose peer this is
};

}  // namespace elfin::net
