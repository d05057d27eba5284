#include "syscalls/net/port_table.h"

#include <algorithm>

#include "syscalls/kernel/host.h"

namespace elfin::net {
namespace {

// net.ipv4.ip_local_port_range
constexpr uint16_t kFirstEphemeral = 32768;
constexpr uint16_t kEphemeralCount = 28232;

/// A wildcard of IPv6 stands for IPv4, too, unless it was told not to.
bool WildcardCovers(const InetAddress& wildcard, bool only_v6, const InetAddress& other) {
  if (wildcard.is_v4()) return other.is_v4();
  return !other.is_v4() || !only_v6;
}

bool Overlap(const InetAddress& a, bool a_only_v6, const InetAddress& b, bool b_only_v6) {
  if (!a.is_any() && !b.is_any()) return a.ip == b.ip;
  if (a.is_any() && b.is_any()) {
    return WildcardCovers(a, a_only_v6, b) || WildcardCovers(b, b_only_v6, a);
  }
  return a.is_any() ? WildcardCovers(a, a_only_v6, b) : WildcardCovers(b, b_only_v6, a);
}

}  // namespace

int PortTable::Covers(const PortUser& user, const InetAddress& to) {
  if (!user.local.is_any()) return user.local.ip == to.ip ? 3 : 0;
  if (!WildcardCovers(user.local, user.only_v6, to)) return 0;
  return user.local.is_v4() == to.is_v4() ? 2 : 1;
}

bool PortTable::Conflicts(const PortUser& user, const InetAddress& local) const {
  const auto [begin, end] = users_.equal_range(local.port);
  return std::any_of(begin, end, [&](const auto& each) {
    const PortUser& other = *each.second;
    if (&other == &user || !Overlap(local, user.only_v6, other.local, other.only_v6)) return false;
    if (user.reuses_port && other.reuses_port && user.uid == other.uid) return false;
    return !(user.reuses_address && other.reuses_address && !other.is_listening);
  });
}

Result<uint16_t> PortTable::FindFree(const PortUser& user, InetAddress local) const {
  uint16_t start = 0;
  host_.FillRandom(&start, sizeof(start));
  for (uint32_t i = 0; i < kEphemeralCount; ++i) {
    local.port = static_cast<uint16_t>(kFirstEphemeral + (start + i) % kEphemeralCount);
    if (users_.count(local.port) == 0) return local.port;
  }
  for (uint32_t i = 0; i < kEphemeralCount; ++i) {
    local.port = static_cast<uint16_t>(kFirstEphemeral + i);
    if (!Conflicts(user, local)) return local.port;
  }
  return Errno::kAddrInUse;
}

Status PortTable::Bind(PortUser& user, const InetAddress& local) {
  InetAddress wanted = local;
  if (wanted.port == 0) {
    wanted.port = TRY(FindFree(user, wanted));
  } else if (Conflicts(user, wanted)) {
    return Errno::kAddrInUse;
  }
  Share(user, wanted);
  return kOk;
}

void PortTable::Share(PortUser& user, const InetAddress& local) {
  user.local = local;
  users_.emplace(local.port, &user);
}

void PortTable::Release(PortUser& user) {
  const auto [begin, end] = users_.equal_range(user.local.port);
  const auto found =
      std::find_if(begin, end, [&](const auto& each) { return each.second == &user; });
  if (found != end) users_.erase(found);
  user.local = {};
  user.is_listening = false;
}

Status PortTable::CheckListen(const PortUser& user) const {
  const auto [begin, end] = users_.equal_range(user.local.port);
  const bool taken = std::any_of(begin, end, [&](const auto& each) {
    const PortUser& other = *each.second;
    if (&other == &user || !other.is_listening) return false;
    if (user.reuses_port && other.reuses_port && user.uid == other.uid) return false;
    return Overlap(user.local, user.only_v6, other.local, other.only_v6);
  });
  if (taken) return Errno::kAddrInUse;
  return kOk;
}

}  // namespace elfin::net
