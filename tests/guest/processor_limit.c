// RLIMIT_CPU: SIGXCPU after so many seconds of computing, then SIGKILL; sleeping doesn't count.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t warnings;
static void warn(int number) { warnings += number == SIGXCPU; }

static void compute(void) {
  for (volatile unsigned long i = 0;; ++i) {
  }
}

static void limit(rlim_t soft, rlim_t hard) {
  const struct rlimit wanted = {soft, hard};
  printf("setrlimit %d\n", setrlimit(RLIMIT_CPU, &wanted));
}

static void by_default(void) {
  limit(1, RLIM_INFINITY);
  fflush(stdout);
  // Time that is slept isn't computed.
  struct timespec rest = {1, 200000000};
  nanosleep(&rest, NULL);
  printf("slept\n");
  fflush(stdout);
  compute();
}

static void with_a_handler(void) {
  signal(SIGXCPU, warn);
  limit(1, 2);
  while (warnings == 0) {
  }
  struct rlimit now;
  getrlimit(RLIMIT_CPU, &now);
  printf("after the warning: soft %ld, hard %ld\n", (long)now.rlim_cur, (long)now.rlim_max);
  fflush(stdout);
  compute();
}

/// A child's own time begins at none, and the limit is its parent's.
static void by_a_child(void) {
  limit(1, 1);
  fflush(stdout);
  if (fork() == 0) compute();
  int status;
  wait(&status);
  printf("child: %s\n", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exited");
  fflush(stdout);
}

int main(void) {
  void (*const cases[])(void) = {by_default, with_a_handler, by_a_child};
  for (int i = 0; i < 3; ++i) {
    fflush(stdout);
    if (fork() == 0) {
      cases[i]();
      _exit(7);
    }
    int status;
    wait(&status);
    if (WIFSIGNALED(status)) printf("case %d: %s\n", i, strsignal(WTERMSIG(status)));
    else printf("case %d: exit %d\n", i, WEXITSTATUS(status));
  }
  // The limit is the caller's alone, and can be asked of another.
  struct rlimit own;
  getrlimit(RLIMIT_CPU, &own);
  printf("own limit untouched: %d\n", own.rlim_cur == RLIM_INFINITY);
}
