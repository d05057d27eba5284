// Network: what the sockets of one machine share: names, ports, and the loopback between them.
//
// There is no other network: the machine has the interface lo, with 127.0.0.0/8 and ::1.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "syscalls/net/port_table.h"

namespace elfin::kernel {
class Host;
class Scheduler;
}  // namespace elfin::kernel
namespace elfin::vfs {
class Inode;
}

namespace elfin::net {

class Socket;

class Network {
 public:
  Network(kernel::Host& host, kernel::Scheduler& scheduler)
      : tcp(host), udp(host), host_(host), scheduler_(scheduler) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  kernel::Host& host() { return host_; }
  kernel::Scheduler& scheduler() { return scheduler_; }

  PortTable tcp;
  PortTable udp;

  // Unix sockets by name: the inode that bind made, or an abstract name behind the type's number.
  // Sockets enter and leave by themselves.
  std::map<const vfs::Inode*, Socket*> unix_inodes;
  std::map<std::string, Socket*> unix_abstract;

 private:
  kernel::Host& host_;
  kernel::Scheduler& scheduler_;
};

}  // namespace elfin::net
