#include "syscalls/net/tcp_socket.h"

#include <algorithm>
#include <utility>

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/net/network.h"
#include "syscalls/vfs/fs_context.h"

namespace elfin::net {
namespace {

constexpr uint16_t kFirstUnprivilegedPort = 1024;

}  // namespace

TcpSocket::TcpSocket(Network& network, vfs::Path path, SocketKind kind, uint32_t flags)
    : StreamSocket(network, std::move(path), kind, flags), port_(*this) {}

TcpSocket::~TcpSocket() {
  StopListening();
  if (waits_for_ != nullptr) {
    auto& queue = waits_for_->waiting_;
    queue.erase(std::remove(queue.begin(), queue.end(), this), queue.end());
  }
  const bool aborts = linger_.on != 0 && linger_.seconds == 0;
  LeavePeer(aborts || has_unread() || is_embryo_ ? End::kReset : End::kQuiet);
  network().tcp.Release(port_);
}

void TcpSocket::ReadPortOptions(const vfs::Caller& caller) {
  port_.only_v6 = options().Of(abi::kIpProtoIpv6, abi::kIpv6Only) != 0;
  port_.reuses_address = Option(abi::kSoReuseAddr) != 0;
  port_.reuses_port = Option(abi::kSoReusePort) != 0;
  port_.uid = caller.credentials.uid;
}

Task<Status> TcpSocket::Bind(const vfs::Caller& caller, Address address) {
  const InetAddress local = TRY(ParseInet(kind().family, address));
  if (state_ != State::kIdle || port_.is_bound()) return Errno::kInval;
  ReadPortOptions(caller);
  if (local.is_v4() && kind().family == abi::kAfInet6 && port_.only_v6) return Errno::kInval;
  if (!local.is_any() && !local.is_loopback()) return Errno::kAddrNotAvail;
  const bool reserved = local.port != 0 && local.port < kFirstUnprivilegedPort;
  if (reserved && !caller.credentials.privileged()) return Errno::kAcces;
  return network().tcp.Bind(port_, local);
}

Status TcpSocket::Listen(const vfs::Caller& caller, int32_t backlog) {
  if (state_ != State::kIdle && state_ != State::kListening) return Errno::kInval;
  if (state_ == State::kIdle) {
    ReadPortOptions(caller);
    if (!port_.is_bound()) {
      const bool v4 = kind().family == abi::kAfInet;
      TRY(network().tcp.Bind(port_, v4 ? InetAddress::AnyV4() : InetAddress::AnyV6()));
    }
    TRY(network().tcp.CheckListen(port_));
  }
  port_.is_listening = true;
  peer_credentials = CredentialsOf(caller);
  BeginListening(backlog);
  return kOk;
}

void TcpSocket::StopListening() {
  if (state_ != State::kListening) return;
  port_.is_listening = false;
  for (TcpSocket* client : std::exchange(waiting_, {})) {
    client->waits_for_ = nullptr;
    client->Fail(Errno::kConnRefused);
  }
  EndListening();
}

// ---- Connecting ----

TcpSocket* TcpSocket::FindListener(const InetAddress& to) const {
  TcpSocket* best = nullptr;
  int best_score = 0;
  network().tcp.ForEachAt(to, [&](const PortUser& user, int score) {
    if (!user.is_listening || score < best_score) return;
    auto& listener = static_cast<TcpSocket&>(user.socket);
    // Of several that share a port, the one with the least to do.
    if (score == best_score && listener.pending_count() >= best->pending_count()) return;
    best = &listener;
    best_score = score;
  });
  return best;
}

Status TcpSocket::EnsureBound(const InetAddress& to) {
  const InetAddress source = to.is_v4() ? InetAddress::LoopbackV4() : InetAddress::LoopbackV6();
  if (!port_.is_bound()) return network().tcp.Bind(port_, source);
  if (!port_.local.is_any()) return kOk;
  InetAddress local = source;
  local.port = port_.local.port;
  network().tcp.Release(port_);
  network().tcp.Share(port_, local);
  return kOk;
}

void TcpSocket::Fail(Errno error) {
  state_ = State::kClosed;
  connect_failed_ = true;
  end_received_ = write_shut_ = true;
  SetError(error);
  queue().WakeAll();
}

void TcpSocket::Disconnect() {
  if (waits_for_ != nullptr) {
    auto& queue = std::exchange(waits_for_, nullptr)->waiting_;
    queue.erase(std::remove(queue.begin(), queue.end(), this), queue.end());
  }
  StopListening();
  LeavePeer(End::kReset);
  network().tcp.Release(port_);
  remote_ = {};
  state_ = State::kIdle;
  read_shut_ = write_shut_ = end_received_ = outcome_pending_ = connect_failed_ = false;
  queue().WakeAll();
}

void TcpSocket::ConnectTo(TcpSocket& listener) {
  auto end =
      std::make_shared<TcpSocket>(network(), fs::MakeSocketPath(path().mount), listener.kind(), 0);
  end->CopyOptionsFrom(listener);
  end->port_.only_v6 = listener.port_.only_v6;
  end->port_.reuses_address = listener.port_.reuses_address;
  end->port_.reuses_port = listener.port_.reuses_port;
  end->port_.uid = listener.port_.uid;
  end->remote_ = port_.local;
  network().tcp.Share(end->port_, remote_);
  JoinWith(*end);
  listener.AddPending(std::move(end));
}

Status TcpSocket::BeginConnect(const vfs::Caller& caller, const Address& address) {
  InetAddress to = TRY(ParseInet(kind().family, address));
  ReadPortOptions(caller);
  if (kind().family == abi::kAfInet6 && to.is_v4() && port_.only_v6) return Errno::kNetUnreach;
  to = TRY(Route(to));
  if (port_.is_bound() && !port_.local.is_any() && port_.local.is_v4() != to.is_v4()) {
    return to.is_v4() ? Errno::kInval : Errno::kNetUnreach;
  }
  TRY(EnsureBound(to));
  remote_ = to;
  connect_failed_ = read_shut_ = write_shut_ = end_received_ = false;
  TcpSocket* listener = FindListener(to);
  if (listener == nullptr) {
    Fail(Errno::kConnRefused);
  } else if (listener->has_backlog_room()) {
    ConnectTo(*listener);
  } else {
    state_ = State::kConnecting;
    waits_for_ = listener;
    listener->waiting_.push_back(this);
  }
  return kOk;
}

void TcpSocket::BacklogHasRoom() {
  while (!waiting_.empty() && has_backlog_room()) {
    TcpSocket* client = waiting_.front();
    waiting_.erase(waiting_.begin());
    client->waits_for_ = nullptr;
    client->ConnectTo(*this);
    client->queue().WakeAll(vfs::kPollCanWrite);
  }
}

Task<Status> TcpSocket::Connect(const vfs::Caller& caller, Address address,
                                vfs::IoOptions options) {
  if (FamilyOf(address) == abi::kAfUnspec && address.size() >= sizeof(uint16_t)) {
    Disconnect();
    co_return kOk;
  }
  const bool continues = outcome_pending_ || state_ == State::kConnecting;
  if (!continues) {
    const bool can = state_ == State::kIdle || (state_ == State::kClosed && connect_failed_);
    if (!can) co_return Errno::kIsConn;
    CO_TRY(BeginConnect(caller, address));
    outcome_pending_ = true;
    if (options.nonblocking || options.waiter == nullptr) co_return Errno::kInProgress;
  }
  const Deadline deadline = SendDeadline();
  while (state_ == State::kConnecting) {
    if (options.nonblocking || options.waiter == nullptr) co_return Errno::kAlready;
    const Status waited = co_await WaitOn(queue(), options, deadline);
    if (waited.ok()) continue;
    co_return waited.error() == Errno::kAgain ? Errno::kInProgress : waited.error();
  }
  outcome_pending_ = false;
  if (!connect_failed_) co_return kOk;
  Disconnect();
  // The error goes to who asks first: this call, or SO_ERROR.
  co_return TakeError().value_or(Errno::kConnAborted);
}

// ---- The connection's end ----

Status TcpSocket::CheckSend() {
  if (state_ == State::kConnecting) return Errno::kInProgress;
  if (const std::optional<Errno> error = TakeError()) return *error;
  if (write_shut_ || state_ != State::kConnected) return Errno::kPipe;
  return kOk;
}

void TcpSocket::PeerLeft(End end) {
  if (end == End::kQuiet) {
    end_received_ = true;
    return;
  }
  SetError(end_received_ ? Errno::kPipe : Errno::kConnReset);
  state_ = State::kClosed;
  read_shut_ = write_shut_ = true;
}

void TcpSocket::SendToNobody() {
  SetError(Errno::kPipe);
  state_ = State::kClosed;
  write_shut_ = true;
  queue().WakeAll();
}

Status TcpSocket::Shutdown(int32_t how) {
  const bool reads = how != abi::kShutWrite;
  if (state_ == State::kListening) {
    if (reads) {
      StopListening();
      network().tcp.Release(port_);
    }
    return kOk;
  }
  if (state_ == State::kConnecting) {
    Disconnect();
    return kOk;
  }
  if (state_ != State::kConnected || (end_received_ && write_shut_)) return Errno::kNotConn;
  if (reads) read_shut_ = true;
  if (how != abi::kShutRead) EndWriting();
  queue().WakeAll();
  return kOk;
}

// ---- Names and options ----

Address TcpSocket::LocalName() const {
  if (port_.is_bound()) return FormatInet(kind().family, port_.local);
  const bool v4 = kind().family == abi::kAfInet;
  return FormatInet(kind().family, v4 ? InetAddress::AnyV4() : InetAddress::AnyV6());
}

Result<Address> TcpSocket::PeerName() const {
  const bool connected = state_ == State::kConnected && !(peer_ == nullptr && write_shut_);
  if (!connected) return Errno::kNotConn;
  return FormatInet(kind().family, remote_);
}

uint8_t TcpSocket::StateNumber() const {
  enum : uint8_t { kEstablished = 1, kSynSent = 2, kFinWait2 = 5, kClose = 7, kCloseWait = 8 };
  constexpr uint8_t kListen = 10;
  if (state_ == State::kListening) return kListen;
  if (state_ == State::kConnecting) return kSynSent;
  if (state_ != State::kConnected || (end_received_ && write_shut_)) return kClose;
  return end_received_ ? kCloseWait : write_shut_ ? kFinWait2 : kEstablished;
}

Result<std::string> TcpSocket::GetOption(int32_t level, int32_t name) {
  if (level == abi::kIpProtoTcp && name == abi::kTcpInfo) {
    constexpr size_t kInfoSize = 104;  // struct tcp_info as far as tcpi_total_retrans
    std::string info(kInfoSize, '\0');
    info[0] = static_cast<char>(StateNumber());
    return info;
  }
  if (level == abi::kIpProtoTcp && name == abi::kTcpCongestion) {
    std::string algorithm = "cubic";
    algorithm.resize(16);
    return algorithm;
  }
  return StreamSocket::GetOption(level, name);
}

Status TcpSocket::SetOption(int32_t level, int32_t name, const std::string& value) {
  if (level == abi::kIpProtoTcp && name == abi::kTcpInfo) return Errno::kNoProtoOpt;
  if (level == abi::kIpProtoTcp && name == abi::kTcpCongestion) {
    return value.rfind("cubic", 0) == 0 ? Status(kOk) : Status(Errno::kNoEnt);
  }
  if (level == abi::kIpProtoIpv6 && name == abi::kIpv6Only && port_.is_bound()) {
    return Errno::kInval;
  }
  return StreamSocket::SetOption(level, name, value);
}

}  // namespace elfin::net
