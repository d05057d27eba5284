// TCP over loopback, IPv4 and IPv6.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"

static char buffer[200000];

static struct sockaddr_in v4(const char* text, int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, text, &name.sin_addr);
  return name;
}

static struct sockaddr_in6 v6(const char* text, int port) {
  struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  inet_pton(AF_INET6, text, &name.sin6_addr);
  return name;
}

static int port_of(int fd) {
  struct sockaddr_in6 name;
  socklen_t size = sizeof name;
  getsockname(fd, (struct sockaddr*)&name, &size);
  return ntohs(name.sin6_port);
}

/// A name without its port, which differs from run to run.
static void name(const char* title, int fd, int (*get)(int, struct sockaddr*, socklen_t*)) {
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  char text[64] = "";
  if (get(fd, (struct sockaddr*)&name, &size) != 0) {
    printf("%s: %s\n", title, strerrorname_np(errno));
    return;
  }
  const void* address = name.ss_family == AF_INET ? (void*)&((struct sockaddr_in*)&name)->sin_addr
                                                  : (void*)&((struct sockaddr_in6*)&name)->sin6_addr;
  inet_ntop(name.ss_family, address, text, sizeof text);
  printf("%s: %s, %d bytes, port %d\n", title, text, size, ((struct sockaddr_in*)&name)->sin_port != 0);
}

static void polled(const char* title, int fd) {
  struct pollfd one = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
  poll(&one, 1, 0);
  printf("%s: poll %x\n", title, one.revents);
}

static void received(const char* title, int fd, int flags) {
  memset(buffer, 0, 64);
  errno = 0;
  const ssize_t n = recv(fd, buffer, 64, flags);
  printf("%s: %zd '%s' %s\n", title, n, n > 0 ? buffer : "", n < 0 ? strerrorname_np(errno) : "");
}

static int error_of(int fd) {
  int value = -1;
  socklen_t size = sizeof value;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &size);
  return value;
}

static int listener_at(const char* address, int backlog) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = v4(address, 0);
  bind(fd, (struct sockaddr*)&at, sizeof at);
  listen(fd, backlog);
  return fd;
}

static int connected_to(int listener) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = v4("127.0.0.1", port_of(listener));
  connect(fd, (struct sockaddr*)&to, sizeof to);
  return fd;
}

static void connections(void) {
  int idle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  polled("idle", idle);
  received("idle", idle, 0);
  SHOW(send(idle, "x", 1, MSG_NOSIGNAL));
  const int unused = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(shutdown(unused, SHUT_WR));
  close(unused);
  SHOW(accept(idle, NULL, NULL));
  name("idle name", idle, getsockname);
  name("idle peer", idle, getpeername);
  struct sockaddr_in any = v4("0.0.0.0", 0), far = v4("192.0.2.1", 80), bad = v4("127.0.0.1", 0);
  SHOW(bind(idle, (struct sockaddr*)&far, sizeof far));
  SHOW(bind(idle, (struct sockaddr*)&any, 7));
  struct sockaddr_in6 other = v6("::1", 0);
  SHOW(bind(idle, (struct sockaddr*)&other, sizeof other));
  SHOW(bind(idle, (struct sockaddr*)&any, sizeof any));
  SHOW(bind(idle, (struct sockaddr*)&any, sizeof any));
  name("bound", idle, getsockname);
  SHOW(listen(idle, 5));
  SHOW(listen(idle, 6));
  polled("listening", idle);
  int accepts = 0;
  socklen_t size = sizeof accepts;
  getsockopt(idle, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size);
  printf("accepts %d\n", accepts);
  SHOW(connect(idle, (struct sockaddr*)&any, sizeof any));
  fcntl(idle, F_SETFL, O_NONBLOCK);
  SHOW(accept(idle, NULL, NULL));
  int client = connected_to(idle);
  polled("connected", client);
  polled("to accept", idle);
  SHOW(send(client, "early", 5, 0));
  struct sockaddr_in from;
  size = sizeof from;
  int server = accept(idle, (struct sockaddr*)&from, &size);
  printf("from %s %d\n", inet_ntoa(from.sin_addr), ntohs(from.sin_port) == port_of(client));
  printf("flags %x %x\n", fcntl(server, F_GETFL), fcntl(server, F_GETFD));
  name("server", server, getsockname);
  name("server's peer", server, getpeername);
  name("client", client, getsockname);
  printf("same port %d\n", port_of(server) == port_of(idle));
  received("early", server, 0);
  SHOW(send(server, "hello ", 6, MSG_MORE));
  SHOW(send(server, "world", 5, 0));
  int waiting = 0;
  SHOW(ioctl(client, FIONREAD, &waiting));
  printf("waiting %d\n", waiting);
  received("peek", client, MSG_PEEK);
  received("whole", client, 0);
  received("none", client, MSG_DONTWAIT);
  struct sockaddr_in again = v4("127.0.0.1", port_of(idle));
  SHOW(connect(client, (struct sockaddr*)&again, sizeof again));
  SHOW(send(client, "last", 4, 0));
  SHOW(shutdown(client, SHUT_WR));
  polled("half closed", server);
  polled("half closed here", client);
  received("last", server, 0);
  received("end", server, 0);
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  SHOW(send(server, "reply", 5, 0));
  close(server);
  received("reply", client, 0);
  received("end", client, 0);
  polled("over", client);
  SHOW(shutdown(client, SHUT_RD));
  name("after", client, getpeername);
  close(client);

  // The peer closes; the first send finds that out, the second knows.
  client = connected_to(idle), server = accept(idle, NULL, NULL);
  close(server);
  polled("closed by peer", client);
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  usleep(1000);
  polled("after a send", client);
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  received("end", client, 0);
  close(client);
  // Unread data, and lingering for no time, are resets.
  client = connected_to(idle), server = accept(idle, NULL, NULL);
  send(client, "unread", 6, 0);
  close(server);
  polled("reset", client);
  received("reset", client, 0);
  received("then", client, 0);
  close(client);
  client = connected_to(idle), server = accept(idle, NULL, NULL);
  struct linger now = {1, 0};
  send(server, "before", 6, 0);
  SHOW(setsockopt(server, SOL_SOCKET, SO_LINGER, &now, sizeof now));
  close(server);
  received("data before", client, 0);
  printf("error %d\n", error_of(client));
  received("then", client, 0);
  close(client);
  client = connected_to(idle);
  close(idle);
  received("never accepted", client, 0);
  close(client);
}

static void refused(void) {
  const int listener = listener_at("127.0.0.1", 1);
  const int port = port_of(listener);
  close(listener);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = v4("127.0.0.1", port), far = v4("192.0.2.1", 80);
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  name("refused", fd, getpeername);
  SHOW(connect(fd, (struct sockaddr*)&to, 5));
  struct sockaddr_in6 other = v6("::1", port);
  SHOW(connect(fd, (struct sockaddr*)&other, sizeof other));
  close(fd);
  fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  polled("refused", fd);
  printf("error %d\n", error_of(fd));
  printf("error %d\n", error_of(fd));
  close(fd);
  fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  close(fd);
  const int open = listener_at("127.0.0.1", 5);
  to.sin_port = htons(port_of(open));
  fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  polled("connected", fd);
  printf("error %d\n", error_of(fd));
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  SHOW(connect(fd, (struct sockaddr*)&to, sizeof to));
  struct sockaddr none = {AF_UNSPEC};
  SHOW(connect(fd, &none, sizeof none));
  name("disconnected", fd, getpeername);
  close(fd);
  SHOW(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  SHOW(socket(AF_INET, SOCK_SEQPACKET, 0));
  SHOW(socket(AF_INET, 77, 0));
  SHOW(socket(1000, SOCK_STREAM, 0));
  SHOW(socket(AF_PACKET + 20, SOCK_STREAM, 0));

  // Ports in use.
  to = v4("127.0.0.1", port_of(open));
  fd = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(bind(fd, (struct sockaddr*)&to, sizeof to));
  const int on = 1;
  SHOW(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  SHOW(bind(fd, (struct sockaddr*)&to, sizeof to));
  struct sockaddr_in elsewhere = v4("127.0.0.2", port_of(open));
  SHOW(bind(fd, (struct sockaddr*)&elsewhere, sizeof elsewhere));
  SHOW(listen(fd, 1));
  close(fd), close(open);
  int group[2];
  struct sockaddr_in shared = v4("127.0.0.1", 0);
  for (int i = 0; i < 2; ++i) {
    group[i] = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(group[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    SHOW(bind(group[i], (struct sockaddr*)&shared, sizeof shared));
    SHOW(listen(group[i], 3));
    shared.sin_port = htons(port_of(group[i]));
  }
  close(group[0]), close(group[1]);
}

static void versions(void) {
  int six = socket(AF_INET6, SOCK_STREAM, 0);
  struct sockaddr_in6 any = v6("::", 0);
  SHOW(bind(six, (struct sockaddr*)&any, sizeof any));
  SHOW(listen(six, 3));
  int client = connected_to(six);
  int server = accept(six, NULL, NULL);
  name("v4 at v6", server, getpeername);
  name("its name", server, getsockname);
  close(client), close(server);
  client = socket(AF_INET6, SOCK_STREAM, 0);
  struct sockaddr_in6 to = v6("::1", port_of(six));
  SHOW(connect(client, (struct sockaddr*)&to, sizeof to));
  server = accept(six, NULL, NULL);
  name("v6", server, getpeername);
  close(client), close(server);
  client = socket(AF_INET6, SOCK_STREAM, 0);
  to = v6("::ffff:127.0.0.1", port_of(six));
  SHOW(connect(client, (struct sockaddr*)&to, sizeof to));
  name("mapped", client, getsockname);
  close(client);
  close(six);
  six = socket(AF_INET6, SOCK_STREAM, 0);
  const int on = 1;
  SHOW(setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
  SHOW(bind(six, (struct sockaddr*)&any, sizeof any));
  SHOW(setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
  listen(six, 3);
  client = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in four = v4("127.0.0.1", port_of(six));
  SHOW(connect(client, (struct sockaddr*)&four, sizeof four));
  SHOW(bind(client, (struct sockaddr*)&four, sizeof four));
  close(client), close(six);
}

static void options(void) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  int value = 1;
  socklen_t size = sizeof value;
  static const struct { const char* name; int level, option, set; } rows[] = {
      {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 1}, {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 30},
      {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, 10}, {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, 3},
      {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, 5000}, {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 5},
      {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1}, {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, 1},
      {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, 20000}, {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, 1},
      {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, 1}, {"IP_TOS", IPPROTO_IP, IP_TOS, 16},
      {"IP_TTL", IPPROTO_IP, IP_TTL, 99}, {"SO_DOMAIN", SOL_SOCKET, SO_DOMAIN, 1},
      {"SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL, 1}, {"SO_TYPE", SOL_SOCKET, SO_TYPE, 1},
      {"TCP_KEEPIDLE bad", IPPROTO_TCP, TCP_KEEPIDLE, 0},
      {"none", IPPROTO_TCP, 999, 1},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; ++i) {
    errno = 0;
    const int set = setsockopt(fd, rows[i].level, rows[i].option, &rows[i].set, sizeof(int));
    printf("%s: set %d %s", rows[i].name, set, set ? strerrorname_np(errno) : "");
    value = -1, size = sizeof value;
    const int got = getsockopt(fd, rows[i].level, rows[i].option, &value, &size);
    printf(", get %d %d\n", got, got ? errno : value);
  }
  size = 1, value = 0;
  SHOW(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size));
  printf("cut %d %d\n", value, size);
  SHOW(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, 2));
  SHOW(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, (void*)8));
  close(fd);
}

static void* echo(void* at) {
  const int fd = accept(*(int*)at, NULL, NULL);
  static char bytes[65536];
  long total = 0, n;
  while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0) {
    total += n;
    for (long sent = 0; sent < n;) sent += send(fd, bytes + sent, n - sent, 0);
  }
  shutdown(fd, SHUT_WR);
  close(fd);
  return (void*)total;
}

static void much(void) {
  int listener = listener_at("127.0.0.1", 5);
  pthread_t thread;
  pthread_create(&thread, NULL, echo, &listener);
  const int fd = connected_to(listener);
  if (fork() == 0) {
    for (int i = 0; i < (int)sizeof buffer; ++i) buffer[i] = i * 13;
    for (int i = 0; i < 10; ++i) send(fd, buffer, sizeof buffer, 0);
    const int file = open("/proc/self/exe", O_RDONLY);
    printf("sendfile %zd\n", sendfile(fd, file, NULL, 50000));
    shutdown(fd, SHUT_WR);
    _exit(0);
  }
  long total = 0, sum = 0, n;
  while ((n = recv(fd, buffer, 70001, MSG_WAITALL)) > 0) {
    for (long i = 0; i < n && total + i < 2000000; ++i) sum += (unsigned char)buffer[i];
    total += n;
  }
  wait(NULL);
  void* echoed;
  pthread_join(thread, &echoed);
  printf("echoed %ld %ld sum %ld\n", (long)echoed, total, sum);
  close(fd);

  // More than the backlog holds wait their turn.
  int clients[6];
  struct sockaddr_in to = v4("127.0.0.1", port_of(listener));
  listen(listener, 1);
  for (int i = 0; i < 6; ++i) {
    clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connect(clients[i], (struct sockaddr*)&to, sizeof to);
  }
  int connected = 0;
  for (int i = 0; i < 2; ++i) {
    struct pollfd one = {clients[i], POLLOUT, 0};
    connected += poll(&one, 1, 1000);
  }
  printf("connected %d\n", connected);
  for (int i = 0; i < 2; ++i) close(accept(listener, NULL, NULL));
  for (int i = 0; i < 6; ++i) close(clients[i]);
  close(listener);

  // accept waits, and shutdown of the listener ends it.
  listener = listener_at("127.0.0.1", 5);
  if (fork() == 0) {
    usleep(20000);
    _exit(send(connected_to(listener), "hi", 2, 0));
  }
  const int got = accept(listener, NULL, NULL);
  received("from child", got, 0);
  wait(NULL);
  SHOW(shutdown(listener, SHUT_RD));
  SHOW(accept(listener, NULL, NULL));
  close(got), close(listener);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  connections();
  refused();
  versions();
  options();
  much();
  return 0;
}
