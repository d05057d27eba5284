// rtnetlink(7): what the kernel answers to messages about interfaces and addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syscalls/net/loopback_interface.h"

namespace elfin::net {

/// Who asks.
struct RouteCaller {
  uint32_t port_id;
  uint32_t uid;
  bool may_change;  // CAP_NET_ADMIN
};

/// The packets that answer `request`, which may hold several messages; what can't be understood is
/// passed over, as Linux does. Links, addresses, routes, rules and neighbours can be asked for; of
/// the rest, and of changes, EOPNOTSUPP is told.
std::vector<std::string> AnswerRouteRequest(std::string_view request, const RouteCaller& caller,
                                            const loopback::Traffic& traffic);

}  // namespace elfin::net
