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
                          kRouteGetAddress = 22, kRouteLastType = 127;
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
inline constexpr uint8_t kScopeHost = 254;

}  // namespace elfin::abi
