// Sockets without connections: what Unix datagrams and UDP have in common, the receiving side.
#pragma once

#include "syscalls/net/message_queue.h"
#include "syscalls/net/socket.h"

namespace elfin::net {

class DatagramSocket : public Socket {
 public:
  using Socket::Socket;
  Task<Result<size_t>> Receive(Incoming& message, vfs::IoOptions options) override;
  Result<uint64_t> BytesReadable() override { return received_.first_bytes(); }
  uint32_t Poll() override;
  void VisitHeld(const HeldVisitor& visit) const override { received_.VisitFiles(visit); }
  std::vector<vfs::FilePtr> ReleaseHeld() override { return received_.ReleaseFiles(); }

 protected:
  /// A packet has been taken: there is room.
  virtual void PacketTaken() {}
  virtual bool is_writable() const { return true; }
  /// Reading after shutdown(SHUT_RD) gives 0 bytes, or no message at all.
  virtual bool reads_end() const { return read_shut_; }
  /// Receives a packet. Errors: kFault.
  Result<size_t> Deliver(Outgoing& message, Address sender);

  MessageQueue received_;
  bool read_shut_ = false;
  bool write_shut_ = false;

 private:
  Task<Result<size_t>> ReceiveWhenThere(Incoming& message, vfs::IoOptions options);
  Result<size_t> TakeNow(Incoming& message);
};

}  // namespace elfin::net
