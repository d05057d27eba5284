// Pipes within one process, poll, select, scatter and gather, broken pipes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile int caught;
static void on_pipe(int signal) { caught = signal; }

int main(void) {
  int ends[2];
  printf("pipe2 %d\n", pipe2(ends, O_NONBLOCK | O_CLOEXEC));
  char buffer[70000];
  printf("empty %zd", read(ends[0], buffer, 10));
  printf(" %s\n", strerrorname_np(errno));
  long total = 0;
  ssize_t n;
  memset(buffer, 'x', sizeof buffer);
  while ((n = write(ends[1], buffer, 4096)) > 0) total += n;
  printf("capacity %ld %s\n", total, strerrorname_np(errno));
  struct pollfd polled[2] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}};
  printf("poll %d %x %x\n", poll(polled, 2, 0), polled[0].revents, polled[1].revents);
  int waiting = 0;
  ioctl(ends[0], FIONREAD, &waiting);
  printf("waiting %d\n", waiting);
  long drained = 0;
  while ((n = read(ends[0], buffer, sizeof buffer)) > 0) drained += n;
  printf("drained %ld\n", drained);
  struct iovec parts[2] = {{"gath", 4}, {"ered", 4}};
  writev(ends[1], parts, 2);
  char left[3], right[6] = "";
  struct iovec into[2] = {{left, 3}, {right, 5}};
  printf("readv %zd %.3s|%s\n", readv(ends[0], into, 2), left, right);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  struct timeval none = {0, 0};
  printf("select %d\n", select(ends[0] + 1, &set, NULL, NULL, &none));
  struct pollfd one = {ends[0], POLLIN, 0};
  printf("poll timeout %d\n", poll(&one, 1, 20));
  fcntl(ends[0], F_SETFL, 0);
  write(ends[1], "bye", 3);
  close(ends[1]);
  printf("last %zd end %zd\n", read(ends[0], buffer, 10), read(ends[0], buffer, 10));
  printf("hang up %d %x\n", poll(&one, 1, 0), one.revents);
  close(ends[0]);
  printf("poll closed %d %x\n", poll(&one, 1, 0), one.revents);
  pipe(ends);
  close(ends[0]);
  signal(SIGPIPE, on_pipe);
  printf("broken %zd", write(ends[1], "x", 1));
  printf(" %s signal %d\n", strerrorname_np(errno), caught);
  printf("seek %ld", (long)lseek(ends[1], 0, SEEK_SET));
  printf(" %s\n", strerrorname_np(errno));
  return 0;
}
