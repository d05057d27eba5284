// What the system says of itself, where it does not depend on the machine.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

/// /proc/self/io's first four counts; returns how many bytes it has.
static ssize_t io_counts(unsigned long long counts[4]) {
  char text[512];
  const int fd = open("/proc/self/io", O_RDONLY);
  const ssize_t size = read(fd, text, sizeof text - 1);
  close(fd);
  text[size < 0 ? 0 : size] = 0;
  sscanf(text, "rchar: %llu wchar: %llu syscr: %llu syscw: %llu", &counts[0], &counts[1], &counts[2], &counts[3]);
  return size;
}

static void show_io_counts(void) {
  unsigned long long before[4] = {0}, after[4] = {0};
  char bytes[1000];
  const int from = open("/dev/zero", O_RDONLY), to = open("/dev/null", O_WRONLY);
  const ssize_t own = io_counts(before);
  read(from, bytes, 600);
  pread(from, bytes, 400, 0);
  read(-1, bytes, 1);
  write(to, bytes, 7);
  io_counts(after);
  printf("read %lld bytes in %llu calls, wrote %llu in %llu\n", (long long)(after[0] - before[0] - own), after[2] - before[2],
         after[1] - before[1], after[3] - before[3]);
  close(from);
  close(to);
}

int main(void) {
  struct utsname name;
  if (uname(&name) != 0) return 1;
  printf("uname %s %s release %d\n", name.sysname, name.machine, strlen(name.release) > 3);
  printf("page %ld ticks %ld open max %d arg max %d\n", sysconf(_SC_PAGESIZE), sysconf(_SC_CLK_TCK),
         sysconf(_SC_OPEN_MAX) > 16, sysconf(_SC_ARG_MAX) > 4096);
  printf("processors %d memory %d\n", sysconf(_SC_NPROCESSORS_ONLN) >= 1,
         sysconf(_SC_PHYS_PAGES) > 1000);
  printf("pid %d parent %d group %d session %d\n", getpid() > 0, getppid() >= 0, getpgrp() > 0,
         getsid(0) >= 0);  // 0: the leader is outside of our pid namespace
  struct rlimit limit;
  printf("stack %d", getrlimit(RLIMIT_STACK, &limit));
  printf(" %d\n", limit.rlim_cur >= 1 << 20);
  limit.rlim_cur = 64;
  limit.rlim_max = 64;
  printf("nofile %d", setrlimit(RLIMIT_NOFILE, &limit));
  printf(" %d %s\n", fcntl(0, F_DUPFD, 64), strerrorname_np(errno));
  limit.rlim_cur = 65;
  printf("above the hard limit %d\n", setrlimit(RLIMIT_NOFILE, &limit) == 0 || errno == EINVAL);
  struct sysinfo info;
  if (sysinfo(&info) != 0) return 1;
  printf("sysinfo total %d\n", info.totalram > 0);
  int fd = open("/dev/null", O_RDWR);
  struct termios terminal;
  printf("tcgetattr %d", tcgetattr(fd, &terminal));
  printf(" %s\n", strerrorname_np(errno));
  printf("isatty %d", isatty(fd));
  printf(" %s\n", strerrorname_np(errno));
  printf("ioctl %d", ioctl(fd, 0x12345678, 0));
  printf(" %s\n", strerrorname_np(errno));
  show_io_counts();
  prctl(PR_SET_NAME, "renamed");
  char text[16] = "";
  prctl(PR_GET_NAME, text);
  printf("name %s\n", text);
  printf("yield %d\n", sched_yield());
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  printf("affinity %d\n", CPU_COUNT(&set) >= 1);
  printf("unknown call %ld", syscall(9999));
  printf(" %s\n", strerrorname_np(errno));
  printf("umask %o", umask(027));
  printf(" %o\n", umask(022));
  return 0;
}
