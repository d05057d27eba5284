#include "syscalls/net/inet_address.h"

#include <algorithm>
#include <cstring>

namespace elfin::net {
namespace {

constexpr size_t kIn6Least = 24;  // sockaddr_in6 without its scope, as RFC 2133 had it

InetAddress Mapped(const uint8_t (&v4)[4], uint16_t port) {
  InetAddress address;
  address.ip[10] = address.ip[11] = 0xff;
  std::copy(std::begin(v4), std::end(v4), address.ip.begin() + 12);
  address.port = port;
  return address;
}

bool IsZero(const uint8_t* bytes, size_t size) {
  return std::all_of(bytes, bytes + size, [](uint8_t byte) { return byte == 0; });
}

uint16_t PortOf(const uint8_t (&bytes)[2]) {
  return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
}

}  // namespace

InetAddress InetAddress::AnyV4(uint16_t port) { return Mapped({0, 0, 0, 0}, port); }
InetAddress InetAddress::LoopbackV4(uint16_t port) { return Mapped({127, 0, 0, 1}, port); }
InetAddress InetAddress::LoopbackV6(uint16_t port) {
  InetAddress address;
  address.ip[15] = 1;
  address.port = port;
  return address;
}

bool InetAddress::is_v4() const {
  return IsZero(ip.data(), 10) && ip[10] == 0xff && ip[11] == 0xff;
}

bool InetAddress::is_any() const {
  return is_v4() ? IsZero(&ip[12], 4) : IsZero(ip.data(), ip.size());
}

bool InetAddress::is_loopback() const { return is_v4() ? ip[12] == 127 : ip == LoopbackV6().ip; }

Result<InetAddress> ParseInet(int32_t family, const Address& address) {
  const bool v4 = family == abi::kAfInet;
  if (address.size() < (v4 ? sizeof(abi::SockAddrIn) : kIn6Least)) return Errno::kInval;
  if (FamilyOf(address) != family) return Errno::kAfNoSupport;
  if (v4) {
    abi::SockAddrIn in;
    std::memcpy(&in, address.data(), sizeof(in));
    return Mapped(in.address, PortOf(in.port));
  }
  abi::SockAddrIn6 in{};
  std::memcpy(&in, address.data(), std::min(address.size(), sizeof(in)));
  InetAddress result;
  std::copy(std::begin(in.address), std::end(in.address), result.ip.begin());
  result.port = PortOf(in.port);
  return result;
}

Address FormatInet(int32_t family, const InetAddress& address) {
  const uint8_t port[2] = {static_cast<uint8_t>(address.port >> 8),
                           static_cast<uint8_t>(address.port)};
  if (family == abi::kAfInet) {
    abi::SockAddrIn in{};
    in.family = static_cast<uint16_t>(family);
    std::copy(std::begin(port), std::end(port), in.port);
    std::copy(address.ip.begin() + 12, address.ip.end(), in.address);
    return Address(reinterpret_cast<const char*>(&in), sizeof(in));
  }
  abi::SockAddrIn6 in{};
  in.family = static_cast<uint16_t>(family);
  std::copy(std::begin(port), std::end(port), in.port);
  std::copy(address.ip.begin(), address.ip.end(), in.address);
  return Address(reinterpret_cast<const char*>(&in), sizeof(in));
}

Result<InetAddress> Route(const InetAddress& to) {
  if (to.is_any()) {
    return to.is_v4() ? InetAddress::LoopbackV4(to.port) : InetAddress::LoopbackV6(to.port);
  }
  if (!to.is_loopback()) return Errno::kNetUnreach;
  return to;
}

}  // namespace elfin::net
