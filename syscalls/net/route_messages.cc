#include "syscalls/net/route_messages.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/base/errno.h"
#include "syscalls/abi/socket.h"
#include "syscalls/net/inet_address.h"
#include "syscalls/net/route_message_parts.h"
#include "syscalls/net/routes.h"

namespace elfin::net {
namespace {

template <class T>
std::string Counters(const loopback::Traffic& traffic) {
  std::array<T, abi::kLinkCounters> counters{};
  counters[abi::kPacketsReceived] = counters[abi::kPacketsSent] = static_cast<T>(traffic.packets);
  counters[abi::kBytesReceived] = counters[abi::kBytesSent] = static_cast<T>(traffic.bytes);
  return BytesOf(counters);
}

std::string Link(const RouteRequest& request, uint16_t flags) {
  constexpr uint8_t kUnknown = 0, kDefaultMode = 0, kCarrierThere = 1;
  constexpr uint32_t kDefaultGroup = 0;
  const std::string hardware_address(loopback::kHardwareAddressSize, '\0');
  MessageWriter link = request.Answer(abi::kRouteNewLink, flags);
  link.AddValue(abi::LinkMessage{abi::kAfUnspec, 0, loopback::kHardwareType, loopback::kIndex,
                                 loopback::kFlags, 0});
  link.AddAttributeText(abi::kLinkName, loopback::kName);
  link.AddAttributeValue(abi::kLinkQueueLength, loopback::kQueueLength);
  link.AddAttributeValue(abi::kLinkOperationState, kUnknown);
  link.AddAttributeValue(abi::kLinkMode, kDefaultMode);
  link.AddAttributeValue(abi::kLinkMtu, loopback::kMtu);
  link.AddAttributeValue(abi::kLinkGroup, kDefaultGroup);
  link.AddAttributeValue(abi::kLinkCarrier, kCarrierThere);
  link.AddAttribute(abi::kLinkAddress, hardware_address);
  link.AddAttribute(abi::kLinkBroadcast, hardware_address);
  link.AddAttributeText(abi::kLinkQueueDiscipline, "noqueue");
  link.AddAttribute(abi::kLinkStats64, Counters<uint64_t>(request.traffic));
  link.AddAttribute(abi::kLinkStats, Counters<uint32_t>(request.traffic));
  return link.Take();
}

MessageWriter BeginAddress(const RouteRequest& request, uint8_t family, uint8_t prefix_bits) {
  MessageWriter address = request.Answer(abi::kRouteNewAddress, abi::kNetlinkMulti);
  address.AddValue(abi::AddressMessage{family, prefix_bits, abi::kAddressPermanent, abi::kScopeHost,
                                       loopback::kIndex});
  return address;
}

std::string FinishAddress(MessageWriter& address) {
  // struct ifa_cacheinfo: preferred and valid for ever, made at the start.
  constexpr std::array<uint32_t, 4> kForEver = {UINT32_MAX, UINT32_MAX, 0, 0};
  address.AddAttributeValue(abi::kAddressFlags, abi::kAddressPermanent);
  address.AddAttributeValue(abi::kAddressCacheInfo, kForEver);
  return address.Take();
}

std::string V4Address(const RouteRequest& request) {
  MessageWriter address = BeginAddress(request, abi::kAfInet, loopback::kV4PrefixBits);
  address.AddAttributeValue(abi::kAddressAddress, loopback::kV4Address);
  address.AddAttributeValue(abi::kAddressLocal, loopback::kV4Address);
  address.AddAttributeText(abi::kAddressLabel, loopback::kName);
  return FinishAddress(address);
}

std::string V6Address(const RouteRequest& request) {
  MessageWriter address = BeginAddress(request, abi::kAfInet6, loopback::kV6PrefixBits);
  address.AddAttributeValue(abi::kAddressAddress, InetAddress::LoopbackV6().ip);
  return FinishAddress(address);
}

using Packets = std::vector<std::string>;

Packets WithDone(const RouteRequest& request, std::string answers) {
  MessageWriter done = request.Answer(abi::kNetlinkDone, abi::kNetlinkMulti);
  done.AddValue(int32_t{0});
  Packets packets;
  if (!answers.empty()) packets.push_back(std::move(answers));
  packets.push_back(done.Take());
  return packets;
}

/// What there is of one family. Errors: kOpNotSupp.
Result<std::string> DumpFamily(const RouteRequest& request, int32_t family) {
  const bool is_v4 = family == abi::kAfInet;
  switch (request.header.type) {
    case abi::kRouteGetAddress:
      return is_v4 ? V4Address(request) : V6Address(request);
    case abi::kRouteGetRoute:
      return is_v4 ? V4Routes(request) : V6Routes(request);
    case abi::kRouteGetRule:
      return Rules(request, family);
    case abi::kRouteGetNeighbor:
      return std::string();  // lo has none
    default:
      return Errno::kOpNotSupp;
  }
}

/// Everything of a kind. Errors: kOpNotSupp.
Result<Packets> Dump(const RouteRequest& request) {
  if (request.header.type == abi::kRouteGetLink) {
    return WithDone(request, Link(request, abi::kNetlinkMulti));
  }
  const uint8_t wanted = request.As<uint8_t>();
  std::string answers;
  for (const int32_t family : {abi::kAfInet, abi::kAfInet6}) {
    const std::string of_family = TRY(DumpFamily(request, family));
    if (wanted == abi::kAfUnspec || wanted == family) answers += of_family;
  }
  return WithDone(request, std::move(answers));
}

/// The interface's name that the attributes behind a LinkMessage give.
std::optional<std::string_view> NameAskedFor(std::string_view body) {
  std::optional<std::string_view> name =
      FindAttribute(body, sizeof(abi::LinkMessage), abi::kLinkName);
  if (!name) name = FindAttribute(body, sizeof(abi::LinkMessage), abi::kLinkAlternativeName);
  if (name) name = name->substr(0, name->find('\0'));
  return name;
}

/// One thing. Errors: kInval, kNoDev, kNetUnreach, kOpNotSupp.
Result<Packets> Get(const RouteRequest& request) {
  if (request.header.type == abi::kRouteGetRoute) return Packets{TRY(RouteTo(request))};
  if (request.header.type != abi::kRouteGetLink) return Errno::kOpNotSupp;
  if (request.body.size() < sizeof(abi::LinkMessage)) return Errno::kInval;
  const auto wanted = request.As<abi::LinkMessage>();
  const std::optional<std::string_view> name = NameAskedFor(request.body);
  if (wanted.index <= 0 && !name.has_value()) return Errno::kInval;
  const bool found = wanted.index > 0 ? wanted.index == loopback::kIndex : *name == loopback::kName;
  if (!found) return Errno::kNoDev;
  return Packets{Link(request, 0)};
}

/// Linux's rtnetlink_rcv_msg. Errors: those of Dump and Get, kPerm.
Result<Packets> Handle(const RouteRequest& request) {
  const uint16_t type = request.header.type;
  if (type > abi::kRouteLastType) return Errno::kOpNotSupp;
  if (request.body.empty()) return Packets();
  const bool gets = (type & abi::kRouteKindMask) == abi::kRouteKindGet;
  if (!gets) return request.caller.may_change ? Errno::kOpNotSupp : Errno::kPerm;
  return (request.header.flags & abi::kNetlinkDump) != 0 ? Dump(request) : Get(request);
}

/// NLMSG_ERROR, with the request where it is an error, its header alone where it isn't.
std::string Acknowledge(const RouteRequest& request, int32_t error) {
  const uint16_t flags = error == 0 ? abi::kNetlinkCapped : uint16_t{0};
  MessageWriter answer = request.Answer(abi::kNetlinkError, flags);
  answer.AddValue(-error);
  answer.AddValue(request.header);
  if (error != 0) answer.Add(request.body);
  return answer.Take();
}

}  // namespace

// Linux's netlink_rcv_skb.
std::vector<std::string> AnswerRouteRequest(std::string_view request, const RouteCaller& caller,
                                            const loopback::Traffic& traffic) {
  Packets packets;
  while (request.size() >= sizeof(abi::NetlinkHeader)) {
    abi::NetlinkHeader header;
    std::memcpy(&header, request.data(), sizeof(header));
    if (header.size < sizeof(header) || header.size > request.size()) break;
    const std::string_view body = request.substr(sizeof(header), header.size - sizeof(header));
    const RouteRequest one{header, body, caller, traffic};
    const bool is_control = header.type < abi::kNetlinkFirstType;
    const bool is_request = (header.flags & abi::kNetlinkRequest) != 0;
    Result<Packets> answers = is_request && !is_control ? Handle(one) : Packets();
    const bool dumped =
        answers.ok() && !answers.value().empty() && (header.flags & abi::kNetlinkDump) != 0;
    if (answers.ok()) {
      std::move(answers.value().begin(), answers.value().end(), std::back_inserter(packets));
    }
    if (!answers.ok() || ((header.flags & abi::kNetlinkAck) != 0 && !dumped)) {
      const int32_t error = answers.ok() ? 0 : static_cast<int32_t>(answers.error());
      packets.push_back(Acknowledge(one, error));
    }
    request.remove_prefix(std::min(request.size(), AlignedForNetlink(header.size)));
  }
  return packets;
}

}  // namespace elfin::net
