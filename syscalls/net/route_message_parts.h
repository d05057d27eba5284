// Netlink messages, read and written: what route_messages.cc and routes.cc share.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syscalls/abi/netlink.h"
#include "syscalls/net/route_messages.h"
#include "syscalls/net/socket.h"

namespace elfin::net {

constexpr size_t AlignedForNetlink(size_t size) {
  return (size + abi::kNetlinkAlign - 1) & ~(abi::kNetlinkAlign - 1);
}

/// One message under construction: its header's size is right when it is taken.
class MessageWriter {
 public:
  MessageWriter(const abi::NetlinkHeader& request, uint16_t type, uint16_t flags, uint32_t port_id)
      : bytes_(BytesOf(abi::NetlinkHeader{0, type, flags, request.sequence, port_id})) {}

  void Add(std::string_view bytes) {
    bytes_ += bytes;
    bytes_.resize(AlignedForNetlink(bytes_.size()));
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
struct RouteRequest {
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

/// The value of the first attribute of that type behind a body's struct of `size` bytes.
inline std::optional<std::string_view> FindAttribute(std::string_view body, size_t size,
                                                     uint16_t type) {
  body.remove_prefix(std::min(body.size(), AlignedForNetlink(size)));
  while (body.size() >= sizeof(abi::RouteAttribute)) {
    abi::RouteAttribute attribute;
    std::memcpy(&attribute, body.data(), sizeof(attribute));
    if (attribute.size < sizeof(attribute) || attribute.size > body.size()) break;
    if (attribute.type == type) {
      return body.substr(sizeof(attribute), attribute.size - sizeof(attribute));
    }
    body.remove_prefix(std::min(body.size(), AlignedForNetlink(attribute.size)));
  }
  return std::nullopt;
}

}  // namespace elfin::net
