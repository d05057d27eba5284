#include "syscalls/net/udp_socket.h"

#include <utility>

#include "syscalls/net/network.h"

namespace elfin::net {
namespace {

constexpr uint16_t kFirstUnprivilegedPort = 1024;
constexpr uint64_t kMostV4 = 65507, kMostV6 = 65527;

}  // namespace

UdpSocket::~UdpSocket() { network().udp.Release(port_); }

Task<Status> UdpSocket::Bind(const vfs::Caller& caller, Address address) {
  const InetAddress local = TRY(ParseInet(kind().family, address));
  if (port_.is_bound()) return Errno::kInval;
  port_.only_v6 = options().Of(abi::kIpProtoIpv6, abi::kIpv6Only) != 0;
  port_.reuses_address = Option(abi::kSoReuseAddr) != 0;
  port_.reuses_port = Option(abi::kSoReusePort) != 0;
  port_.uid = caller.credentials.uid;
  if (local.is_v4() && kind().family == abi::kAfInet6 && port_.only_v6) return Errno::kInval;
  if (!local.is_any() && !local.is_loopback()) return Errno::kAddrNotAvail;
  const bool reserved = local.port != 0 && local.port < kFirstUnprivilegedPort;
  if (reserved && !caller.credentials.privileged()) return Errno::kAcces;
  return network().udp.Bind(port_, local);
}

Status UdpSocket::EnsureBound() {
  if (port_.is_bound()) return kOk;
  port_.only_v6 = options().Of(abi::kIpProtoIpv6, abi::kIpv6Only) != 0;
  chose_port_ = true;
  const bool v4 = kind().family == abi::kAfInet;
  return network().udp.Bind(port_, v4 ? InetAddress::AnyV4() : InetAddress::AnyV6());
}

Task<Status> UdpSocket::Connect(const vfs::Caller&, Address address, vfs::IoOptions) {
  if (FamilyOf(address) == abi::kAfUnspec && address.size() >= sizeof(uint16_t)) {
    remote_ = {};
    if (std::exchange(chose_port_, false)) network().udp.Release(port_);
    return kOk;
  }
  const InetAddress wanted = TRY(ParseInet(kind().family, address));
  const InetAddress to = TRY(Route(wanted));
  TRY(EnsureBound());
  if (port_.local.is_any()) {
    InetAddress local = to.is_v4() ? InetAddress::LoopbackV4() : InetAddress::LoopbackV6();
    local.port = port_.local.port;
    network().udp.Release(port_);
    network().udp.Share(port_, local);
  }
  remote_ = to;
  return kOk;
}

UdpSocket* UdpSocket::FindReceiver(const InetAddress& to, const InetAddress& from) const {
  UdpSocket* best = nullptr;
  int best_score = 0;
  network().udp.ForEachAt(to, [&](const PortUser& user, int score) {
    auto& receiver = static_cast<UdpSocket&>(user.socket);
    const bool connected = receiver.remote_.port != 0;
    if (connected && receiver.remote_ != from) return;
    const int total = score + (connected ? 4 : 0);
    // Of equals, the one that was bound last.
    if (total < best_score) return;
    best = &receiver;
    best_score = total;
  });
  return best;
}

Result<InetAddress> UdpSocket::Destination(const Outgoing& message) const {
  if (message.to.empty()) {
    if (remote_.port == 0) return Errno::kDestAddrReq;
    return remote_;
  }
  // An IPv6 socket sends to IPv4 addresses, too.
  const int32_t family = FamilyOf(message.to);
  const bool v4 = kind().family == abi::kAfInet || family == abi::kAfInet;
  if (v4 && family == abi::kAfUnspec) {
    Address as_v4 = message.to;
    as_v4[0] = static_cast<char>(abi::kAfInet);
    return ParseInet(abi::kAfInet, as_v4);
  }
  return ParseInet(v4 ? abi::kAfInet : abi::kAfInet6, message.to);
}

Task<Result<size_t>> UdpSocket::Send(Outgoing& message, vfs::IoOptions) {
  const bool v4 = kind().family == abi::kAfInet;
  if (message.data.remaining() > (v4 ? kMostV4 : kMostV6)) return Errno::kMsgSize;
  TRY(EnsureBound());
  const InetAddress wanted = TRY(Destination(message));
  if (wanted.port == 0) return Errno::kInval;
  if (write_shut_) return Errno::kPipe;
  if (const std::optional<Errno> error = TakeError()) return *error;
  const InetAddress to = TRY(Route(wanted));
  InetAddress from = port_.local;
  if (from.is_any()) from = to.is_v4() ? InetAddress::LoopbackV4() : InetAddress::LoopbackV6();
  from.port = port_.local.port;
  const auto size = static_cast<size_t>(message.data.remaining());
  UdpSocket* receiver = FindReceiver(to, from);
  if (receiver == nullptr) {
    // Who is connected is told that nobody is there, the next time.
    if (remote_.port != 0) {
      SetError(Errno::kConnRefused);
      queue().WakeAll(vfs::kPollErr);
    }
    return size;
  }
  if (receiver->received_.room() < size) return size;
  message.ancillary = {};
  network().loopback.Count(size);
  return receiver->Deliver(message, FormatInet(receiver->kind().family, from));
}

Status UdpSocket::Shutdown(int32_t how) {
  if (remote_.port == 0) return Errno::kNotConn;
  if (how != abi::kShutWrite) read_shut_ = true;
  if (how != abi::kShutRead) write_shut_ = true;
  queue().WakeAll();
  return kOk;
}

Address UdpSocket::LocalName() const {
  if (port_.is_bound()) return FormatInet(kind().family, port_.local);
  const bool v4 = kind().family == abi::kAfInet;
  return FormatInet(kind().family, v4 ? InetAddress::AnyV4() : InetAddress::AnyV6());
}

Result<Address> UdpSocket::PeerName() const {
  if (remote_.port == 0) return Errno::kNotConn;
  return FormatInet(kind().family, remote_);
}

}  // namespace elfin::net
