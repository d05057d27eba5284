// AF_UNIX: streams, datagrams, sequenced packets, names, files and credentials that are passed.
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "show.h"

static char buffer[300000];

static socklen_t path_name(struct sockaddr_un* name, const char* path) {
  memset(name, 0, sizeof *name);
  name->sun_family = AF_UNIX;
  strcpy(name->sun_path, path);
  return offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
}

static socklen_t abstract_name(struct sockaddr_un* name, const char* text) {
  memset(name, 0, sizeof *name);
  name->sun_family = AF_UNIX;
  const int length = sprintf(name->sun_path + 1, "%010d-%s", scratch_owner, text);
  return offsetof(struct sockaddr_un, sun_path) + 1 + length;
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

static void pairs(void) {
  int s[2];
  SHOW(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s));
  printf("flags %x %x\n", fcntl(s[0], F_GETFD), fcntl(s[0], F_GETFL));
  struct stat stat;
  fstat(s[0], &stat);
  printf("mode %o\n", stat.st_mode);
  polled("empty", s[0]);
  SHOW(send(s[0], "hello ", 6, 0));
  SHOW(write(s[0], "world", 5));
  int waiting = 0;
  SHOW(ioctl(s[1], FIONREAD, &waiting));
  printf("waiting %d\n", waiting);
  received("peek", s[1], MSG_PEEK);
  received("glued", s[1], 0);
  received("none", s[1], MSG_DONTWAIT);
  send(s[0], "abc", 3, 0);
  shutdown(s[0], SHUT_WR);
  polled("half closed", s[1]);
  polled("the other half", s[0]);
  received("all", s[1], MSG_WAITALL);
  received("end", s[1], 0);
  SHOW(send(s[0], "x", 1, MSG_NOSIGNAL));
  SHOW(send(s[1], "back", 4, 0));
  received("back", s[0], 0);
  send(s[1], "unread", 6, 0);
  close(s[0]);
  polled("reset", s[1]);
  received("reset", s[1], 0);
  received("then end", s[1], 0);
  SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
  close(s[1]);

  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
  send(s[0], "first", 5, 0);
  send(s[0], "", 0, 0);
  send(s[0], "second one", 10, 0);
  struct iovec part = {buffer, 3};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  memset(buffer, 0, 64);
  SHOW(recvmsg(s[1], &message, 0));
  printf("cut '%s' flags %x\n", buffer, message.msg_flags);
  SHOW(recv(s[1], buffer, 10, 0));
  SHOW(recv(s[1], buffer, 3, MSG_TRUNC | MSG_PEEK));
  ioctl(s[1], FIONREAD, &waiting);
  printf("next has %d\n", waiting);
  received("packet", s[1], 0);
  close(s[0]);
  received("end", s[1], 0);
  polled("gone", s[1]);
  close(s[1]);

  SHOW(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s));
  SHOW(send(s[0], "datagram", 8, 0));
  SHOW(send(s[0], "", 0, 0));
  received("datagram", s[1], 0);
  received("empty one", s[1], 0);
  received("none", s[1], 0);
  int sent = 0;
  while (send(s[0], "x", 1, 0) == 1) ++sent;
  printf("until full: %d, %s\n", sent > 100, strerrorname_np(errno));
  polled("full", s[0]);
  received("one", s[1], 0);
  polled("room", s[0]);
  close(s[1]);
  SHOW(send(s[0], "x", 1, 0));
  SHOW(send(s[0], "x", 1, 0));
  close(s[0]);
  SHOW(socketpair(AF_INET, SOCK_STREAM, 0, s));
  SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, (int*)8));
  SHOW(socketpair(AF_UNIX, SOCK_RDM, 0, s));
  SHOW(socketpair(AF_UNIX, SOCK_STREAM, 7, s));
  SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x10000, 0, s));
}

static void printed_name(const char* title, const struct sockaddr_un* name, socklen_t size) {
  const int length = (int)size - (int)offsetof(struct sockaddr_un, sun_path);
  printf("%s: family %d, %d bytes", title, name->sun_family, length);
  if (length > 1)
    printf(" '%s'", name->sun_path[0] ? strrchr(name->sun_path, '-') : name->sun_path + 1);
  printf("\n");
}

static void names(void) {
  char* path = scratch_path("unix-socket");
  unlink(path);
  struct sockaddr_un name, got;
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  polled("idle", listener);
  SHOW(listen(listener, 1));
  socklen_t size = path_name(&name, path);
  SHOW(bind(listener, (struct sockaddr*)&name, size));
  SHOW(bind(listener, (struct sockaddr*)&name, size));
  const int other = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(other, (struct sockaddr*)&name, size));
  struct stat stat;
  SHOW(lstat(path, &stat));
  printf("type %o\n", stat.st_mode & S_IFMT);
  SHOW(open(path, O_RDWR));
  SHOW(connect(other, (struct sockaddr*)&name, size));
  SHOW(listen(listener, 1));
  SHOW(accept4(listener, NULL, NULL, 7));
  fcntl(listener, F_SETFL, O_NONBLOCK);
  SHOW(accept(listener, NULL, NULL));
  polled("listening", listener);
  SHOW(connect(other, (struct sockaddr*)&name, size));
  SHOW(connect(other, (struct sockaddr*)&name, size));
  polled("pending", listener);
  SHOW(send(other, "early", 5, 0));
  const int second = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  SHOW(connect(second, (struct sockaddr*)&name, size));
  const int third = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  SHOW(connect(third, (struct sockaddr*)&name, size));
  size = sizeof got;
  memset(&got, 0, sizeof got);
  const int accepted =
      accept4(listener, (struct sockaddr*)&got, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  printed_name("accepted from", &got, size);
  printf("accepted flags %x %x\n", fcntl(accepted, F_GETFL), fcntl(accepted, F_GETFD));
  received("early", accepted, 0);
  size = sizeof got;
  getsockname(accepted, (struct sockaddr*)&got, &size);
  printed_name("accepted name", &got, size);
  size = sizeof got;
  getpeername(other, (struct sockaddr*)&got, &size);
  printed_name("peer", &got, size);
  size = 5;
  getpeername(other, (struct sockaddr*)&got, &size);
  printf("wants %d\n", size);
  SHOW(getpeername(third, (struct sockaddr*)&got, &size));
  struct ucred credentials;
  size = sizeof credentials;
  SHOW(getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &credentials, &size));
  printf("peer is %d %d\n", credentials.pid == getpid(), credentials.uid == getuid());
  close(listener);
  received("never accepted", second, 0);
  SHOW(connect(third, (struct sockaddr*)&name, sizeof name));
  SHOW(unlink(path));
  SHOW(connect(third, (struct sockaddr*)&name, sizeof name));
  close(accepted), close(other), close(second), close(third);

  const int a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM, 0);
  size = abstract_name(&name, "elfin-test-abstract");
  SHOW(bind(a, (struct sockaddr*)&name, size));
  SHOW(bind(b, (struct sockaddr*)&name, size));
  SHOW(sendto(b, "unnamed", 7, 0, (struct sockaddr*)&name, size));
  SHOW(connect(b, (struct sockaddr*)&name, size));
  SHOW(send(b, "connected", 9, 0));
  memset(&got, 0, sizeof got);
  size = sizeof got;
  SHOW(recvfrom(a, buffer, 64, 0, (struct sockaddr*)&got, &size));
  printf("from %d bytes\n", size);
  received("second", a, 0);
  got.sun_family = AF_UNIX;
  SHOW(bind(b, (struct sockaddr*)&got, sizeof(sa_family_t)));
  size = sizeof got;
  getsockname(b, (struct sockaddr*)&got, &size);
  printf("automatic %d bytes, first %d\n", size, got.sun_path[0]);
  SHOW(sendto(a, "reply", 5, 0, (struct sockaddr*)&got, size));
  received("reply", b, 0);
  const int stream = socket(AF_UNIX, SOCK_STREAM, 0);
  size = abstract_name(&name, "elfin-test-abstract");
  SHOW(connect(stream, (struct sockaddr*)&name, size));
  close(a);
  SHOW(connect(stream, (struct sockaddr*)&name, size));
  SHOW(send(b, "gone", 4, 0));
  SHOW(send(b, "gone", 4, 0));
  name.sun_family = AF_INET;
  SHOW(connect(b, (struct sockaddr*)&name, size));
  SHOW(connect(b, (struct sockaddr*)&name, 200));
  SHOW(connect(b, (struct sockaddr*)8, 20));
  SHOW(send(stream, "x", 1, MSG_NOSIGNAL));
  SHOW(recv(stream, buffer, 1, 0));
  SHOW(accept(b, NULL, NULL));
  SHOW(listen(b, 1));
  SHOW(shutdown(stream, 3));
  SHOW(shutdown(stream, SHUT_RDWR));
  SHOW(getpeername(stream, (struct sockaddr*)&got, &size));
  SHOW(send(1000, "x", 1, 0));
  const int null = open("/dev/null", O_RDWR);
  SHOW(send(null, "x", 1, 0));
  close(null), close(b), close(stream);
}

static void send_files(int to, const int* fds, int count, const char* text) {
  union {
    char space[CMSG_SPACE(16 * sizeof(int))];
    struct cmsghdr align;
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {(void*)text, strlen(text)};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = CMSG_SPACE(count * sizeof(int))};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), fds, count * sizeof(int));
  const ssize_t n = sendmsg(to, &message, 0);
  printf("sent '%s' with %d: %zd %s\n", text, count, n, n < 0 ? strerrorname_np(errno) : "");
}

static int receive_files(int from, size_t room, int flags, int* fds) {
  union {
    char space[512];
    struct cmsghdr align;
  } control;
  memset(buffer, 0, 64);
  struct iovec part = {buffer, 64};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = room};
  const ssize_t n = recvmsg(from, &message, flags);
  int count = 0;
  printf("got %zd '%s' flags %x control %zu", n, buffer, message.msg_flags,
         (size_t)message.msg_controllen);
  for (struct cmsghdr* each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
    printf(" [%d %d %zu]", each->cmsg_level, each->cmsg_type, (size_t)each->cmsg_len);
    if (each->cmsg_type == SCM_RIGHTS) {
      count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      memcpy(fds, CMSG_DATA(each), count * sizeof(int));
    } else if (each->cmsg_type == SCM_CREDENTIALS) {
      struct ucred who;
      memcpy(&who, CMSG_DATA(each), sizeof who);
      printf(" pid %d uid %d", who.pid == getpid(), who.uid == getuid());
    }
  }
  printf("\n");
  return count;
}

static void passing(void) {
  int s[2], ends[2], got[16];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  pipe(ends);
  send(s[0], "before ", 7, 0);
  send_files(s[0], ends, 2, "files");
  send(s[0], "after", 5, 0);
  close(ends[0]);
  int count = receive_files(s[1], 512, MSG_CMSG_CLOEXEC, got);
  printf("count %d, close on exec %d\n", count, fcntl(got[0], F_GETFD));
  SHOW(write(ends[1], "through", 7));
  memset(buffer, 0, 64);
  SHOW(read(got[0], buffer, 64));
  printf("%s\n", buffer);
  count = receive_files(s[1], 512, 0, got + 2);
  close(got[0]), close(got[1]);
  send_files(s[0], (int[]){ends[1], ends[1], ends[1]}, 3, "three");
  count = receive_files(s[1], CMSG_LEN(sizeof(int)), 0, got);
  printf("room for %d\n", count);
  close(got[0]);
  send_files(s[0], (int[]){ends[1]}, 1, "one");
  count = receive_files(s[1], 0, 0, got);
  send_files(s[0], (int[]){-1}, 1, "bad");
  const int on = 1;
  SHOW(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  send(s[0], "who", 3, 0);
  count = receive_files(s[1], 512, 0, got);
  // A file that is on its way when the sender ends.
  int status;
  if (fork() == 0) {
    int own[2];
    pipe(own);
    write(own[1], "heirloom", 8);
    send_files(s[0], own, 1, "child");
    fflush(stdout);
    _exit(0);
  }
  wait(&status);
  const int off = 0;
  setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &off, sizeof off);
  count = receive_files(s[1], 512, 0, got);
  memset(buffer, 0, 64);
  SHOW(read(got[0], buffer, 64));
  printf("%s\n", buffer);
  close(got[0]), close(ends[1]), close(s[0]), close(s[1]);
}

static volatile int pipes_broken;
static void on_pipe(int signal) { ++pipes_broken; }

static void many(void) {
  int s[2];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
  struct iovec parts[3] = {{"one", 3}, {"two2", 4}, {"three", 5}};
  struct mmsghdr out[3] = {0}, in[4] = {0};
  char texts[4][8] = {{0}};
  struct iovec rooms[4];
  for (int i = 0; i < 3; ++i) out[i].msg_hdr.msg_iov = &parts[i], out[i].msg_hdr.msg_iovlen = 1;
  for (int i = 0; i < 4; ++i) {
    rooms[i] = (struct iovec){texts[i], 7};
    in[i].msg_hdr.msg_iov = &rooms[i], in[i].msg_hdr.msg_iovlen = 1;
  }
  SHOW(sendmmsg(s[0], out, 3, 0));
  SHOW(recvmmsg(s[1], in, 4, MSG_WAITFORONE, NULL));
  for (int i = 0; i < 3; ++i) printf("%u %s\n", in[i].msg_len, texts[i]);
  SHOW(recvmmsg(s[1], in, 4, MSG_DONTWAIT, NULL));
  close(s[0]), close(s[1]);

  // Much data between processes, and the end of it.
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  if (fork() == 0) {
    close(s[1]);
    for (int i = 0; i < (int)sizeof buffer; ++i) buffer[i] = i * 7;
    for (int i = 0; i < 8; ++i) send(s[0], buffer, sizeof buffer, 0);
    _exit(0);
  }
  close(s[0]);
  long total = 0, sum = 0, n;
  while ((n = recv(s[1], buffer, 100000, MSG_WAITALL)) > 0) {
    for (long i = 0; i < n; ++i) sum += (unsigned char)buffer[i];
    total += n;
  }
  printf("total %ld sum %ld, last %ld\n", total, sum, n);
  wait(NULL);
  signal(SIGPIPE, on_pipe);
  SHOW(send(s[1], "x", 1, 0));
  SHOW(write(s[1], "x", 1));
  printf("signals %d\n", pipes_broken);
  close(s[1]);

  // Timeouts, and calls that signals interrupt.
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  struct timeval soon = {0, 20000};
  SHOW(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
  SHOW(recv(s[0], buffer, 1, 0));
  socklen_t size = sizeof soon;
  SHOW(getsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &soon, &size));
  printf("timeout %ld %ld\n", (long)soon.tv_sec, (long)soon.tv_usec);
  setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
  long sent = 0;
  while ((n = send(s[0], buffer, 65536, 0)) > 0) sent += n;
  printf("blocked after some: %d %s\n", sent > 65536, strerrorname_np(errno));
  int value = 0;
  size = sizeof value;
  SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &size));
  printf("type %d\n", value);
  SHOW(getsockopt(s[0], SOL_SOCKET, SO_ERROR, &value, &size));
  printf("error %d\n", value);
  SHOW(getsockopt(s[0], SOL_SOCKET, 9999, &value, &size));
  SHOW(setsockopt(s[0], IPPROTO_TCP, 1, &value, size));
  SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, 1));
  SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, (void*)8, 4));
  close(s[0]), close(s[1]);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  pairs();
  names();
  passing();
  many();
  return 0;
}
