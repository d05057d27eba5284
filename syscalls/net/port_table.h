// The ports of one protocol: who has which, and who is meant by an address.
#pragma once

#include <cstdint>
#include <map>

#include "runtime/base/result.h"
#include "syscalls/net/inet_address.h"

namespace elfin::kernel {
class Host;
}

namespace elfin::net {

class Socket;

/// A socket's place in the table, a member of the socket. What it is bound to, and how it shares.
struct PortUser {
  explicit PortUser(Socket& owner) : socket(owner) {}
  Socket& socket;
  InetAddress local;  // port 0: not bound
  bool only_v6 = false;
  bool reuses_address = false;
  bool reuses_port = false;
  bool is_listening = false;
  uint32_t uid = 0;

  bool is_bound() const { return local.port != 0; }
};

class PortTable {
 public:
  explicit PortTable(kernel::Host& host) : host_(host) {}

  /// Gives `user` its local address; port 0: a free one of the ephemeral range. Errors: kAddrInUse.
  Status Bind(PortUser& user, const InetAddress& local);
  /// A further user of a port, without asking: the accepted end of a connection.
  void Share(PortUser& user, const InetAddress& local);
  void Release(PortUser& user);
  /// listen(2) on a bound socket. Errors: kAddrInUse (another one listens there).
  Status CheckListen(const PortUser& user) const;

  /// Calls `visit(user)` for all, by port.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [port, user] : users_) visit(*user);
  }
  /// Calls `visit(user, score)` for everyone at a port who covers the address; more specific ones
  /// have higher scores.
  template <class Visit>
  void ForEachAt(const InetAddress& to, Visit visit) const {
    const auto [begin, end] = users_.equal_range(to.port);
    for (auto each = begin; each != end; ++each) {
      const int score = Covers(*each->second, to);
      if (score > 0) visit(*each->second, score);
    }
  }

 private:
  static int Covers(const PortUser& user, const InetAddress& to);
  bool Conflicts(const PortUser& user, const InetAddress& local) const;
  Result<uint16_t> FindFree(const PortUser& user, InetAddress local) const;

  kernel::Host& host_;
  std::multimap<uint16_t, PortUser*> users_;
};

}  // namespace elfin::net
