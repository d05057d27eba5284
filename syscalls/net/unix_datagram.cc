#include "syscalls/net/unix_datagram.h"

#include <algorithm>
#include <utility>

#include "syscalls/net/in_flight.h"
#include "syscalls/net/network.h"

namespace elfin::net {

UnixDatagram::UnixDatagram(Network& network, vfs::Path path, SocketKind kind, uint32_t flags)
    : DatagramSocket(network, std::move(path), kind, flags), name_(*this) {
  network.unix_sockets.insert(this);
}

UnixDatagram::~UnixDatagram() {
  network().unix_sockets.erase(this);
  LetGo(network(), ReleaseHeld());
  LeavePeer();
  for (UnixDatagram* sender : senders_) {
    sender->peer_ = nullptr;
    sender->peer_is_gone_ = true;
    sender->queue().WakeAll();
  }
}

void UnixDatagram::LeavePeer() {
  peer_is_gone_ = false;
  if (peer_ == nullptr) return;
  auto& senders = std::exchange(peer_, nullptr)->senders_;
  senders.erase(std::remove(senders.begin(), senders.end(), this), senders.end());
}

void UnixDatagram::JoinWith(UnixDatagram& peer) {
  LeavePeer();
  peer_ = &peer;
  peer.senders_.push_back(this);
}

Task<Status> UnixDatagram::Bind(const vfs::Caller& caller, Address address) {
  return name_.Bind(caller, std::move(address));
}

Task<Status> UnixDatagram::Connect(const vfs::Caller& caller, Address address, vfs::IoOptions) {
  if (FamilyOf(address) == abi::kAfUnspec && address.size() >= sizeof(uint16_t)) {
    LeavePeer();
    co_return kOk;
  }
  CO_ASSIGN(Socket* const found,
            co_await UnixName::Find(caller, network(), std::move(address), kind().type));
  auto& peer = static_cast<UnixDatagram&>(*found);
  if (peer.peer_ != nullptr && peer.peer_ != this) co_return Errno::kPerm;
  if (Option(abi::kSoPassCred) != 0) CO_TRY(name_.BindAutomatically());
  JoinWith(peer);
  co_return kOk;
}

Task<Result<size_t>> UnixDatagram::Send(Outgoing& message, vfs::IoOptions options) {
  const Deadline deadline = SendDeadline();
  if (!message.ancillary.sender.has_value()) message.ancillary.sender = SenderOf(options);
  if (!message.ancillary.files.empty()) NoteSent(network(), message.ancillary.files.size());
  for (;;) {
    if (write_shut_) co_return Errno::kPipe;
    if (const std::optional<Errno> error = TakeError()) co_return *error;
    UnixDatagram* to = peer_;
    if (!message.to.empty()) {
      if (message.caller == nullptr) co_return Errno::kInval;
      CO_ASSIGN(Socket* const found,
                co_await UnixName::Find(*message.caller, network(), message.to, kind().type));
      to = static_cast<UnixDatagram*>(found);
    } else if (to == nullptr) {
      co_return std::exchange(peer_is_gone_, false) ? Errno::kConnRefused : Errno::kNotConn;
    }
    if (to->peer_ != nullptr && to->peer_ != this) co_return Errno::kPerm;
    if (to->read_shut_) co_return Errno::kPipe;
    if (message.data.remaining() > received_.capacity()) co_return Errno::kMsgSize;
    if (to == this || to->HasRoomFor(*this, message))
      co_return to->Deliver(message, name_.is_bound() ? name_.address() : Address());
    // The receiver may be gone after this: it is looked for again.
    CO_TRY(co_await WaitOn(to->queue(), options, deadline));
  }
}

/// Who is connected back has all the room there is, others a few packets.
bool UnixDatagram::HasRoomFor(const UnixDatagram& sender, const Outgoing& message) const {
  if (peer_ != &sender) return received_.count() <= kMostWaiting;
  return received_.empty() || received_.room() >= message.data.remaining() + 1;
}

bool UnixDatagram::is_writable() const {
  if (peer_ == nullptr) return true;
  const MessageQueue& queue = peer_->received_;
  if (peer_->peer_ != this) return queue.count() <= kMostWaiting;
  return queue.room() * 4 >= queue.capacity() * 3;
}

void UnixDatagram::PacketTaken() {
  queue().WakeAll(0);
  for (UnixDatagram* sender : senders_) {
    sender->queue().WakeAll(sender->is_writable() ? vfs::kPollCanWrite : 0);
  }
}

Status UnixDatagram::Shutdown(int32_t how) {
  if (how != abi::kShutWrite) read_shut_ = true;
  if (how != abi::kShutRead) write_shut_ = true;
  queue().WakeAll();
  return kOk;
}

Result<Address> UnixDatagram::PeerName() const {
  if (peer_ == nullptr) return Errno::kNotConn;
  return peer_->name_.address();
}

}  // namespace elfin::net
