// Routes and rules, as rtnetlink(7) tells of them: those that Linux makes for the loopback
// interface by itself, and no other.
#pragma once

#include <cstdint>
#include <string>

#include "syscalls/net/route_message_parts.h"

namespace elfin::net {

/// Messages, one behind the other, that answer a dump.
std::string V4Routes(const RouteRequest& request);
std::string V6Routes(const RouteRequest& request);
std::string Rules(const RouteRequest& request, int32_t family);

/// The route to the address that is asked for. Errors: kInval, kNetUnreach.
Result<std::string> RouteTo(const RouteRequest& request);

}  // namespace elfin::net
