// lo, the machine's only interface, as netdevice(7) and rtnetlink(7) tell of it. It is as it is:
// nobody changes its addresses or takes it down.
#pragma once

#include <cstdint>
#include <string_view>

namespace elfin::net::loopback {

inline constexpr std::string_view kName = "lo";
inline constexpr int32_t kIndex = 1;
inline constexpr uint32_t kFlags = 0x1'0049;  // IFF_UP, LOOPBACK, RUNNING, LOWER_UP
inline constexpr int32_t kMtu = 65536;
inline constexpr int32_t kQueueLength = 1000;
inline constexpr uint16_t kHardwareType = 772;  // ARPHRD_LOOPBACK
inline constexpr size_t kHardwareAddressSize = 6;
inline constexpr uint8_t kV4Address[4] = {127, 0, 0, 1};
inline constexpr uint8_t kV4PrefixBits = 8;
inline constexpr uint8_t kV4Mask[4] = {255, 0, 0, 0};
inline constexpr uint8_t kV6PrefixBits = 128;

/// What has gone over it: each thing once sent and once received.
struct Traffic {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  void Count(uint64_t size) {
    ++packets;
    bytes += size;
  }
};

}  // namespace elfin::net::loopback
