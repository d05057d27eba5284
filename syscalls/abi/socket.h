// Sockets: families, types, options, messages (include/linux/socket.h,
// include/uapi/linux/{in,in6,un, tcp}.h, asm-generic/socket.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

inline constexpr int32_t kAfUnspec = 0, kAfUnix = 1, kAfInet = 2, kAfInet6 = 10, kAfNetlink = 16,
                         kAfMax = 46;

inline constexpr int32_t kSockStream = 1, kSockDgram = 2, kSockRaw = 3, kSockSeqPacket = 5;
inline constexpr int32_t kSockTypeMask = 0xf;
inline constexpr uint32_t kSockNonBlock = 0x800, kSockCloExec = 0x80000;  // O_NONBLOCK, O_CLOEXEC

inline constexpr int32_t kIpProtoIp = 0, kIpProtoIcmp = 1, kIpProtoTcp = 6, kIpProtoUdp = 17,
                         kIpProtoIpv6 = 41;

inline constexpr int32_t kShutRead = 0, kShutWrite = 1, kShutBoth = 2;

inline constexpr uint32_t kMsgOob = 1, kMsgPeek = 2, kMsgDontRoute = 4, kMsgControlTruncated = 8,
                          kMsgTruncated = 0x20, kMsgDontWait = 0x40, kMsgEndOfRecord = 0x80,
                          kMsgWaitAll = 0x100, kMsgConfirm = 0x800, kMsgErrorQueue = 0x2000,
                          kMsgNoSignal = 0x4000, kMsgMore = 0x8000, kMsgWaitForOne = 0x10000,
                          kMsgCloExec = 0x40000000;

// Levels and names of getsockopt(2).
inline constexpr int32_t kSolSocket = 1;
inline constexpr int32_t kSoDebug = 1, kSoReuseAddr = 2, kSoType = 3, kSoError = 4,
                         kSoDontRoute = 5, kSoBroadcast = 6, kSoSendBuffer = 7,
                         kSoReceiveBuffer = 8, kSoKeepAlive = 9, kSoOobInline = 10,
                         kSoPriority = 12, kSoLinger = 13, kSoReusePort = 15, kSoPassCred = 16,
                         kSoPeerCred = 17, kSoReceiveLowAt = 18, kSoSendLowAt = 19,
                         kSoReceiveTimeout = 20, kSoSendTimeout = 21, kSoAcceptConn = 30,
                         kSoSendBufferForce = 32, kSoReceiveBufferForce = 33, kSoMark = 36,
                         kSoProtocol = 38, kSoDomain = 39, kSoBusyPoll = 46, kSoIncomingCpu = 49;
inline constexpr int32_t kTcpNoDelay = 1, kTcpMaxSegment = 2, kTcpCork = 3, kTcpKeepIdle = 4,
                         kTcpKeepInterval = 5, kTcpKeepCount = 6, kTcpSynCount = 7, kTcpLinger2 = 8,
                         kTcpDeferAccept = 9, kTcpWindowClamp = 10, kTcpInfo = 11,
                         kTcpQuickAck = 12, kTcpCongestion = 13, kTcpUserTimeout = 18,
                         kTcpNotSentLowAt = 25;
inline constexpr int32_t kIpTos = 1, kIpTtl = 2, kIpPacketInfo = 8, kIpMtuDiscover = 10,
                         kIpReceiveErrors = 11, kIpFreeBind = 15, kIpMulticastTtl = 33,
                         kIpMulticastLoop = 34, kIpBindAddressNoPort = 24;
inline constexpr int32_t kIpv6UnicastHops = 16, kIpv6MulticastHops = 18, kIpv6MulticastLoop = 19,
                         kIpv6MtuDiscover = 23, kIpv6ReceiveErrors = 25, kIpv6Only = 26,
                         kIpv6ReceivePacketInfo = 49, kIpv6TrafficClass = 67;

inline constexpr int32_t kScmRights = 1, kScmCredentials = 2;
inline constexpr size_t kScmMaxFiles = 253;

inline constexpr uint32_t kSiocAtMark = 0x8905;

struct SockAddrIn {
  uint16_t family;
  uint8_t port[2];  // big-endian
  uint8_t address[4];
  uint8_t zero[8];
};
static_assert(sizeof(SockAddrIn) == 16);

struct SockAddrIn6 {
  uint16_t family;
  uint8_t port[2];  // big-endian
  uint32_t flow_info;
  uint8_t address[16];
  uint32_t scope;
};
static_assert(sizeof(SockAddrIn6) == 28);

/// struct sockaddr_un: family and up to 108 bytes.
inline constexpr size_t kUnixPathOffset = 2, kUnixPathMax = 108;
inline constexpr size_t kSockAddrMax = 128;

struct Linger {
  int32_t on;
  int32_t seconds;
};
static_assert(sizeof(Linger) == 8);

struct UserCredentials {  // struct ucred
  int32_t pid;
  uint32_t uid;
  uint32_t gid;
  bool operator==(const UserCredentials&) const = default;
};
static_assert(sizeof(UserCredentials) == 12);

struct MessageHeader {  // struct user_msghdr
  uint64_t name;
  uint32_t name_size;
  uint32_t padding;
  uint64_t iovecs;
  uint64_t iovec_count;
  uint64_t control;
  uint64_t control_size;
  uint32_t flags;
  uint32_t padding2;
};
static_assert(sizeof(MessageHeader) == 56);

struct ManyMessageHeader {  // struct mmsghdr
  MessageHeader header;
  uint32_t size;
  uint32_t padding;
};
static_assert(sizeof(ManyMessageHeader) == 64);

/// struct cmsghdr; the data follow, the next begins at a multiple of eight.
struct ControlHeader {
  uint64_t size;  // with this header
  int32_t level;
  int32_t type;
};
static_assert(sizeof(ControlHeader) == 16);

}  // namespace elfin::abi
