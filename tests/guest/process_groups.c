// Process groups and sessions, and signals to them.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void result(const char* what, long value) {
  printf("%s: %ld%s%s\n", what, value < 0 ? -1 : value, value < 0 ? " " : "",
         value < 0 ? strerrorname_np(errno) : "");
  fflush(stdout);
}

/// A child that waits for signals, in group `group` (0: one of its own, -1: ours).
static pid_t sleeper(pid_t group) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  if (group >= 0) result("setpgid of a child", setpgid(child, group));
  return child;
}

static void reap(const char* what, pid_t child) {
  int status;
  waitpid(child, &status, 0);
  printf("%s: killed by %d\n", what, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  fflush(stdout);
}

static volatile sig_atomic_t seen;
static void on_signal(int signal) { seen = signal; }

int main(void) {
  setpgid(0, 0);
  const pid_t self = getpid();
  printf("own group: %d %d\n", getpgrp() == self || getsid(0) == self, getpgid(0) == getpgrp());
  const pid_t a = sleeper(0);
  const pid_t b = sleeper(a);
  const pid_t c = sleeper(-1);
  printf("groups: %d %d %d\n", getpgid(a) == a, getpgid(b) == a, getpgid(c) == getpgrp());
  printf("one session: %d\n", getsid(a) == getsid(0) && getsid(b) == getsid(0));
  result("setpgid to a group that is not there", setpgid(c, 0x7ff0));
  result("setpgid of nobody", setpgid(0x7ff0, 0));
  result("setpgid, negative", setpgid(c, -5));
  result("getpgid of nobody", getpgid(0x7ff0));
  result("kill nobody's group", kill(-0x7ff0, SIGTERM));
  result("kill, bad signal", kill(c, 65));
  result("kill a group", kill(-a, SIGTERM));
  reap("a", a);
  reap("b", b);
  result("kill a group that is gone", kill(-a, SIGTERM));
  signal(SIGUSR1, on_signal);
  signal(SIGUSR2, SIG_IGN);
  result("killpg with 0", kill(0, SIGUSR1));
  reap("c", c);
  printf("seen here, too: %d\n", seen == SIGUSR1);
  const pid_t d = sleeper(0);
  int status;
  printf("waitpid by group: %d\n", waitpid(-d, &status, WNOHANG));
  kill(d, SIGKILL);
  printf("waitpid by group: %d\n", waitpid(-d, &status, 0) == d);
  fflush(stdout);
  const pid_t e = fork();
  if (e == 0) {
    result("setsid", setsid() == getpid());
    result("setsid again", setsid());
    printf("leader: %d %d\n", getsid(0) == getpid(), getpgrp() == getpid());
    result("setpgid of a session's leader", setpgid(0, 0));
    return 0;
  }
  waitpid(e, &status, 0);
  printf("status %d\n", status);
  return 0;
}
