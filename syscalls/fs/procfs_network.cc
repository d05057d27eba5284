// /proc/net's files (proc(5)): interfaces and sockets. There is one network for
// all processes.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "syscalls/fs/procfs.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/net/loopback_interface.h"
#include "syscalls/net/network.h"
#include "syscalls/net/tcp_socket.h"
#include "syscalls/net/udp_socket.h"

namespace elfin::fs {
namespace {

using kernel::Kernel;
using kernel::Process;
using net::InetAddress;

std::string Interfaces(Kernel& kernel, Process*) {
  const net::loopback::Traffic& traffic = kernel.network().loopback;
  char line[256];
  const auto bytes = static_cast<unsigned long long>(traffic.bytes);
  const auto packets = static_cast<unsigned long long>(traffic.packets);
  std::snprintf(line, sizeof(line),
                "%6s: %7llu %7llu    0    0    0     0          0         0 %8llu %7llu    0    0"
                "    0     0       0          0\n",
                net::loopback::kName.data(), bytes, packets, bytes, packets);
  return std::string(
             "Inter-|   Receive                                                |  Transmit\n"
             " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets"
             " errs drop fifo colls carrier compressed\n") +
         line;
}

/// Address, index, prefix, scope (of the host), flags (permanent), name.
std::string InterfacesV6(Kernel&, Process*) {
  return "00000000000000000000000000000001 01 80 10 80       lo\n";
}

/// A line of a certain width, as tables of IPv4 have them.
std::string Padded(std::string line, size_t width) {
  line.resize(std::max(line.size(), width), ' ');
  return line + "\n";
}

/// The routes that lead out of the machine: there are none.
std::string Routes(Kernel&, Process*) {
  return Padded(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT", 127);
}

/// As the kernel holds it, in words of the processor's order: 0100007F for 127.0.0.1.
std::string AddressText(int32_t family, const InetAddress& address) {
  std::string text;
  char part[16];
  const size_t first = family == abi::kAfInet ? 12 : 0;
  for (size_t at = first; at < address.ip.size(); at += sizeof(uint32_t)) {
    uint32_t word;
    std::memcpy(&word, &address.ip[at], sizeof(word));
    std::snprintf(part, sizeof(part), "%08X", word);
    text += part;
  }
  std::snprintf(part, sizeof(part), ":%04X", address.port);
  return text + part;
}

/// What is told of a socket beside its local address and owner.
struct Row {
  InetAddress remote;
  uint8_t state;
  size_t to_read;  // what is sent has been received at once
};

Row RowOf(net::TcpSocket& socket) {
  return {socket.remote(), socket.StateNumber(), socket.to_read()};
}
Row RowOf(net::UdpSocket& socket) {
  constexpr uint8_t kConnected = 1, kNotConnected = 7;
  const bool connected = socket.remote().port != 0;
  return {socket.remote(), connected ? kConnected : kNotConnected, socket.to_read()};
}

template <class Socket>
std::string Lines(const net::PortTable& table, int32_t family, int number_width, const char* end) {
  std::string text;
  int number = 0;
  table.ForEach([&](const net::PortUser& user) {
    auto& socket = static_cast<Socket&>(user.socket);
    if (socket.kind().family != family) return;
    const Row row = RowOf(socket);
    const Result<vfs::Attributes> attributes = socket.attributes();
    char rest[160];
    std::snprintf(
        rest, sizeof(rest),
        " %02X 00000000:%08zX 00:00000000 00000000 %5u        0 %llu 1 0000000000000000%s\n",
        row.state, row.to_read, user.uid,
        static_cast<unsigned long long>(attributes.ok() ? attributes.value().inode : 0), end);
    char start[16];
    std::snprintf(start, sizeof(start), "%*d: ", number_width, number++);
    text += start + AddressText(family, user.local) + " " + AddressText(family, row.remote) + rest;
  });
  return text;
}

template <int32_t family>
std::string TcpSockets(Kernel& kernel, Process*) {
  const char* const header =
      family == abi::kAfInet
          ? "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
            "  timeout inode"
          : "  sl  local_address                         remote_address                        st"
            " tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  return Padded(header, family == abi::kAfInet ? 149 : 0) +
         Lines<net::TcpSocket>(kernel.network().tcp, family, 4, " 100 0 0 10 0");
}

template <int32_t family>
std::string UdpSockets(Kernel& kernel, Process*) {
  const char* const header =
      family == abi::kAfInet
          ? "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
            "  timeout inode ref pointer drops"
          : "  sl  local_address                         remote_address                        st"
            " tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";
  return Padded(header, family == abi::kAfInet ? 127 : 0) +
         Lines<net::UdpSocket>(kernel.network().udp, family, 5, " 0");
}

/// Paths, or abstract names with an @ for each zero byte.
std::string UnixNameText(const net::Address& address) {
  if (address.size() <= abi::kUnixPathOffset) return "";
  std::string name = address.substr(abi::kUnixPathOffset);
  if (name.front() == '\0') {
    std::replace(name.begin(), name.end(), '\0', '@');
  } else {
    name.resize(std::min(name.size(), name.find('\0')));
  }
  return " " + name;
}

std::string UnixSockets(Kernel& kernel, Process*) {
  constexpr unsigned kListens = 1u << 16;  // __SO_ACCEPTCON
  constexpr unsigned kNotConnected = 1, kConnected = 3;
  std::string text = "Num       RefCount Protocol Flags    Type St Inode Path\n";
  for (net::Socket* socket : kernel.network().unix_sockets) {
    const Result<vfs::Attributes> attributes = socket->attributes();
    char line[96];
    std::snprintf(line, sizeof(line), "0000000000000000: 00000002 00000000 %08X %04X %02X %5llu",
                  socket->is_listening() ? kListens : 0, socket->kind().type,
                  socket->PeerName().ok() ? kConnected : kNotConnected,
                  static_cast<unsigned long long>(attributes.ok() ? attributes.value().inode : 0));
    text += line + UnixNameText(socket->LocalName()) + "\n";
  }
  return text;
}

}  // namespace

const std::vector<ProcFile>& NetworkProcFiles() {
  static const std::vector<ProcFile> files = {
      {"net/dev", 0444, Interfaces},
      {"net/if_inet6", 0444, InterfacesV6},
      {"net/route", 0444, Routes},
      {"net/tcp", 0444, TcpSockets<abi::kAfInet>},
      {"net/tcp6", 0444, TcpSockets<abi::kAfInet6>},
      {"net/udp", 0444, UdpSockets<abi::kAfInet>},
      {"net/udp6", 0444, UdpSockets<abi::kAfInet6>},
      {"net/unix", 0444, UnixSockets},
  };
  return files;
}

}  // namespace elfin::fs
