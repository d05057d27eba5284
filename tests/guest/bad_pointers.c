// System calls given nonsense: EFAULT and other errors, never a crash.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void call(const char* name, long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  long result = syscall(number, a, b, c, d, 0, 0);
  printf("%s: %ld %s\n", name, result < 0 ? -1 : result, result < 0 ? strerrorname_np(errno) : "");
}

int main(void) {
  const uint64_t bad[] = {1, 0x1000, 0x7fffffffe000, 0x8000000000000000, 0xffffffffffffff00};
  int fd = open("/etc/passwd", O_RDONLY);
  int null = open("/dev/null", O_WRONLY);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; ++i) {
    uint64_t p = bad[i];
    call("open", SYS_open, p, 0, 0, 0);
    call("read", SYS_read, fd, p, 10, 0);
    call("write pipe", SYS_write, ends[1], p, 10, 0);
    call("stat", SYS_stat, p, p, 0, 0);
    call("stat out", SYS_stat, (uint64_t)"/", p, 0, 0);
    call("getcwd", SYS_getcwd, p, 100, 0, 0);
    call("pipe", SYS_pipe, p, 0, 0, 0);
    call("clock_gettime", SYS_clock_gettime, 1, p, 0, 0);
    call("nanosleep", SYS_nanosleep, p, 0, 0, 0);
    call("rt_sigaction", SYS_rt_sigaction, SIGUSR1, p, 0, 8);
    call("rt_sigprocmask", SYS_rt_sigprocmask, 0, p, 0, 8);
    call("writev", SYS_writev, null, p, 2, 0);
    call("uname", SYS_uname, p, 0, 0, 0);
    call("getdents64", SYS_getdents64, open("/", O_RDONLY), p, 1000, 0);
    call("readlink", SYS_readlink, (uint64_t)"/proc/self/exe", p, 10, 0);
    call("poll", SYS_poll, p, 1, 0, 0);
  }
  call("read bad fd", SYS_read, 1000, 0, 0, 0);
  call("writev too many", SYS_writev, null, 0, 5000, 0);
  call("writev negative", SYS_writev, null, 0, (uint64_t)-1, 0);
  call("mmap bad flags", SYS_mmap, 0, 4096, 3, 0);
  call("sigaction size", SYS_rt_sigaction, SIGUSR1, 0, 0, 4);
  call("lseek", SYS_lseek, ends[0], 0, 0, 0);
  call("dup2", SYS_dup2, 1000, 1, 0, 0);
  call("no such call", 1000, 0, 0, 0, 0);
  call("negative call", (long)-1, 0, 0, 0, 0);

  // A read that runs into the end of a mapping gives what fits.
  char* page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  if (write(ends[1], "0123456789", 10) != 10) return 1;
  printf("partial read %zd\n", read(fd, page + 4090, 100));
  struct iovec parts[2] = {{page, 5}, {(void*)8, 5}};
  printf("readv %zd %.5s\n", readv(ends[0], parts, 2), page);
  return 0;
}
