#include "syscalls/net/route_messages.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/base/errno.h"
#include "syscalls/abi/netlink.h"
#include "syscalls/abi/socket.h"
#include "syscalls/net/inet_address.h"
#include "syscalls/net/socket.h"

namespace elfin::net {
namespace {

constexpr size_t Aligned(size_t size) {
  return (size + abi::kNetlinkAlign - 1) & ~(abi::kNetlinkAlign - 1);
}

/// One message under construction: its header's size is right when it is taken.
class MessageWriter {
 public:
  MessageWriter(const abi::NetlinkHeader& request, uint16_t type, uint16_t flags, uint32_t port_id)
      : bytes_(BytesOf(abi::NetlinkHeader{0, type, flags, request.sequence, port_id})) {}

  void Add(std::string_view bytes) {
    bytes_ += bytes;
    bytes_.resize(Aligned(bytes_.size()));
  }
  template <class T>
  void AddValue(const T& value) {
    Add(BytesOf(value));
  }

  void AddAttribute(uint16_t type, std::string_view value) {
    const auto size = static_cast<uint16_t>(sizeof(abi::RouteAttribute) + value.size());
    AddValue(abi::RouteAttribute{size, type});
    Add(value);
  }
  template <class T>
  void AddAttributeValue(uint16_t type, const T& value) {
    AddAttribute(type, BytesOf(value));
  }
  /// With the zero at its end.
  void AddAttributeText(uint16_t type, std::string_view text) {
    AddAttribute(type, std::string(text) + '\0');
  }

  std::string Take() {
    const auto size = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &size, sizeof(size));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

/// A request: its header, and what follows it.
struct Request {
  abi::NetlinkHeader header;
  std::string_view body;
  const RouteCaller& caller;
  const loopback::Traffic& traffic;

  MessageWriter Answer(uint16_t type, uint16_t flags) const {
    return {header, type, flags, caller.port_id};
  }
  /// The struct at the body's beginning, zeros where it is cut short.
  template <class T>
  T As() const {
    T value{};
    std::memcpy(&value, body.data(), std::min(body.size(), sizeof(value)));
    return value;
  }
};

template <class T>
std::string Counters(const loopback::Traffic& traffic) {
  std::array<T, abi::kLinkCounters> counters{};
  counters[abi::kPacketsReceived] = counters[abi::kPacketsSent] = static_cast<T>(traffic.packets);
  counters[abi::kBytesReceived] = counters[abi::kBytesSent] = static_cast<T>(traffic.bytes);
  return BytesOf(counters);
}

std::string Link(const Request& request, uint16_t flags) {
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

MessageWriter BeginAddress(const Request& request, uint8_t family, uint8_t prefix_bits) {
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

std::string V4Address(const Request& request) {
  MessageWriter address = BeginAddress(request, abi::kAfInet, loopback::kV4PrefixBits);
  address.AddAttributeValue(abi::kAddressAddress, loopback::kV4Address);
  address.AddAttributeValue(abi::kAddressLocal, loopback::kV4Address);
  address.AddAttributeText(abi::kAddressLabel, loopback::kName);
  return FinishAddress(address);
}

std::string V6Address(const Request& request) {
  MessageWriter address = BeginAddress(request, abi::kAfInet6, loopback::kV6PrefixBits);
  address.AddAttributeValue(abi::kAddressAddress, InetAddress::LoopbackV6().ip);
  return FinishAddress(address);
}

using Packets = std::vector<std::string>;

Packets WithDone(const Request& request, std::string answers) {
  MessageWriter done = request.Answer(abi::kNetlinkDone, abi::kNetlinkMulti);
  done.AddValue(int32_t{0});
  Packets packets;
  if (!answers.empty()) packets.push_back(std::move(answers));
  packets.push_back(done.Take());
  return packets;
}

/// Everything of a kind. Errors: kOpNotSupp.
Result<Packets> Dump(const Request& request) {
  const uint8_t family = request.As<uint8_t>();
  const bool all = family == abi::kAfUnspec;
  if (request.header.type == abi::kRouteGetLink) {
    return WithDone(request, Link(request, abi::kNetlinkMulti));
  }
  if (request.header.type != abi::kRouteGetAddress) return Errno::kOpNotSupp;
  std::string answers;
  if (all || family == abi::kAfInet) answers += V4Address(request);
  if (all || family == abi::kAfInet6) answers += V6Address(request);
  return WithDone(request, std::move(answers));
}

/// The interface's name that the attributes behind a LinkMessage give.
std::optional<std::string_view> NameAskedFor(std::string_view body) {
  body.remove_prefix(std::min(body.size(), Aligned(sizeof(abi::LinkMessage))));
  while (body.size() >= sizeof(abi::RouteAttribute)) {
    abi::RouteAttribute attribute;
    std::memcpy(&attribute, body.data(), sizeof(attribute));
    if (attribute.size < sizeof(attribute) || attribute.size > body.size()) break;
    if (attribute.type == abi::kLinkName || attribute.type == abi::kLinkAlternativeName) {
      const std::string_view value =
          body.substr(sizeof(attribute), attribute.size - sizeof(attribute));
      return value.substr(0, value.find('\0'));
    }
    body.remove_prefix(std::min(body.size(), Aligned(attribute.size)));
  }
  return std::nullopt;
}

/// One thing. Errors: kInval, kNoDev, kOpNotSupp.
Result<Packets> Get(const Request& request) {
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
Result<Packets> Handle(const Request& request) {
  const uint16_t type = request.header.type;
  if (type > abi::kRouteLastType) return Errno::kOpNotSupp;
  if (request.body.empty()) return Packets();
  const bool gets = (type & abi::kRouteKindMask) == abi::kRouteKindGet;
  if (!gets) return request.caller.may_change ? Errno::kOpNotSupp : Errno::kPerm;
  return (request.header.flags & abi::kNetlinkDump) != 0 ? Dump(request) : Get(request);
}

/// NLMSG_ERROR, with the request where it is an error, its header alone where it isn't.
std::string Acknowledge(const Request& request, int32_t error) {
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
    const Request one{header, body, caller, traffic};
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
    request.remove_prefix(std::min(request.size(), Aligned(header.size)));
  }
  return packets;
}

}  // namespace elfin::net
