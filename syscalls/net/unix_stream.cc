#include "syscalls/net/unix_stream.h"

#include <utility>

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/net/in_flight.h"
#include "syscalls/net/network.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::net {

UnixStream::UnixStream(Network& network, vfs::Path path, SocketKind kind, uint32_t flags)
    : StreamSocket(network, std::move(path), kind, flags), name_(*this) {
  network.unix_sockets.insert(this);
}

UnixStream::~UnixStream() {
  network().unix_sockets.erase(this);
  LetGo(network(), ReleaseHeld());
  EndListening();
  LeavePeer(has_unread() || is_embryo_ ? End::kReset : End::kQuiet);
}

Task<Status> UnixStream::Bind(const vfs::Caller& caller, Address address) {
  return name_.Bind(caller, std::move(address));
}

Status UnixStream::Listen(const vfs::Caller& caller, int32_t backlog) {
  if (state_ != State::kIdle && state_ != State::kListening) return Errno::kInval;
  if (!name_.is_bound()) return Errno::kInval;
  peer_credentials = CredentialsOf(caller);
  BeginListening(backlog);
  queue().WakeAll();
  return kOk;
}

Task<Status> UnixStream::Connect(const vfs::Caller& caller, Address address,
                                 vfs::IoOptions options) {
  const Deadline deadline = SendDeadline();
  for (;;) {
    CO_ASSIGN(Socket* const found,
              co_await UnixName::Find(caller, network(), address, kind().type));
    auto& listener = static_cast<UnixStream&>(*found);
    if (listener.state_ != State::kListening || listener.read_shut_) {
      co_return Errno::kConnRefused;
    }
    if (listener.has_backlog_room()) {
      if (state_ == State::kListening) co_return Errno::kInval;
      if (state_ != State::kIdle) co_return Errno::kIsConn;
      if (Option(abi::kSoPassCred) != 0) CO_TRY(name_.BindAutomatically());
      auto end =
          std::make_shared<UnixStream>(network(), fs::MakeSocketPath(path().mount), kind(), 0);
      end->local_name_ = peer_name_ = listener.LocalName();
      end->peer_name_ = LocalName();
      end->peer_credentials = CredentialsOf(caller);
      peer_credentials = listener.peer_credentials;
      JoinWith(*end);
      listener.AddPending(std::move(end));
      co_return kOk;
    }
    // The listener may be gone after this: it is looked up again.
    CO_TRY(co_await WaitOn(listener.queue(), options, deadline));
  }
}

Task<Result<size_t>> UnixStream::Send(Outgoing& message, vfs::IoOptions options) {
  if (!message.to.empty() && !is_packets()) {
    return state_ == State::kConnected ? Errno::kIsConn : Errno::kOpNotSupp;
  }
  if (!message.ancillary.sender.has_value()) message.ancillary.sender = SenderOf(options);
  if (!message.ancillary.files.empty()) NoteSent(network(), message.ancillary.files.size());
  return StreamSocket::Send(message, options);
}

Status UnixStream::CheckSend() {
  if (state_ == State::kIdle || state_ == State::kListening) return Errno::kNotConn;
  if (write_shut_ || peer_ == nullptr) return Errno::kPipe;
  return kOk;
}

Errno UnixStream::not_connected_error() const {
  return is_packets() ? Errno::kNotConn : Errno::kInval;
}

void UnixStream::PeerLeft(End end) {
  end_received_ = write_shut_ = true;
  if (end == End::kReset) SetError(Errno::kConnReset);
}

Status UnixStream::Shutdown(int32_t how) {
  const bool reads = how != abi::kShutWrite;
  if (reads) {
    read_shut_ = true;
    if (peer_ != nullptr) {
      auto& peer = static_cast<UnixStream&>(*peer_);
      peer.write_shut_ = true;
      peer.queue().WakeAll(vfs::kPollCanWrite | vfs::kPollHup);
    }
  }
  if (how != abi::kShutRead) EndWriting();
  queue().WakeAll();
  return kOk;
}

Result<Address> UnixStream::PeerName() const {
  if (state_ != State::kConnected) return Errno::kNotConn;
  return peer_name_;
}

uint32_t UnixStream::PollIdle() const {
  return vfs::kPollCanWrite | vfs::kPollWriteBand | vfs::kPollHup;
}

}  // namespace elfin::net
