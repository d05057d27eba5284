#include "syscalls/net/datagram_socket.h"

namespace elfin::net {

Result<size_t> DatagramSocket::TakeNow(Incoming& message) {
  const Result<size_t> taken = received_.TakePacket(message);
  if (!message.peeks()) PacketTaken();
  return taken;
}

Task<Result<size_t>> DatagramSocket::Receive(Incoming& message, vfs::IoOptions options) {
  if (!received_.empty() && !has_error()) return TakeNow(message);
  return ReceiveWhenThere(message, options);
}

Task<Result<size_t>> DatagramSocket::ReceiveWhenThere(Incoming& message, vfs::IoOptions options) {
  const Deadline deadline = ReceiveDeadline();
  for (;;) {
    if (const std::optional<Errno> error = TakeError()) co_return *error;
    if (!received_.empty()) co_return TakeNow(message);
    if (reads_end()) co_return size_t{0};
    CO_TRY(co_await WaitOn(queue(), options, deadline));
  }
}

Result<size_t> DatagramSocket::Deliver(Outgoing& message, Address sender) {
  const Result<size_t> put =
      received_.PutPacket(message.data, std::move(message.ancillary), std::move(sender));
  if (put.ok()) queue().WakeAll(vfs::kPollCanRead);
  return put;
}

uint32_t DatagramSocket::Poll() {
  uint32_t ready = has_error() ? uint32_t{vfs::kPollErr} : 0;
  if (read_shut_) ready |= vfs::kPollReadHup | vfs::kPollCanRead;
  if (read_shut_ && write_shut_) ready |= vfs::kPollHup;
  if (!received_.empty()) ready |= vfs::kPollCanRead;
  if (is_writable()) ready |= vfs::kPollCanWrite | vfs::kPollWriteBand;
  return ready;
}

}  // namespace elfin::net
