// Sockets through the dispatch; what they do is compared with the host by tests/guest.
#include "syscalls/abi/socket.h"

#include "syscalls/abi/time.h"
#include "syscalls/abi/uio.h"
#include "syscalls/net/in_flight.h"
#include "syscalls/net/network.h"
#include "tests/syscalls/syscall_machine.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

SockAddrIn Loopback(uint16_t port) {
  SockAddrIn name{};
  name.family = kAfInet;
  name.port[0] = static_cast<uint8_t>(port >> 8);
  name.port[1] = static_cast<uint8_t>(port);
  name.address[0] = 127;
  name.address[3] = 1;
  return name;
}

int64_t Bind(SyscallMachine& m, int64_t fd, const SockAddrIn& name) {
  return m.Call(Syscall::k_bind, fd, m.PutValue(name), sizeof(name));
}

int64_t Connect(SyscallMachine& m, int64_t fd, const SockAddrIn& name) {
  return m.Call(Syscall::k_connect, fd, m.PutValue(name), sizeof(name));
}

int64_t Send(SyscallMachine& m, int64_t fd, const std::string& text, uint64_t flags = 0) {
  return m.Call(Syscall::k_sendto, fd, m.Put(text.data(), text.size()), text.size(), flags, 0, 0);
}

std::string Receive(SyscallMachine& m, int64_t fd, uint64_t flags = kMsgDontWait) {
  const uint64_t to = m.Room(4096);
  const int64_t got = m.Call(Syscall::k_recvfrom, fd, to, 4096, flags, 0, 0);
  return got < 0 ? "E" + std::to_string(-got) : m.Bytes(to, static_cast<size_t>(got));
}

struct Pair {
  int64_t first;
  int64_t second;
};
Pair MakePair(SyscallMachine& m, int32_t type) {
  const uint64_t fds = m.Room(8);
  REQUIRE(m.Call(Syscall::k_socketpair, kAfUnix, type, 0, fds) == 0);
  return {m.Value<int32_t>(fds), m.Value<int32_t>(fds + 4)};
}

SockAddrIn NameOf(SyscallMachine& m, Syscall call, int64_t fd) {
  const uint64_t to = m.Room(sizeof(SockAddrIn));
  REQUIRE(m.Call(call, fd, to, m.PutValue(int32_t{sizeof(SockAddrIn)})) == 0);
  return m.Value<SockAddrIn>(to);
}

}  // namespace

TEST_CASE("which sockets there are", "[sys_socket][sys_socketpair]") {
  SyscallMachine m;
  CHECK(m.Call(Syscall::k_socket, kAfUnix, kSockStream | 0x80000, 0) == 3);
  CHECK(m.Call(Syscall::k_socket, kAfInet6, kSockDgram, kIpProtoUdp) == 4);
  CHECK(m.Call(Syscall::k_socket, kAfInet, kSockStream, kIpProtoUdp) ==
        m.Error(Errno::kProtoNoSupport));
  CHECK(m.Call(Syscall::k_socket, kAfInet, kSockSeqPacket, 0) == m.Error(Errno::kSockTNoSupport));
  CHECK(m.Call(Syscall::k_socket, kAfNetlink, kSockStream, 0) == m.Error(Errno::kSockTNoSupport));
  CHECK(m.Call(Syscall::k_socket, kAfNetlink, kSockRaw, 15) == m.Error(Errno::kProtoNoSupport));
  CHECK(m.Call(Syscall::k_socket, -1, kSockStream, 0) == m.Error(Errno::kAfNoSupport));
  CHECK(m.Call(Syscall::k_socket, kAfInet, kSockStream | 0x10000, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_socketpair, kAfInet, kSockStream, 0, m.Room(8)) ==
        m.Error(Errno::kOpNotSupp));
  CHECK(m.Call(Syscall::k_socketpair, kAfUnix, kSockStream, 0, m.kBadAddress) ==
        m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_socket, kAfUnix, kSockStream, 0) == 5);
}

TEST_CASE("a TCP connection from end to end",
          "[sys_bind][sys_listen][sys_accept][sys_accept4][sys_connect][sys_shutdown]"
          "[sys_getsockname][sys_getpeername]") {
  SyscallMachine m;
  const int64_t listener = m.Call(Syscall::k_socket, kAfInet, kSockStream | kONonBlock, 0);
  CHECK(Bind(m, listener, Loopback(5000)) == 0);
  CHECK(m.Call(Syscall::k_listen, listener, 1) == 0);
  CHECK(m.Call(Syscall::k_accept, listener, 0, 0) == m.Error(Errno::kAgain));
  const int64_t client = m.Call(Syscall::k_socket, kAfInet, kSockStream, 0);
  CHECK(Connect(m, client, Loopback(5001)) == m.Error(Errno::kConnRefused));
  SockAddrIn far = Loopback(80);
  far.address[0] = 10;
  CHECK(Connect(m, client, far) == m.Error(Errno::kNetUnreach));
  CHECK(Connect(m, client, Loopback(5000)) == 0);
  CHECK(Connect(m, client, Loopback(5000)) == m.Error(Errno::kIsConn));
  CHECK(Send(m, client, "early") == 5);
  CHECK(m.Call(Syscall::k_accept4, listener, 0, 0, 1) == m.Error(Errno::kInval));
  const int64_t server = m.Call(Syscall::k_accept4, listener, 0, 0, 0);
  REQUIRE(server > client);
  CHECK(Receive(m, server) == "early");
  CHECK(NameOf(m, Syscall::k_getpeername, client).port[1] == (5000 & 0xff));
  const SockAddrIn own = NameOf(m, Syscall::k_getsockname, client);
  const SockAddrIn seen = NameOf(m, Syscall::k_getpeername, server);
  CHECK(std::memcmp(&own, &seen, sizeof(own)) == 0);
  CHECK(m.Call(Syscall::k_shutdown, client, 9) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_shutdown, client, kShutWrite) == 0);
  CHECK(Receive(m, server).empty());
  CHECK(Send(m, server, "answer") == 6);
  CHECK(m.Call(Syscall::k_close, server) == 0);
  CHECK(Receive(m, client) == "answer");
  CHECK(Receive(m, client).empty());
  CHECK(Send(m, client, "x", kMsgNoSignal) == m.Error(Errno::kPipe));
  // The connections are gone, and so are their ports, but for the listener's.
  CHECK(m.Call(Syscall::k_close, client) == 0);
  const int64_t second = m.Call(Syscall::k_socket, kAfInet, kSockStream, 0);
  CHECK(Bind(m, second, Loopback(5000)) == m.Error(Errno::kAddrInUse));
  CHECK(m.Call(Syscall::k_close, listener) == 0);
  CHECK(Bind(m, second, Loopback(5000)) == 0);
}

TEST_CASE("a full backlog makes connecting wait", "[sys_connect][sys_accept]") {
  SyscallMachine m;
  const int64_t listener = m.Call(Syscall::k_socket, kAfInet, kSockStream, 0);
  REQUIRE(Bind(m, listener, Loopback(5000)) == 0);
  REQUIRE(m.Call(Syscall::k_listen, listener, 0) == 0);
  const int64_t first = m.Call(Syscall::k_socket, kAfInet, kSockStream, 0);
  CHECK(Connect(m, first, Loopback(5000)) == 0);
  const int64_t second = m.Call(Syscall::k_socket, kAfInet, kSockStream | kONonBlock, 0);
  CHECK(Connect(m, second, Loopback(5000)) == m.Error(Errno::kInProgress));
  CHECK(Connect(m, second, Loopback(5000)) == m.Error(Errno::kAlready));
  CHECK(m.Call(Syscall::k_accept, listener, 0, 0) > second);
  CHECK(Connect(m, second, Loopback(5000)) == 0);
  const int64_t third = m.Call(Syscall::k_socket, kAfInet, kSockStream | kONonBlock, 0);
  CHECK(Connect(m, third, Loopback(5000)) == m.Error(Errno::kInProgress));
  CHECK(m.Call(Syscall::k_close, listener) == 0);
  CHECK(Connect(m, third, Loopback(5000)) == m.Error(Errno::kConnRefused));
  CHECK(Receive(m, second) == "E104");
}

TEST_CASE("datagrams", "[sys_sendto][sys_recvfrom][sys_sendmmsg][sys_recvmmsg]") {
  SyscallMachine m;
  const int64_t a = m.Call(Syscall::k_socket, kAfInet, kSockDgram, 0);
  const int64_t b = m.Call(Syscall::k_socket, kAfInet, kSockDgram, 0);
  REQUIRE(Bind(m, a, Loopback(6000)) == 0);
  CHECK(Send(m, b, "x") == m.Error(Errno::kDestAddrReq));
  const uint64_t to = m.PutValue(Loopback(6000));
  const uint64_t text = m.Text("hello");
  CHECK(m.Call(Syscall::k_sendto, b, text, 5, 0, to, sizeof(SockAddrIn)) == 5);
  CHECK(m.Call(Syscall::k_sendto, b, text, 5, 0, to, 4) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_sendto, b, text, 5, kMsgOob, to, sizeof(SockAddrIn)) ==
        m.Error(Errno::kOpNotSupp));
  CHECK(m.Call(Syscall::k_recvfrom, a, m.Room(8), 2, kMsgPeek | kMsgTruncated, 0, 0) == 5);
  CHECK(Receive(m, a) == "hello");
  CHECK(Receive(m, a) == "E11");
  const Pair pair = MakePair(m, kSockDgram);
  ManyMessageHeader many[2] = {};
  many[0].header.iovecs = m.PutValue(IoVec{m.Text("one"), 3});
  many[1].header.iovecs = m.PutValue(IoVec{m.Text("four"), 4});
  many[0].header.iovec_count = many[1].header.iovec_count = 1;
  CHECK(m.Call(Syscall::k_sendmmsg, pair.first, m.Put(many, sizeof(many)), 2, 0) == 2);
  const uint64_t room = m.Room(16);
  many[0].header.iovecs = many[1].header.iovecs = m.PutValue(IoVec{room, 16});
  const uint64_t got = m.Put(many, sizeof(many));
  CHECK(m.Call(Syscall::k_recvmmsg, pair.second, got, 2, kMsgDontWait, 0) == 2);
  CHECK(m.Value<ManyMessageHeader>(got).size == 3);
  CHECK(m.Value<ManyMessageHeader>(got + sizeof(ManyMessageHeader)).size == 4);
  CHECK(m.Bytes(room, 4) == "four");
}

TEST_CASE("files travel in messages", "[sys_sendmsg][sys_recvmsg]") {
  SyscallMachine m;
  const Pair pair = MakePair(m, kSockStream);
  m.MakeFile("/file", "content");
  const auto file = static_cast<int32_t>(m.Open("/file"));
  struct {
    ControlHeader header;
    int32_t fd;
    int32_t padding;
  } control{{20, kSolSocket, kScmRights}, file, 0};
  MessageHeader message{};
  message.iovecs = m.PutValue(IoVec{m.Text("take"), 4});
  message.iovec_count = 1;
  message.control = m.PutValue(control);
  message.control_size = sizeof(control);
  CHECK(m.Call(Syscall::k_sendmsg, pair.first, m.PutValue(message), 0) == 4);
  CHECK(m.Call(Syscall::k_close, file) == 0);
  control.fd = 77;
  message.control = m.PutValue(control);
  CHECK(m.Call(Syscall::k_sendmsg, pair.first, m.PutValue(message), 0) == m.Error(Errno::kBadF));
  control.header.size = 5;
  message.control = m.PutValue(control);
  CHECK(m.Call(Syscall::k_sendmsg, pair.first, m.PutValue(message), 0) == m.Error(Errno::kInval));
  message.control_size = 1 << 20;
  CHECK(m.Call(Syscall::k_sendmsg, pair.first, m.PutValue(message), 0) == m.Error(Errno::kNoBufs));
  message.iovecs = m.PutValue(IoVec{m.Room(16), 16});
  message.control = m.Room(64);
  message.control_size = 64;
  const uint64_t at = m.PutValue(message);
  CHECK(m.Call(Syscall::k_recvmsg, pair.second, at, 0) == 4);
  CHECK(m.Value<MessageHeader>(at).control_size == 24);
  CHECK(m.Value<ControlHeader>(message.control).type == kScmRights);
  CHECK(m.Read(m.Value<int32_t>(message.control + 16)) == "content");
}

namespace {

int64_t SendFile(SyscallMachine& m, int64_t through, int64_t file) {
  struct {
    ControlHeader header;
    int32_t fd;
    int32_t padding;
  } const control{{20, kSolSocket, kScmRights}, static_cast<int32_t>(file), 0};
  MessageHeader message{};
  message.iovecs = m.PutValue(IoVec{m.Text("x"), 1});
  message.iovec_count = 1;
  message.control = m.PutValue(control);
  message.control_size = sizeof(control);
  return m.Call(Syscall::k_sendmsg, through, m.PutValue(message), 0);
}

void Close(SyscallMachine& m, const Pair& pair) {
  CHECK(m.Call(Syscall::k_close, pair.first) == 0);
  CHECK(m.Call(Syscall::k_close, pair.second) == 0);
}

}  // namespace

TEST_CASE("sockets that hold only each other end", "[sys_sendmsg]") {
  SyscallMachine m;
  const auto& sockets = m.kernel.network().unix_sockets;
  const Pair circle = MakePair(m, kSockStream);
  CHECK(SendFile(m, circle.first, circle.first) == 1);
  CHECK(SendFile(m, circle.second, circle.second) == 1);
  Close(m, circle);
  const Pair reader = MakePair(m, kSockDgram);
  const Pair sent = MakePair(m, kSockStream);
  CHECK(SendFile(m, sent.first, reader.second) == 1);  // held by a queue and by a descriptor
  CHECK(SendFile(m, reader.first, sent.second) == 1);  // and so reachable through this one
  Close(m, sent);
  CHECK(sockets.size() == 5);
  net::CollectUnreachable(m.kernel.network());
  CHECK(sockets.size() == 3);
  CHECK(Receive(m, reader.second) == "x");  // without room for it, the file is gone
  CHECK(sockets.size() == 2);
}

TEST_CASE("a long chain of sockets in each other's queues ends", "[sys_sendmsg]") {
  constexpr int kLength = 50'000;
  SyscallMachine m;
  int64_t last = -1;
  for (int i = 0; i < kLength; ++i) {
    const Pair pair = MakePair(m, kSockStream);
    if (last >= 0) {
      REQUIRE(SendFile(m, pair.first, last) == 1);
      REQUIRE(m.Call(Syscall::k_close, last) == 0);
    }
    REQUIRE(m.Call(Syscall::k_close, pair.first) == 0);
    last = pair.second;
  }
  CHECK(m.kernel.network().unix_sockets.size() == kLength);
  CHECK(m.Call(Syscall::k_close, last) == 0);
  CHECK(m.kernel.network().unix_sockets.empty());
}

TEST_CASE("options", "[sys_setsockopt][sys_getsockopt]") {
  SyscallMachine m;
  const int64_t fd = m.Call(Syscall::k_socket, kAfInet, kSockStream, 0);
  const uint64_t value = m.PutValue(int32_t{1});
  const uint64_t size = m.PutValue(int32_t{4});
  CHECK(m.Call(Syscall::k_setsockopt, fd, kIpProtoTcp, kTcpNoDelay, value, 4) == 0);
  CHECK(m.Call(Syscall::k_getsockopt, fd, kIpProtoTcp, kTcpNoDelay, m.Room(4), size) == 0);
  CHECK(m.Call(Syscall::k_setsockopt, fd, kSolSocket, 999, value, 4) ==
        m.Error(Errno::kNoProtoOpt));
  CHECK(m.Call(Syscall::k_setsockopt, fd, kSolSocket, kSoReuseAddr, value, 1) ==
        m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_setsockopt, fd, kSolSocket, kSoReuseAddr, m.kBadAddress, 4) ==
        m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_getsockopt, fd, kSolSocket, kSoType, value, m.kBadAddress) ==
        m.Error(Errno::kFault));
  const uint64_t long_value = m.PutValue(Timeval{0, 2'000'000});
  CHECK(m.Call(Syscall::k_setsockopt, fd, kSolSocket, kSoReceiveTimeout, long_value, 16) ==
        m.Error(Errno::kDom));
  CHECK(m.Call(Syscall::k_getsockopt, 0, kSolSocket, kSoType, value, size) ==
        m.Error(Errno::kNotSock));
}

TEST_CASE("a reader waits, and is told of data and of the end", "[sys_recvfrom]") {
  SyscallMachine m;
  const Pair pair = MakePair(m, kSockStream);
  const uint64_t to = m.Room(16);
  auto reading = m.Start(Syscall::k_recvfrom, pair.first, to, 16, 0, 0, 0);
  REQUIRE_FALSE(reading.ready());
  CHECK(Send(m, pair.second, "news") == 4);
  while (m.kernel.scheduler().has_ready()) m.kernel.scheduler().ResumeReady();
  REQUIRE(reading.ready());
  CHECK(reading.Take().value() == 4);
  CHECK(m.Bytes(to, 4) == "news");
  auto again = m.Start(Syscall::k_recvfrom, pair.first, to, 16, 0, 0, 0);
  REQUIRE_FALSE(again.ready());
  CHECK(m.Call(Syscall::k_close, pair.second) == 0);
  while (m.kernel.scheduler().has_ready()) m.kernel.scheduler().ResumeReady();
  REQUIRE(again.ready());
  CHECK(again.Take().value() == 0);
}
