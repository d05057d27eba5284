// Addresses of IPv4 and IPv6 sockets.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/base/result.h"
#include "syscalls/net/message.h"

namespace elfin::net {

/// Address and port; those of IPv4 are mapped (::ffff:a.b.c.d), so that both families meet.
struct InetAddress {
  std::array<uint8_t, 16> ip{};
  uint16_t port = 0;

  static InetAddress AnyV4(uint16_t port = 0);
  static InetAddress AnyV6(uint16_t port = 0) { return {{}, port}; }
  static InetAddress LoopbackV4(uint16_t port = 0);
  static InetAddress LoopbackV6(uint16_t port = 0);

  bool is_v4() const;
  bool is_any() const;
  /// 127.0.0.0/8 and ::1: all that this machine has.
  bool is_loopback() const;
  bool operator==(const InetAddress&) const = default;
};

/// From a struct sockaddr of a socket's family. Errors: kInval (too short), kAfNoSupport (of
/// another family).
Result<InetAddress> ParseInet(int32_t family, const Address& address);
/// To one. IPv4 addresses of IPv6 sockets are mapped.
Address FormatInet(int32_t family, const InetAddress& address);

/// Where a connection to `to` leads: 0.0.0.0 and :: are this machine. Errors: kNetUnreach.
Result<InetAddress> Route(const InetAddress& to);

}  // namespace elfin::net
