// netlink(7) and rtnetlink(7): what messages look like.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

inline constexpr int32_t kNetlinkRoute = 0;

struct SockAddrNetlink {  // struct sockaddr_nl
  uint16_t family;
  uint16_t padding;
  uint32_t port_id;  // 0: the kernel
  uint32_t groups;
};
static_assert(sizeof(SockAddrNetlink) == 12);

struct NetlinkHeader {  // struct nlmsghdr; messages and attributes begin at multiples of four
  uint32_t size;        // with this header
  uint16_t type;
  uint16_t flags;
  uint32_t sequence;
  uint32_t port_id;
};
static_assert(sizeof(NetlinkHeader) == 16);
inline constexpr size_t kNetlinkAlign = 4;

inline constexpr uint16_t kNetlinkRequest = 1, kNetlinkMulti = 2, kNetlinkAck = 4,
                          kNetlinkDump = 0x300, kNetlinkCapped = 0x100;
inline constexpr uint16_t kNetlinkError = 2, kNetlinkDone = 3, kNetlinkFirstType = 16;

// Families of messages in fours: new, delete, get, set.
inline constexpr uint16_t kRouteNewLink = 16, kRouteGetLink = 18, kRouteNewAddress = 20,
                          kRouteGetAddress = 22, kRouteNewRoute = 24, kRouteGetRoute = 26,
                          kRouteGetNeighbor = 30, kRouteNewRule = 32, kRouteGetRule = 34,
                          kRouteLastType = 127;
inline constexpr uint16_t kRouteKindMask = 3, kRouteKindGet = 2;

struct LinkMessage {  // struct ifinfomsg
  uint8_t family;
  uint8_t padding;
  uint16_t type;  // ARPHRD_*
  int32_t index;
  uint32_t flags;  // IFF_*
  uint32_t change;
};
static_assert(sizeof(LinkMessage) == 16);

struct AddressMessage {  // struct ifaddrmsg
  uint8_t family;
  uint8_t prefix_bits;
  uint8_t flags;  // IFA_F_*
  uint8_t scope;
  uint32_t index;
};
static_assert(sizeof(AddressMessage) == 8);

struct RouteMessage {  // struct rtmsg; struct fib_rule_hdr has the same shape, its action in `type`
  uint8_t family;
  uint8_t destination_bits;
  uint8_t source_bits;
  uint8_t service;
  uint8_t table;
  uint8_t protocol;
  uint8_t scope;
  uint8_t type;
  uint32_t flags;
};
static_assert(sizeof(RouteMessage) == 12);
inline constexpr uint8_t kRouteByKernel = 2;                    // RTPROT_KERNEL
inline constexpr uint8_t kRouteLocal = 2, kRouteBroadcast = 3;  // RTN_…
/// RTA_…, and FRA_… where a rule has the same.
inline constexpr uint16_t kRouteDestination = 1, kRouteSource = 2, kRouteOutInterface = 4,
                          kRoutePriority = 6, kRoutePreferredSource = 7, kRouteCacheInfo = 12,
                          kRouteTable = 15, kRoutePreference = 20, kRouteUser = 25;
inline constexpr uint16_t kRuleSuppressPrefix = 14, kRuleProtocol = 21;  // FRA_…

struct RouteAttribute {  // struct rtattr
  uint16_t size;         // with this header
  uint16_t type;
};
static_assert(sizeof(RouteAttribute) == 4);

inline constexpr uint16_t kLinkAddress = 1, kLinkBroadcast = 2, kLinkName = 3, kLinkMtu = 4,
                          kLinkQueueDiscipline = 6, kLinkStats = 7, kLinkQueueLength = 13,
                          kLinkOperationState = 16, kLinkMode = 17, kLinkStats64 = 23,
                          kLinkGroup = 27, kLinkCarrier = 33, kLinkAlternativeName = 53;

/// struct rtnl_link_stats and rtnl_link_stats64: counters of 32 and 64 bits.
inline constexpr size_t kLinkCounters = 24;
inline constexpr size_t kPacketsReceived = 0, kPacketsSent = 1, kBytesReceived = 2, kBytesSent = 3;

inline constexpr uint16_t kAddressAddress = 1, kAddressLocal = 2, kAddressLabel = 3,
                          kAddressCacheInfo = 6, kAddressFlags = 8;
inline constexpr uint32_t kAddressPermanent = 0x80;
inline constexpr uint8_t kScopeLink = 253, kScopeHost = 254;

}  // namespace elfin::abi
