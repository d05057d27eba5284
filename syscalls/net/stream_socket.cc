#include "syscalls/net/stream_socket.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"
#include "syscalls/net/network.h"

namespace elfin::net {
namespace {

constexpr int32_t kMostBacklog = 4096;  // net.core.somaxconn

}  // namespace

void StreamSocket::JoinWith(StreamSocket& other) {
  peer_ = &other;
  other.peer_ = this;
  state_ = other.state_ = State::kConnected;
}

void StreamSocket::BeginListening(int32_t backlog) {
  const bool over = backlog < 0 || backlog > kMostBacklog;
  backlog_ = static_cast<size_t>(over ? kMostBacklog : backlog);
  state_ = State::kListening;
  BacklogHasRoom();
}

void StreamSocket::AddPending(std::shared_ptr<StreamSocket> embryo) {
  embryo->is_embryo_ = true;
  pending_.push_back(std::move(embryo));
  queue().WakeAll(vfs::kPollCanRead);
}

void StreamSocket::EndListening() {
  if (state_ != State::kListening) return;
  state_ = State::kIdle;
  pending_.clear();
  queue().WakeAll();
}

Task<Result<SocketPtr>> StreamSocket::Accept(vfs::IoOptions options) {
  const Deadline deadline = ReceiveDeadline();
  for (;;) {
    if (state_ != State::kListening || read_shut_) co_return Errno::kInval;
    if (!pending_.empty()) break;
    CO_TRY(co_await WaitOn(queue(), options, deadline));
  }
  std::shared_ptr<StreamSocket> accepted = std::move(pending_.front());
  pending_.pop_front();
  accepted->is_embryo_ = false;
  BacklogHasRoom();
  queue().WakeAll(0);
  co_return SocketPtr(std::move(accepted));
}

void StreamSocket::LeavePeer(End end) {
  if (peer_ == nullptr) return;
  StreamSocket& peer = *std::exchange(peer_, nullptr);
  peer.peer_ = nullptr;
  peer.PeerLeft(end);
  peer.queue().WakeAll();
}

void StreamSocket::EndWriting() {
  if (std::exchange(write_shut_, true) || peer_ == nullptr) return;
  peer_->end_received_ = true;
  peer_->queue().WakeAll(vfs::kPollCanRead | vfs::kPollReadHup | vfs::kPollHup);
}

// ---- Sending ----

/// Streams take what fits, packets go whole.
bool StreamSocket::HasRoomFor(const Outgoing& message) const {
  if (peer_ == nullptr) return true;
  const size_t room = peer_->received_.room();
  if (!is_packets() || message.data.remaining() == 0) return room > 0;
  return room >= message.data.remaining();
}

Result<size_t> StreamSocket::PutNow(StreamSocket& to, Outgoing& message) {
  const Result<size_t> put =
      is_packets() ? to.received_.PutPacket(message.data, std::move(message.ancillary), {})
                   : to.received_.PutStream(message.data, message.ancillary);
  message.ancillary.files.clear();
  if (!put.ok()) return put;
  if (kind().family != abi::kAfUnix) network().loopback.Count(put.value());
  to.queue().WakeAll(vfs::kPollCanRead);
  return put;
}

Task<Result<size_t>> StreamSocket::Send(Outgoing& message, vfs::IoOptions options) {
  const bool whole = HasRoomFor(message) && peer_ != nullptr &&
                     message.data.remaining() <= peer_->received_.room();
  if (whole && CheckSend().ok()) return PutNow(*peer_, message);
  return SendPieces(message, options);
}

Task<Result<size_t>> StreamSocket::SendPieces(Outgoing& message, vfs::IoOptions options) {
  const Deadline deadline = SendDeadline();
  size_t done = 0;
  for (;;) {
    const Status may = CheckSend();
    if (!may.ok() && may.error() != Errno::kInProgress) {
      co_return done > 0 ? Result<size_t>(done) : may.error();
    }
    if (may.ok() && is_packets() && message.data.remaining() > received_.capacity()) {
      co_return Errno::kMsgSize;
    }
    if (may.ok() && HasRoomFor(message)) {
      if (peer_ == nullptr) {  // it has gone without a word
        done += static_cast<size_t>(message.data.remaining());
        SendToNobody();
        co_return done;
      }
      const Result<size_t> put = PutNow(*peer_, message);
      if (!put.ok()) co_return done > 0 ? Result<size_t>(done) : put;
      done += put.value();
      if (is_packets() || message.data.remaining() == 0 || put.value() == 0) co_return done;
      continue;
    }
    const Status waited = co_await WaitOn(queue(), options, deadline);
    if (!waited.ok()) co_return done > 0 ? Result<size_t>(done) : waited.error();
  }
}

// ---- Receiving ----

Result<size_t> StreamSocket::TakeNow(Incoming& message) {
  const bool was_writable = peer_ != nullptr && peer_->is_writable();
  message.parts_senders = Option(abi::kSoPassCred) != 0;
  const Result<size_t> taken =
      is_packets() ? received_.TakePacket(message) : received_.TakeStream(message);
  if (peer_ != nullptr && !message.peeks()) {
    const bool news = !was_writable && peer_->is_writable();
    peer_->queue().WakeAll(news ? vfs::kPollCanWrite : 0);
  }
  return taken;
}

Task<Result<size_t>> StreamSocket::Receive(Incoming& message, vfs::IoOptions options) {
  const bool all = (message.flags & abi::kMsgWaitAll) != 0 || Option(abi::kSoReceiveLowAt) > 1;
  if (!all && !received_.empty()) return TakeNow(message);
  return ReceiveWhenThere(message, options);
}

Task<Result<size_t>> StreamSocket::ReceiveWhenThere(Incoming& message, vfs::IoOptions options) {
  const Deadline deadline = ReceiveDeadline();
  const uint64_t size = message.data.remaining();
  const bool all = (message.flags & abi::kMsgWaitAll) != 0;
  const auto low = static_cast<uint64_t>(std::max(Option(abi::kSoReceiveLowAt), 1));
  const uint64_t wanted = is_packets() ? 1 : all ? size : std::min(low, size);
  size_t done = 0;
  for (;;) {
    const bool enough = received_.bytes() >= wanted - std::min<uint64_t>(wanted, done);
    const bool over = end_received_ || read_shut_ || has_error();
    const bool take = !received_.empty() && (!message.peeks() || enough || over || is_packets());
    if (take) {
      const Result<size_t> taken = TakeNow(message);
      if (!taken.ok()) co_return done > 0 ? Result<size_t>(done) : taken;
      done += taken.value();
      if (message.peeks() || is_packets() || done >= wanted) co_return done;
      if (!message.ancillary.files.empty() || message.data.remaining() == 0) co_return done;
      continue;
    }
    if (done == 0 && !(end_received_ && kind().family != abi::kAfUnix)) {
      if (const std::optional<Errno> error = TakeError()) co_return *error;
    }
    if (end_received_ || read_shut_) co_return done;
    if (state_ != State::kConnected && state_ != State::kConnecting) {
      co_return done > 0 ? Result<size_t>(done) : not_connected_error();
    }
    const Status waited = co_await WaitOn(queue(), options, deadline);
    if (!waited.ok()) co_return done > 0 ? Result<size_t>(done) : waited.error();
  }
}

Result<uint64_t> StreamSocket::BytesReadable() {
  if (state_ == State::kListening) return Errno::kInval;
  return is_packets() ? received_.first_bytes() : received_.bytes();
}

// ---- Readiness ----

bool StreamSocket::is_writable() const {
  if (state_ == State::kListening || state_ == State::kConnecting) return false;
  if (peer_ == nullptr) return true;
  const size_t room = peer_->received_.room();
  const size_t capacity = peer_->received_.capacity();
  return kind().family == abi::kAfUnix ? room * 4 >= capacity * 3 : room * 3 >= capacity;
}

uint32_t StreamSocket::Poll() {
  uint32_t ready = has_error() ? uint32_t{vfs::kPollErr} : 0;
  if (state_ == State::kListening) return ready | (pending_.empty() ? 0 : vfs::kPollCanRead);
  if (state_ == State::kConnecting) return ready;
  if (state_ == State::kIdle) return ready | PollIdle();
  const bool reads_end = end_received_ || read_shut_;
  const bool writes_end = write_shut_ || state_ == State::kClosed;
  if (reads_end && writes_end) ready |= vfs::kPollHup;
  if (reads_end) ready |= vfs::kPollCanRead | vfs::kPollReadHup;
  const auto low = static_cast<size_t>(std::max(Option(abi::kSoReceiveLowAt), 1));
  if (is_packets() ? !received_.empty() : received_.bytes() >= low) ready |= vfs::kPollCanRead;
  if (writes_end || is_writable()) ready |= vfs::kPollCanWrite;
  if (kind().family == abi::kAfUnix && is_writable()) ready |= vfs::kPollWriteBand;
  return ready;
}

void StreamSocket::VisitHeld(const HeldVisitor& visit) const {
  received_.VisitFiles(visit);
  for (const std::shared_ptr<StreamSocket>& embryo : pending_) visit(*embryo, embryo.use_count());
}

std::vector<vfs::FilePtr> StreamSocket::ReleaseHeld() {
  std::vector<vfs::FilePtr> released = received_.ReleaseFiles();
  std::move(pending_.begin(), pending_.end(), std::back_inserter(released));
  pending_.clear();
  return released;
}

}  // namespace elfin::net
