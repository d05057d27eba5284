// epoll: level, edge, one-shot, exclusive, nested sets, closed descriptors, signals.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"

static int set;

static long control(int at, int operation, int fd, unsigned events, unsigned long data) {
  struct epoll_event event = {events, {.u64 = data}};
  return epoll_ctl(at, operation, fd, &event);
}

/// Everything that is ready now, in order.
static void ready(const char* title) {
  struct epoll_event events[8];
  const int count = epoll_wait(set, events, 8, 0);
  printf("%s: %d", title, count);
  for (int i = 0; i < count; ++i) printf(" %lx:%x", (unsigned long)events[i].data.u64, events[i].events);
  printf("\n");
}

static void levels_and_edges(void) {
  int a[2], b[2];
  char buffer[16];
  pipe2(a, O_NONBLOCK);
  pipe2(b, O_NONBLOCK);
  SHOW(control(set, EPOLL_CTL_ADD, a[0], EPOLLIN, 0xa));
  SHOW(control(set, EPOLL_CTL_ADD, b[0], EPOLLIN | EPOLLET, 0xb));
  ready("nothing");
  write(a[1], "one", 3);
  write(b[1], "two", 3);
  ready("both");
  ready("level only");
  write(b[1], "more", 4);
  ready("new edge");
  read(b[0], buffer, 1);
  ready("reading is no edge");
  read(a[0], buffer, 16);
  ready("drained");
  SHOW(control(set, EPOLL_CTL_MOD, b[0], EPOLLIN | EPOLLET, 0xbb));
  ready("modified");
  SHOW(control(set, EPOLL_CTL_MOD, a[0], EPOLLIN | EPOLLONESHOT, 0xaa));
  write(a[1], "x", 1);
  ready("one shot");
  write(a[1], "x", 1);
  ready("shot");
  SHOW(control(set, EPOLL_CTL_MOD, a[0], EPOLLIN | EPOLLONESHOT, 0xab));
  ready("armed again");
  SHOW(control(set, EPOLL_CTL_ADD, a[1], EPOLLOUT | EPOLLET, 0xc));
  ready("writable");
  close(b[1]);
  ready("hang up");
  close(b[0]);
  ready("closed while watched");
  int copy = dup(a[1]);
  SHOW(control(set, EPOLL_CTL_ADD, copy, EPOLLOUT, 0xd));
  SHOW(control(set, EPOLL_CTL_DEL, a[1], 0, 0));
  close(a[1]);
  ready("a copy keeps it");
  close(copy);
  ready("hung up, but shot");
  SHOW(control(set, EPOLL_CTL_MOD, a[0], EPOLLIN | EPOLLRDHUP, 0xe));
  ready("pipe's end");
  close(a[0]);
}

static void order(void) {
  int events[4];
  for (int i = 0; i < 4; ++i) {
    events[i] = eventfd(1, 0);
    control(set, EPOLL_CTL_ADD, events[i], EPOLLIN, i);
  }
  struct epoll_event two[2];
  for (int round = 0; round < 4; ++round) {
    const int count = epoll_wait(set, two, 2, -1);
    printf("fair %d: %d %d\n", count, (int)two[0].data.u64, (int)two[1].data.u64);
  }
  for (int i = 0; i < 4; ++i) close(events[i]);
  ready("all closed");
}

static void nested(void) {
  const int outer = epoll_create1(EPOLL_CLOEXEC);
  int sets[6];
  for (int i = 0; i < 6; ++i) sets[i] = epoll_create(1);
  SHOW(control(outer, EPOLL_CTL_ADD, set, EPOLLIN, 7));
  SHOW(control(set, EPOLL_CTL_ADD, outer, EPOLLIN, 8));
  SHOW(control(set, EPOLL_CTL_ADD, set, EPOLLIN, 8));
  const int event = eventfd(0, EFD_NONBLOCK);
  control(set, EPOLL_CTL_ADD, event, EPOLLIN, 9);
  struct epoll_event got;
  SHOW(epoll_wait(outer, &got, 1, 0));
  eventfd_write(event, 1);
  SHOW(epoll_wait(outer, &got, 1, 0));
  printf("inner %lu\n", (unsigned long)got.data.u64);
  ready("inner");
  eventfd_t value;
  eventfd_read(event, &value);
  SHOW(epoll_wait(outer, &got, 1, 0));
  for (int i = 0; i < 5; ++i) {
    const long made = control(sets[i + 1], EPOLL_CTL_ADD, sets[i], EPOLLIN, i);
    printf("nest %d %s\n", i, made == 0 ? "ok" : strerrorname_np(errno));
  }
  for (int i = 0; i < 6; ++i) close(sets[i]);
  close(outer);
  close(event);
}

static void refused(void) {
  struct epoll_event got[1];
  const int event = eventfd(0, 0), file = open("/proc/self/exe", O_RDONLY), null = open("/dev/null", O_RDWR);
  SHOW(epoll_create(0));
  SHOW(epoll_create1(1));
  SHOW(epoll_wait(set, got, 0, 0));
  SHOW(epoll_wait(set, got, -1, 0));
  SHOW(epoll_wait(event, got, 1, 0));
  SHOW(epoll_wait(-1, got, 1, 0));
  SHOW(control(set, EPOLL_CTL_ADD, file, EPOLLIN, 0));
  SHOW(control(set, EPOLL_CTL_ADD, null, EPOLLIN, 0));
  SHOW(control(set, EPOLL_CTL_ADD, -1, EPOLLIN, 0));
  SHOW(control(event, EPOLL_CTL_ADD, set, EPOLLIN, 0));
  SHOW(control(set, EPOLL_CTL_MOD, event, EPOLLIN, 0));
  SHOW(control(set, EPOLL_CTL_DEL, event, EPOLLIN, 0));
  SHOW(control(set, EPOLL_CTL_ADD, event, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT, 0));
  SHOW(control(set, EPOLL_CTL_ADD, event, EPOLLIN | EPOLLEXCLUSIVE, 0));
  SHOW(control(set, EPOLL_CTL_MOD, event, EPOLLIN, 0));
  SHOW(control(set, EPOLL_CTL_ADD, event, EPOLLIN, 0));
  SHOW(control(set, 9, event, EPOLLIN, 0));
  SHOW(epoll_ctl(set, EPOLL_CTL_MOD, event, (void*)8));
  eventfd_write(event, 1);
  SHOW(syscall(SYS_epoll_wait, set, (void*)8, 1, 0));
  ready("still there");
  SHOW(epoll_ctl(set, EPOLL_CTL_DEL, event, NULL));
  char buffer[8];
  SHOW(read(set, buffer, 8));
  SHOW(write(set, buffer, 8));
  close(event), close(file), close(null);
}

static void on_alarm(int signal) { printf("signal %d\n", signal); }

static void* wake_later(void* event) {
  usleep(20000);
  eventfd_write(*(int*)event, 5);
  return NULL;
}

static void waiting(void) {
  struct epoll_event got[1];
  SHOW(epoll_wait(set, got, 1, 20));
  int event = eventfd(0, 0);
  control(set, EPOLL_CTL_ADD, event, EPOLLIN, 1);
  pthread_t thread;
  pthread_create(&thread, NULL, wake_later, &event);
  SHOW(epoll_wait(set, got, 1, -1));
  pthread_join(thread, NULL);
  eventfd_t value;
  eventfd_read(event, &value);
  struct timespec short_time = {0, 5000000};
  SHOW(syscall(SYS_epoll_pwait2, set, got, 1, &short_time, NULL, 8));
  short_time.tv_nsec = -1;
  SHOW(syscall(SYS_epoll_pwait2, set, got, 1, &short_time, NULL, 8));
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  sigset_t blocked, none;
  sigemptyset(&none);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGALRM);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGALRM);
  SHOW(epoll_wait(set, got, 1, 10));
  SHOW(epoll_pwait(set, got, 1, -1, &none));
  SHOW(syscall(SYS_epoll_pwait, set, got, 1, 0, &none, 4));
  control(set, EPOLL_CTL_DEL, event, 0, 0);
  close(event);
}

/// A child's copy of the descriptor keeps the file, and the set, alive.
static void across_fork(void) {
  int ends[2];
  pipe(ends);
  control(set, EPOLL_CTL_ADD, ends[0], EPOLLIN, 5);
  const pid_t child = fork();
  if (child == 0) {
    struct epoll_event got;
    close(ends[1]);
    const int count = epoll_wait(set, &got, 1, -1);
    char c = 0;
    read(ends[0], &c, 1);
    _exit(count == 1 && got.data.u64 == 5 && c == 'c' ? 3 : 4);
  }
  write(ends[1], "c", 1);
  int status;
  waitpid(child, &status, 0);
  printf("child %d\n", WEXITSTATUS(status));
  close(ends[0]);
  close(ends[1]);
  ready("gone");
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  set = epoll_create1(0);
  levels_and_edges();
  order();
  nested();
  refused();
  waiting();
  across_fork();
  return 0;
}
