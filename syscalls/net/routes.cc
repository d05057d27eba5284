#include "syscalls/net/routes.h"

#include <array>
#include <cstring>

#include "runtime/base/errno.h"
#include "syscalls/abi/socket.h"
#include "syscalls/net/inet_address.h"

namespace elfin::net {
namespace {

using V4 = std::array<uint8_t, 4>;
constexpr V4 kLocalhost = {127, 0, 0, 1};
constexpr V4 kNetwork = {127, 0, 0, 0};
constexpr V4 kBroadcast = {127, 255, 255, 255};

constexpr uint8_t kV4Bits = 32, kV6Bits = 128;
constexpr uint32_t kTableMain = 254, kTableLocal = 255, kTableDefault = 253;

MessageWriter Begin(const RouteRequest& request, uint16_t flags, const abi::RouteMessage& route) {
  MessageWriter message = request.Answer(abi::kRouteNewRoute, flags);
  message.AddValue(route);
  message.AddAttributeValue(abi::kRouteTable, uint32_t{route.table});
  return message;
}

/// struct rta_cacheinfo: used by so many, all else zero.
std::array<uint32_t, 8> CacheInfo(uint32_t users) { return {users, 0, 0, 0, 0, 0, 0, 0}; }

std::string V4Route(const RouteRequest& request, const V4& to, uint8_t bits, uint8_t scope,
                    uint8_t type) {
  MessageWriter route =
      Begin(request, abi::kNetlinkMulti,
            {abi::kAfInet, bits, 0, 0, kTableLocal, abi::kRouteByKernel, scope, type, 0});
  route.AddAttributeValue(abi::kRouteDestination, to);
  route.AddAttributeValue(abi::kRoutePreferredSource, kLocalhost);
  route.AddAttributeValue(abi::kRouteOutInterface, loopback::kIndex);
  return route.Take();
}

std::string V4RouteTo(const RouteRequest& request, const V4& to) {
  constexpr uint32_t kLocal = 0x8000'0200, kLocalBroadcast = 0x9000'0200;  // RTCF_…
  const bool broadcast = to == kBroadcast;
  MessageWriter route = Begin(
      request, 0,
      {abi::kAfInet, kV4Bits, 0, 0, kTableMain, 0, 0,
       broadcast ? abi::kRouteBroadcast : abi::kRouteLocal, broadcast ? kLocalBroadcast : kLocal});
  route.AddAttributeValue(abi::kRouteDestination, to);
  route.AddAttributeValue(abi::kRouteOutInterface, loopback::kIndex);
  route.AddAttributeValue(abi::kRoutePreferredSource, kLocalhost);
  route.AddAttributeValue(abi::kRouteUser, request.caller.uid);
  route.AddAttributeValue(abi::kRouteCacheInfo, CacheInfo(2));
  return route.Take();
}

/// ::1, as an entry of the table or, with a source, as an answer to who asks for the way there.
std::string V6Localhost(const RouteRequest& request, bool is_answer) {
  const auto localhost = InetAddress::LoopbackV6().ip;
  const uint8_t source_bits = is_answer ? kV6Bits : 0;
  MessageWriter route = Begin(request, is_answer ? 0 : abi::kNetlinkMulti,
                              {abi::kAfInet6, kV6Bits, source_bits, 0, kTableLocal,
                               abi::kRouteByKernel, 0, abi::kRouteLocal, 0});
  route.AddAttributeValue(abi::kRouteDestination, localhost);
  if (is_answer) {
    route.AddAttributeValue(abi::kRouteSource, decltype(localhost){});
    route.AddAttributeValue(abi::kRoutePreferredSource, localhost);
  }
  route.AddAttributeValue(abi::kRoutePriority, uint32_t{0});
  route.AddAttributeValue(abi::kRouteOutInterface, loopback::kIndex);
  route.AddAttributeValue(abi::kRouteCacheInfo, CacheInfo(is_answer ? 2 : 0));
  route.AddAttributeValue(abi::kRoutePreference, uint8_t{0});
  return route.Take();
}

std::string Rule(const RouteRequest& request, int32_t family, uint32_t table, uint32_t priority) {
  constexpr uint8_t kToTable = 1;
  constexpr uint32_t kNotSuppressed = UINT32_MAX;
  MessageWriter rule = request.Answer(abi::kRouteNewRule, abi::kNetlinkMulti);
  rule.AddValue(abi::RouteMessage{static_cast<uint8_t>(family), 0, 0, 0,
                                  static_cast<uint8_t>(table), 0, 0, kToTable, 0});
  rule.AddAttributeValue(abi::kRouteTable, table);
  rule.AddAttributeValue(abi::kRuleSuppressPrefix, kNotSuppressed);
  rule.AddAttributeValue(abi::kRuleProtocol, abi::kRouteByKernel);
  if (priority != 0) rule.AddAttributeValue(abi::kRoutePriority, priority);
  return rule.Take();
}

}  // namespace

std::string V4Routes(const RouteRequest& request) {
  return V4Route(request, kNetwork, loopback::kV4PrefixBits, abi::kScopeHost, abi::kRouteLocal) +
         V4Route(request, kLocalhost, kV4Bits, abi::kScopeHost, abi::kRouteLocal) +
         V4Route(request, kBroadcast, kV4Bits, abi::kScopeLink, abi::kRouteBroadcast);
}

std::string V6Routes(const RouteRequest& request) { return V6Localhost(request, false); }

std::string Rules(const RouteRequest& request, int32_t family) {
  std::string rules = Rule(request, family, kTableLocal, 0);
  rules += Rule(request, family, kTableMain, 32766);
  if (family == abi::kAfInet) rules += Rule(request, family, kTableDefault, 32767);
  return rules;
}

Result<std::string> RouteTo(const RouteRequest& request) {
  if (request.body.size() < sizeof(abi::RouteMessage)) return Errno::kInval;
  const std::optional<std::string_view> to =
      FindAttribute(request.body, sizeof(abi::RouteMessage), abi::kRouteDestination);
  if (!to.has_value()) return Errno::kNetUnreach;
  if (request.As<abi::RouteMessage>().family == abi::kAfInet6) {
    const auto localhost = InetAddress::LoopbackV6().ip;
    if (*to != BytesOf(localhost)) return Errno::kNetUnreach;
    return V6Localhost(request, true);
  }
  V4 address;
  if (to->size() < sizeof(address)) return Errno::kInval;
  std::memcpy(address.data(), to->data(), sizeof(address));
  if (address[0] != kNetwork[0]) return Errno::kNetUnreach;
  return V4RouteTo(request, address);
}

}  // namespace elfin::net
