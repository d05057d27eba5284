// eventfd and timerfd.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char* outcome(long value) { return value < 0 ? strerrorname_np(errno) : "ok"; }

static int polled(int fd) {
  struct pollfd one = {fd, POLLIN | POLLOUT, 0};
  poll(&one, 1, 0);
  return one.revents;
}

static void events(void) {
  uint64_t value = 0;
  int fd = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);
  printf("flags %x %x, poll %x\n", fcntl(fd, F_GETFL), fcntl(fd, F_GETFD), polled(fd));
  long n = read(fd, &value, 8);
  printf("read %ld %lu", n, value);
  n = read(fd, &value, 8);
  printf(", empty %s, poll %x\n", outcome(n), polled(fd));
  value = UINT64_MAX - 1;
  n = write(fd, &value, 8);
  printf("fill %ld, poll %x", n, polled(fd));
  value = 1;
  n = write(fd, &value, 8);
  printf(", full %s", outcome(n));
  value = UINT64_MAX;
  n = write(fd, &value, 8);
  printf(", never %s", outcome(n));
  n = write(fd, &value, 7);
  printf(", short write %s", outcome(n));
  n = read(fd, &value, 7);
  printf(", short read %s", outcome(n));
  char wide[16] = {0};
  n = read(fd, wide, 16);
  printf(", wide read %ld\n", n);
  n = lseek(fd, 0, SEEK_SET);
  printf("seek %s, pread", outcome(n));
  n = pread(fd, &value, 8, 0);
  printf(" %s\n", outcome(n));
  close(fd);
  fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
  for (int i = 0; i < 3; ++i) {
    value = 77;
    n = read(fd, &value, 8);
    printf("semaphore %ld %lu %s\n", n, value, outcome(n));
  }
  close(fd);
  n = eventfd(0, 64);
  printf("bad flags %s\n", outcome(n));
  fd = syscall(SYS_eventfd, 1);
  printf("old call %s\n", outcome(read(fd, &value, 8)));
  if (fork() == 0) {
    value = 40;
    usleep(10000);
    write(fd, &value, 8);
    _exit(0);
  }
  n = read(fd, &value, 8);
  printf("waited %ld %lu\n", n, value);
  wait(NULL);
  close(fd);
}

static struct itimerspec every(long value_ms, long interval_ms) {
  return (struct itimerspec){{interval_ms / 1000, interval_ms % 1000 * 1000000},
                             {value_ms / 1000, value_ms % 1000 * 1000000}};
}

static void timers(void) {
  uint64_t count = 0;
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  long n = read(fd, &count, 8);
  printf("not armed %s, poll %x\n", outcome(n), polled(fd));
  struct itimerspec spec = every(5, 0), old;
  n = timerfd_settime(fd, 0, &spec, NULL);
  printf("set %ld", n);
  struct pollfd one = {fd, POLLIN, 0};
  n = poll(&one, 1, 5000);
  printf(", poll %ld %x", n, one.revents);
  n = read(fd, &count, 8);
  printf(", read %ld %lu", n, count);
  n = read(fd, &count, 8);
  printf(", again %s\n", outcome(n));
  spec = every(1, 1);
  timerfd_settime(fd, 0, &spec, NULL);
  usleep(30000);
  read(fd, &count, 8);
  printf("periodic %d", count >= 10);
  timerfd_gettime(fd, &old);
  printf(", interval %ld, left %d\n", old.it_interval.tv_nsec, old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 1000000);
  spec = every(100000, 7);
  timerfd_settime(fd, 0, &spec, NULL);
  spec = every(0, 0);
  timerfd_settime(fd, 0, &spec, &old);
  printf("before %ld %ld", old.it_value.tv_sec, old.it_interval.tv_nsec);
  timerfd_gettime(fd, &old);
  printf(", stopped %ld %ld\n", old.it_value.tv_sec, old.it_interval.tv_nsec);
  n = read(fd, &count, 4);
  printf("short %s", outcome(n));
  n = write(fd, &count, 8);
  printf(", write %s", outcome(n));
  spec.it_value.tv_nsec = 1000000000;
  n = timerfd_settime(fd, 0, &spec, NULL);
  printf(", bad time %s", outcome(n));
  spec = every(1, 0);
  n = timerfd_settime(fd, 64, &spec, NULL);
  printf(", bad flags %s", outcome(n));
  n = timerfd_settime(0, 0, &spec, NULL);
  printf(", no timer %s\n", outcome(n));
  n = timerfd_create(77, 0);
  printf("bad clock %s", outcome(n));
  n = timerfd_create(CLOCK_MONOTONIC, 1);
  printf(", bad flags %s\n", outcome(n));
  close(fd);
  fd = timerfd_create(CLOCK_REALTIME, 0);
  clock_gettime(CLOCK_REALTIME, &spec.it_value);
  spec.it_value.tv_nsec += 3000000;
  if (spec.it_value.tv_nsec >= 1000000000) spec.it_value.tv_nsec -= 1000000000, ++spec.it_value.tv_sec;
  timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL);
  n = read(fd, &count, 8);
  printf("absolute %ld %lu", n, count);
  spec = every(1, 0);
  timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL);
  n = read(fd, &count, 8);
  printf(", past %ld %lu\n", n, count);
  close(fd);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  events();
  timers();
  return 0;
}
