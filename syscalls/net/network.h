// Network: what the sockets of one machine share: names, ports, and the loopback between them.
//
// There is no other network: the machine has the interface lo, with 127.0.0.0/8 and ::1.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "syscalls/net/loopback_interface.h"
#include "syscalls/net/port_table.h"

namespace elfin::kernel {
class Host;
class Scheduler;
}  // namespace elfin::kernel
namespace elfin::vfs {
class File;
class Inode;
}  // namespace elfin::vfs

namespace elfin::net {

class NetlinkSocket;
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
  loopback::Traffic loopback;

  // Unix sockets by name: the inode that bind made, or an abstract name behind the type's number.
  // Sockets enter and leave by themselves.
  std::map<const vfs::Inode*, Socket*> unix_inodes;
  std::map<std::string, Socket*> unix_abstract;
  // in_flight.h: all of them; files sent since the last look for unreachable ones; whether any
  // file may be in flight.
  std::set<Socket*> unix_sockets;
  size_t files_sent = 0;
  bool files_are_in_flight = false;
  std::vector<std::shared_ptr<vfs::File>> files_to_let_go;
  bool is_letting_go = false;
  std::map<uint32_t, NetlinkSocket*> netlink;  // by port number (netlink(7): nl_pid)

 private:
  kernel::Host& host_;
  kernel::Scheduler& scheduler_;
};

}  // namespace elfin::net
