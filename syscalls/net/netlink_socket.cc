#include "syscalls/net/netlink_socket.h"

#include <cstring>
#include <utility>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/net/network.h"
#include "syscalls/net/route_messages.h"

namespace elfin::net {
namespace {

/// Errors: kInval (too short, of another family).
Result<abi::SockAddrNetlink> Parse(const Address& address) {
  abi::SockAddrNetlink parsed;
  if (address.size() < sizeof(parsed) || FamilyOf(address) != abi::kAfNetlink) {
    return Errno::kInval;
  }
  std::memcpy(&parsed, address.data(), sizeof(parsed));
  return parsed;
}

/// Others than the kernel: only for the superuser.
bool IsForAnyone(const abi::SockAddrNetlink& to) { return to.port_id == 0 && to.groups == 0; }

}  // namespace

NetlinkSocket::~NetlinkSocket() {
  if (is_bound()) network().netlink.erase(port_id_);
}

void NetlinkSocket::BindAutomatically(uint32_t pid) {
  constexpr uint32_t kHighest = UINT32_MAX - 4096;
  uint32_t port_id = pid;
  for (uint32_t next = kHighest; port_id == 0 || network().netlink.count(port_id) != 0; --next) {
    port_id = next;
  }
  port_id_ = port_id;
  network().netlink.emplace(port_id_, this);
}

Task<Status> NetlinkSocket::Bind(const vfs::Caller& caller, Address address) {
  const abi::SockAddrNetlink wanted = TRY(Parse(address));
  if (is_bound()) {
    if (wanted.port_id != port_id_) return Errno::kInval;
  } else if (wanted.port_id == 0) {
    BindAutomatically(static_cast<uint32_t>(CredentialsOf(caller).pid));
  } else {
    if (!network().netlink.emplace(wanted.port_id, this).second) return Errno::kAddrInUse;
    port_id_ = wanted.port_id;
  }
  groups_ = wanted.groups;
  return kOk;
}

Task<Status> NetlinkSocket::Connect(const vfs::Caller& caller, Address address, vfs::IoOptions) {
  if (address.size() < sizeof(uint16_t)) return Errno::kInval;
  if (FamilyOf(address) == abi::kAfUnspec) {
    peer_.port_id = peer_.groups = 0;
    return kOk;
  }
  const abi::SockAddrNetlink to = TRY(Parse(address));
  if (!IsForAnyone(to) && !caller.credentials.privileged()) return Errno::kPerm;
  if (!is_bound()) BindAutomatically(static_cast<uint32_t>(CredentialsOf(caller).pid));
  peer_ = {abi::kAfNetlink, 0, to.port_id, to.groups};
  return kOk;
}

Task<Result<size_t>> NetlinkSocket::Send(Outgoing& message, vfs::IoOptions options) {
  constexpr int32_t kOwnCost = 32;
  if ((message.flags & abi::kMsgOob) != 0) return Errno::kOpNotSupp;
  abi::SockAddrNetlink to = peer_;
  if (!message.to.empty()) to = TRY(Parse(message.to));
  const std::optional<abi::UserCredentials> sender = SenderOf(options);
  const bool privileged =
      sender.has_value() && options.waiter->process().credentials.effective_uid == 0;
  if (!IsForAnyone(to) && !privileged) return Errno::kPerm;
  if (!is_bound()) BindAutomatically(sender.has_value() ? static_cast<uint32_t>(sender->pid) : 0);
  if (message.data.remaining() + kOwnCost > static_cast<uint64_t>(Option(abi::kSoSendBuffer))) {
    return Errno::kMsgSize;
  }
  if (to.port_id == 0)
    return SendToKernel(message, sender.has_value() ? sender->uid : 0, privileged);
  const auto found = network().netlink.find(to.port_id);
  if (found == network().netlink.end()) return Errno::kConnRefused;
  message.ancillary.files.clear();
  return found->second->Deliver(message, LocalName());
}

Result<size_t> NetlinkSocket::SendToKernel(Outgoing& message, uint32_t uid, bool may_change) {
  std::string request(static_cast<size_t>(message.data.remaining()), '\0');
  if (TRY(message.data.Take(request.data(), request.size())) < request.size()) {
    return Errno::kFault;
  }
  const Address kernel = BytesOf(abi::SockAddrNetlink{abi::kAfNetlink, 0, 0, 0});
  for (const std::string& packet :
       AnswerRouteRequest(request, {port_id_, uid, may_change}, network().loopback)) {
    vfs::MemorySource data(packet);
    // Nobody reads what has no room: the next receive says so.
    if (received_.room() < packet.size()) {
      SetError(Errno::kNoBufs);
      break;
    }
    Outgoing answer{data};
    TRY(Deliver(answer, kernel));
  }
  return request.size();
}

Address NetlinkSocket::LocalName() const {
  return BytesOf(abi::SockAddrNetlink{abi::kAfNetlink, 0, port_id_, groups_});
}

Result<Address> NetlinkSocket::PeerName() const { return BytesOf(peer_); }

}  // namespace elfin::net
