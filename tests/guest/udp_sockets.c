// UDP over loopback, IPv4 and IPv6.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"

static char buffer[70000];

static struct sockaddr_in v4(const char* text, int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, text, &name.sin_addr);
  return name;
}

static int port_of(int fd) {
  struct sockaddr_in6 name = {0};
  socklen_t size = sizeof name;
  getsockname(fd, (struct sockaddr*)&name, &size);
  return ntohs(name.sin6_port);
}

static void polled(const char* title, int fd) {
  struct pollfd one = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
  poll(&one, 1, 0);
  printf("%s: poll %x\n", title, one.revents);
}

static void received(const char* title, int fd, int flags) {
  struct sockaddr_storage from;
  socklen_t size = sizeof from;
  char text[64] = "-";
  memset(buffer, 0, 64);
  errno = 0;
  const ssize_t n = recvfrom(fd, buffer, 64, flags, (struct sockaddr*)&from, &size);
  if (n >= 0 && from.ss_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in*)&from)->sin_addr, text, 64);
  if (n >= 0 && from.ss_family == AF_INET6) inet_ntop(AF_INET6, &((struct sockaddr_in6*)&from)->sin6_addr, text, 64);
  printf("%s: %zd '%s' %s from %s %d\n", title, n, n > 0 ? buffer : "", n < 0 ? strerrorname_np(errno) : "", text, size);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP);
  struct sockaddr_in at = v4("127.0.0.1", 0), any = v4("0.0.0.0", 0);
  polled("new", a);
  SHOW(send(a, "x", 1, 0));
  SHOW(getpeername(a, (struct sockaddr*)&any, &(socklen_t){16}));
  SHOW(bind(a, (struct sockaddr*)&at, sizeof at));
  at.sin_port = htons(port_of(a));
  SHOW(bind(b, (struct sockaddr*)&at, sizeof at));
  SHOW(sendto(b, "one", 3, 0, (struct sockaddr*)&at, sizeof at));
  SHOW(sendto(b, "", 0, 0, (struct sockaddr*)&at, sizeof at));
  SHOW(sendto(b, "three is longer", 15, 0, (struct sockaddr*)&at, sizeof at));
  printf("has a port now %d\n", port_of(b) != 0);
  polled("filled", a);
  int waiting = -1;
  SHOW(ioctl(a, FIONREAD, &waiting));
  printf("waiting %d\n", waiting);
  received("peek", a, MSG_PEEK);
  received("one", a, 0);
  received("empty", a, 0);
  SHOW(recv(a, buffer, 5, MSG_TRUNC));
  received("none", a, MSG_DONTWAIT);
  SHOW(sendto(b, buffer, 65507, 0, (struct sockaddr*)&at, sizeof at));
  SHOW(recv(a, buffer, sizeof buffer, 0));
  SHOW(sendto(b, buffer, 65508, 0, (struct sockaddr*)&at, sizeof at));
  struct sockaddr_in zero = v4("127.0.0.1", 0);
  SHOW(sendto(b, "x", 1, 0, (struct sockaddr*)&zero, sizeof zero));
  SHOW(sendto(b, "x", 1, 0, (struct sockaddr*)&at, 5));

  // Connected ones hear only their peer, and that nobody is there.
  SHOW(connect(b, (struct sockaddr*)&at, sizeof at));
  SHOW(send(b, "connected", 9, 0));
  received("connected", a, 0);
  const int c = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to_b = v4("127.0.0.1", port_of(b));
  SHOW(sendto(c, "stranger", 8, 0, (struct sockaddr*)&to_b, sizeof to_b));
  SHOW(sendto(a, "peer", 4, 0, (struct sockaddr*)&to_b, sizeof to_b));
  received("peer", b, 0);
  received("none", b, 0);
  SHOW(shutdown(c, SHUT_RD));
  close(a);
  SHOW(send(b, "anybody", 7, 0));
  polled("nobody", b);
  received("refused", b, 0);
  SHOW(send(b, "anybody", 7, 0));
  SHOW(send(b, "anybody", 7, 0));
  struct sockaddr none = {AF_UNSPEC};
  SHOW(connect(b, &none, sizeof none));
  SHOW(sendto(b, "nobody", 6, 0, (struct sockaddr*)&at, sizeof at));
  received("silence", b, 0);
  SHOW(shutdown(b, SHUT_RDWR));
  close(b), close(c);

  const int six = socket(AF_INET6, SOCK_DGRAM, 0), four = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in6 all = {.sin6_family = AF_INET6};
  SHOW(bind(six, (struct sockaddr*)&all, sizeof all));
  struct sockaddr_in to = v4("127.0.0.1", port_of(six));
  SHOW(sendto(four, "v4", 2, 0, (struct sockaddr*)&to, sizeof to));
  received("at v6", six, 0);
  all.sin6_addr = in6addr_loopback, all.sin6_port = htons(port_of(six));
  SHOW(sendto(six, "v6", 2, 0, (struct sockaddr*)&all, sizeof all));
  received("own", six, 0);
  SHOW(sendto(four, "x", 1, 0, (struct sockaddr*)&all, sizeof all));
  struct timeval soon = {0, 10000};
  setsockopt(six, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  received("timeout", six, 0);
  if (fork() == 0) {
    usleep(10000);
    sendto(four, "later", 5, 0, (struct sockaddr*)&to, sizeof to);
    _exit(0);
  }
  struct pollfd one = {six, POLLIN, 0};
  SHOW(poll(&one, 1, 5000));
  received("later", six, 0);
  wait(NULL);
  close(six), close(four);
  return 0;
}
