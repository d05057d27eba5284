// tee, splice and vmsplice: between pipes, files and sockets.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"

static char buffer[100000];

static void contents(const char* title, int fd) {
  memset(buffer, 0, 64);
  errno = 0;
  const ssize_t n = read(fd, buffer, 64);
  printf("%s: %zd '%s' %s\n", title, n, n > 0 ? buffer : "", n < 0 ? strerrorname_np(errno) : "");
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  int a[2], b[2], s[2];
  pipe2(a, O_NONBLOCK);
  pipe2(b, O_NONBLOCK);
  SHOW(tee(a[0], b[1], 100, 0));
  write(a[1], "contents", 8);
  SHOW(tee(a[0], b[1], 100, 0));
  SHOW(tee(a[0], b[1], 3, 0));
  contents("original", a[0]);
  contents("copies", b[0]);
  SHOW(tee(a[0], a[1], 100, 0));
  SHOW(tee(a[0], b[1], 0, 0));
  SHOW(tee(a[0], b[1], 5, 64));
  SHOW(tee(open("/dev/null", O_RDONLY), b[1], 5, 0));
  SHOW(tee(a[1], b[1], 5, 0));
  struct iovec parts[2] = {{"vm", 2}, {"spliced", 7}};
  SHOW(vmsplice(a[1], parts, 2, SPLICE_F_GIFT));
  struct iovec room = {buffer, 64};
  memset(buffer, 0, 64);
  SHOW(vmsplice(a[0], &room, 1, 0));
  printf("%s\n", buffer);
  SHOW(vmsplice(a[0], &room, 1, SPLICE_F_NONBLOCK));
  SHOW(vmsplice(a[0], &room, 1, 64));
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  SHOW(vmsplice(s[0], &room, 1, 0));
  write(s[0], "from a socket", 13);
  SHOW(splice(s[1], NULL, a[1], NULL, 100, 0));
  SHOW(splice(a[0], NULL, s[1], NULL, 100, 0));
  contents("round", s[0]);
  SHOW(splice(s[1], NULL, s[0], NULL, 100, 0));
  if (fork() == 0) {
    for (int i = 0; i < (int)sizeof buffer; ++i) buffer[i] = i;
    for (int i = 0; i < 5; ++i) write(s[0], buffer, sizeof buffer);
    _exit(0);
  }
  close(s[0]);
  fcntl(a[0], F_SETFL, 0), fcntl(a[1], F_SETFL, 0);
  long total = 0, sum = 0, n, m;
  while ((n = splice(s[1], NULL, a[1], NULL, 30000, SPLICE_F_MOVE)) > 0) {
    for (long left = n; left > 0; left -= m) {
      m = read(a[0], buffer, left);
      for (long i = 0; i < m; ++i) sum += (unsigned char)buffer[i];
    }
    total += n;
  }
  printf("spliced %ld sum %ld\n", total, sum);
  wait(NULL);
  close(b[0]);
  write(a[1], "x", 1);
  SHOW(tee(a[0], b[1], 1, 0));
  close(a[1]);
  read(a[0], buffer, 10);
  close(b[1]);
  pipe(b);
  SHOW(tee(a[0], b[1], 1, 0));
  return 0;
}
