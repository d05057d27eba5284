#include "syscalls/net/make_socket.h"

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/net/netlink_socket.h"
#include "syscalls/net/tcp_socket.h"
#include "syscalls/net/udp_socket.h"
#include "syscalls/net/unix_datagram.h"
#include "syscalls/net/unix_stream.h"

namespace elfin::net {
namespace {

/// Checks what socket(2) is asked for, and fills in what it leaves open. Errors: MakeSocket's.
Status Complete(const vfs::Caller& caller, SocketKind& kind) {
  if (kind.family < 0 || kind.family >= abi::kAfMax) return Errno::kAfNoSupport;
  if (kind.type < 0 || kind.type > 10) return Errno::kInval;
  if (kind.family == abi::kAfUnix) {
    if (kind.protocol != 0 && kind.protocol != abi::kAfUnix) return Errno::kProtoNoSupport;
    if (kind.type == abi::kSockRaw) kind.type = abi::kSockDgram;  // as Linux has it
    const bool known = kind.type == abi::kSockStream || kind.type == abi::kSockDgram ||
                       kind.type == abi::kSockSeqPacket;
    return known ? Status(kOk) : Status(Errno::kSockTNoSupport);
  }
  if (kind.family == abi::kAfNetlink) {
    const bool known = kind.type == abi::kSockDgram || kind.type == abi::kSockRaw;
    if (!known) return Errno::kSockTNoSupport;
    const bool route = kind.protocol == abi::kNetlinkRoute;
    return route ? Status(kOk) : Status(Errno::kProtoNoSupport);
  }
  if (kind.family != abi::kAfInet && kind.family != abi::kAfInet6) return Errno::kAfNoSupport;
  if (kind.protocol < 0 || kind.protocol > 255) return Errno::kInval;
  switch (kind.type) {
    case abi::kSockStream:
      if (kind.protocol == 0) kind.protocol = abi::kIpProtoTcp;
      return kind.protocol == abi::kIpProtoTcp ? Status(kOk) : Status(Errno::kProtoNoSupport);
    case abi::kSockDgram:
      if (kind.protocol == 0) kind.protocol = abi::kIpProtoUdp;
      if (kind.protocol == abi::kIpProtoIcmp) return Errno::kAcces;  // net.ipv4.ping_group_range
      return kind.protocol == abi::kIpProtoUdp ? Status(kOk) : Status(Errno::kProtoNoSupport);
    case abi::kSockRaw:
      // There is no network below sockets whose packets could be made by hand.
      return caller.credentials.privileged() ? Errno::kProtoNoSupport : Errno::kPerm;
    default:
      return Errno::kSockTNoSupport;
  }
}

template <class T>
std::shared_ptr<T> Make(Network& network, const vfs::MountPtr& mount, SocketKind kind,
                        uint32_t flags) {
  return std::make_shared<T>(network, fs::MakeSocketPath(mount), kind, flags);
}

template <class T>
SocketPair MakePair(Network& network, const vfs::Caller& caller, SocketKind kind, uint32_t flags) {
  const vfs::MountPtr mount = fs::FindSocketMount(caller.mounts);
  auto first = Make<T>(network, mount, kind, flags);
  auto second = Make<T>(network, mount, kind, flags);
  first->peer_credentials = second->peer_credentials = CredentialsOf(caller);
  first->JoinWith(*second);
  if constexpr (std::is_same_v<T, UnixDatagram>) second->JoinWith(*first);
  return {std::move(first), std::move(second)};
}

}  // namespace

Result<SocketPtr> MakeSocket(Network& network, const vfs::Caller& caller, SocketKind kind,
                             uint32_t flags) {
  TRY(Complete(caller, kind));
  const vfs::MountPtr mount = fs::FindSocketMount(caller.mounts);
  const bool datagrams = kind.type == abi::kSockDgram;
  if (kind.family == abi::kAfUnix) {
    if (datagrams) return SocketPtr(Make<UnixDatagram>(network, mount, kind, flags));
    return SocketPtr(Make<UnixStream>(network, mount, kind, flags));
  }
  if (kind.family == abi::kAfNetlink) {
    return SocketPtr(Make<NetlinkSocket>(network, mount, kind, flags));
  }
  if (datagrams) return SocketPtr(Make<UdpSocket>(network, mount, kind, flags));
  return SocketPtr(Make<TcpSocket>(network, mount, kind, flags));
}

Result<SocketPair> MakeSocketPair(Network& network, const vfs::Caller& caller, SocketKind kind,
                                  uint32_t flags) {
  TRY(Complete(caller, kind));
  if (kind.family != abi::kAfUnix) return Errno::kOpNotSupp;
  if (kind.type == abi::kSockDgram) return MakePair<UnixDatagram>(network, caller, kind, flags);
  return MakePair<UnixStream>(network, caller, kind, flags);
}

}  // namespace elfin::net
