// Sockets with connections: Unix streams and sequenced packets, and TCP.
//
//   listener ─ pending ─▶ [ server's end, not accepted yet ] ◀── peer ──▶ client's end
//   send: into the peer's queue;  receive: from the own queue
//
// A connection is two sockets that know each other. What one sends is in the other's queue at once,
// so nothing is ever on its way: an end that closes has delivered everything.
#pragma once

#include <deque>
#include <memory>

#include "syscalls/net/message_queue.h"
#include "syscalls/net/socket.h"

namespace elfin::net {

class StreamSocket : public Socket {
 public:
  StreamSocket(Network& network, vfs::Path path, SocketKind kind, uint32_t flags)
      : Socket(network, std::move(path), kind, flags) {}

  /// Makes two sockets each other's ends. `embryo`: the other waits to be accepted.
  void JoinWith(StreamSocket& other);

  Task<Result<SocketPtr>> Accept(vfs::IoOptions options) override;
  Task<Result<size_t>> Send(Outgoing& message, vfs::IoOptions options) override;
  Task<Result<size_t>> Receive(Incoming& message, vfs::IoOptions options) override;
  uint32_t Poll() override;
  Result<uint64_t> BytesReadable() override;
  bool is_listening() const override { return state_ == State::kListening; }
  void VisitHeld(const HeldVisitor& visit) const override;
  std::vector<vfs::FilePtr> ReleaseHeld() override;
  size_t unread_by_peer() const override { return peer_ != nullptr ? peer_->received_.bytes() : 0; }

 protected:
  enum class State : uint8_t {
    kIdle,
    kListening,
    kConnecting,  // waits for room in a listener's backlog
    kConnected,   // also half closed
    kClosed,      // was connected; the peer is gone for good
  };
  /// What the end of one side means to the other.
  enum class End : uint8_t { kQuiet, kReset };

  void BeginListening(int32_t backlog);
  bool has_backlog_room() const { return pending_.size() <= backlog_; }
  size_t pending_count() const { return pending_.size(); }
  void AddPending(std::shared_ptr<StreamSocket> embryo);
  /// Wakes who accepts and those who wait for room; the pending ones see a reset.
  void EndListening();
  /// Called by destructors of derived classes: tells the peer.
  void LeavePeer(End end);
  /// This side sends no more: the peer reads to the end.
  void EndWriting();
  bool has_unread() const { return !received_.empty(); }
  size_t unread_bytes() const { return received_.bytes(); }

  // How kinds differ.
  /// Before each piece of a send. Errors: what the send fails with.
  virtual Status CheckSend() = 0;
  /// Why a receive fails that finds no connection.
  virtual Errno not_connected_error() const = 0;
  /// The peer has gone. kQuiet: reads end; kReset: an error is pending, too.
  virtual void PeerLeft(End end) = 0;
  /// A send to a peer that has gone and not told: the answer is a reset.
  virtual void SendToNobody() {}
  /// A place in the backlog has become free.
  virtual void BacklogHasRoom() {}
  virtual bool is_packets() const { return kind().type == abi::kSockSeqPacket; }
  /// Poll bits of a socket that was never connected.
  virtual uint32_t PollIdle() const = 0;

  State state_ = State::kIdle;
  StreamSocket* peer_ = nullptr;
  bool read_shut_ = false;
  bool write_shut_ = false;
  bool end_received_ = false;  // the peer sends no more
  bool is_embryo_ = false;     // waits to be accepted

 private:
  Task<Result<size_t>> SendPieces(Outgoing& message, vfs::IoOptions options);
  Task<Result<size_t>> ReceiveWhenThere(Incoming& message, vfs::IoOptions options);
  Result<size_t> TakeNow(Incoming& message);
  Result<size_t> PutNow(StreamSocket& to, Outgoing& message);
  bool HasRoomFor(const Outgoing& message) const;
  bool is_writable() const;

  MessageQueue received_;
  std::deque<std::shared_ptr<StreamSocket>> pending_;
  size_t backlog_ = 0;
};

}  // namespace elfin::net
