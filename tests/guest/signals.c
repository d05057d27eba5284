// Signals that a process sends to itself, masks, timers, interrupted calls.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static volatile sig_atomic_t order[16];
static void on_signal(int signal) { order[count++ & 15] = signal; }
static void on_info(int signal, siginfo_t* info, void* context) {
  (void)context;
  order[count++ & 15] = signal;
  printf("info signo %d code %d from-me %d value %d\n", info->si_signo, info->si_code,
         info->si_pid == getpid(), info->si_value.sival_int);
}
static void install(int signal, int flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
  sigaction(signal, &action, NULL);
}
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void) {
  install(SIGUSR1, 0);
  raise(SIGUSR1);
  kill(getpid(), SIGUSR1);
  printf("delivered %d\n", count);

  sigset_t set, old, pending;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  install(SIGUSR2, 0);
  sigprocmask(SIG_BLOCK, &set, &old);
  count = 0;
  raise(SIGUSR2);
  raise(SIGUSR1);
  raise(SIGUSR1);
  sigpending(&pending);
  printf("blocked %d pending %d %d %d\n", count, sigismember(&pending, SIGUSR1),
         sigismember(&pending, SIGUSR2), sigismember(&pending, SIGTERM));
  sigprocmask(SIG_SETMASK, &old, NULL);
  printf("after unblocking %d\n", count);

  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  int got = 0;
  printf("sigwait %d", sigwait(&set, &got));
  printf(" got %d\n", got);
  struct timespec none = {0, 0};
  int result = sigtimedwait(&set, NULL, &none);
  printf("sigtimedwait %d %s\n", result, strerrorname_np(errno));
  sigprocmask(SIG_UNBLOCK, &set, NULL);

  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};
  action.sa_sigaction = on_info;
  sigaction(SIGUSR2, &action, NULL);
  union sigval value = {.sival_int = 77};
  sigqueue(getpid(), SIGUSR2, value);
  struct sigaction now_action;
  sigaction(SIGUSR2, NULL, &now_action);
  printf("reset %d\n", now_action.sa_handler == SIG_DFL);
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGRTMIN + 1, &action, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 1; i <= 3; ++i) {
    value.sival_int = i;
    sigqueue(getpid(), SIGRTMIN + 1, value);
  }
  sigprocmask(SIG_UNBLOCK, &set, NULL);

  signal(SIGUSR1, SIG_IGN);
  raise(SIGUSR1);
  install(SIGALRM, 0);
  count = 0;
  double begin = now();
  struct itimerval timer = {{0, 20000}, {0, 30000}};
  setitimer(ITIMER_REAL, &timer, NULL);
  while (count < 3) pause();
  double took = now() - begin;
  timer.it_value.tv_usec = timer.it_interval.tv_usec = 0;
  setitimer(ITIMER_REAL, &timer, NULL);
  printf("interval timer: %d\n", took > 0.069 && took < 2);

  timer.it_value.tv_usec = 20000;
  setitimer(ITIMER_REAL, &timer, NULL);
  struct timespec long_sleep = {5, 0}, left = {0, 0};
  result = nanosleep(&long_sleep, &left);
  printf("nanosleep %d %s left %d\n", result, strerrorname_np(errno), left.tv_sec == 4);
  int ends[2];
  if (pipe(ends) != 0) return 1;
  setitimer(ITIMER_REAL, &timer, NULL);
  char c;
  result = read(ends[0], &c, 1);
  printf("read %d %s\n", result, strerrorname_np(errno));
  count = 0;
  setitimer(ITIMER_REAL, &timer, NULL);
  while (count == 0) {
  }
  printf("a busy loop is interrupted: %d\n", count);
  sigset_t all;
  sigfillset(&all);
  sigdelset(&all, SIGALRM);
  setitimer(ITIMER_REAL, &timer, NULL);
  result = sigsuspend(&all);
  printf("sigsuspend %d %s\n", result, strerrorname_np(errno));
  printf("alarm %u", alarm(100));
  printf(" %u\n", alarm(0));
  errno = 0;
  printf("bad signal %d", kill(getpid(), 65));
  printf(" %s", strerrorname_np(errno));
  printf(" kill handler %d\n", sigaction(SIGKILL, &action, NULL));
  return 0;
}
