// Calls about the process itself: identities, waits without children, thread bookkeeping, clocks, queued
// signals.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void report(const char* what, long result) {
  if (result < 0) {
    printf("%s: %s\n", what, strerrorname_np(errno));
  } else {
    printf("%s: %ld\n", what, result);
  }
}

static volatile sig_atomic_t seen_value;
static volatile sig_atomic_t seen_code;
static void on_signal(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)context;
  seen_value = info->si_value.sival_int;
  seen_code = info->si_code;
}

static void identities(void) {
  uid_t real, effective, saved;
  report("getresuid", syscall(SYS_getresuid, &real, &effective, &saved));
  printf("all the same: %d\n", real == getuid() && effective == geteuid() && saved == real);
  report("getresuid bad pointer", syscall(SYS_getresuid, 8, &effective, &saved));
  report("setuid to itself", syscall(SYS_setuid, getuid()));
  report("setreuid unchanged", syscall(SYS_setreuid, -1, -1));
  report("setresuid unchanged", syscall(SYS_setresuid, -1, -1, -1));
  printf("setfsuid tells the old one: %d\n", syscall(SYS_setfsuid, -1) == (long)geteuid());
  const long groups = syscall(SYS_getgroups, 0, NULL);
  printf("getgroups: %d\n", groups >= 0);
  report("getgroups too small", groups > 0 ? syscall(SYS_getgroups, -1, NULL) : (errno = EINVAL, -1));
  report("setgroups too many", syscall(SYS_setgroups, 1 << 20, NULL));
}

static void waits(void) {
  int status = 0;
  siginfo_t info;
  report("wait4 without children", syscall(SYS_wait4, -1, &status, 0, NULL));
  report("wait4 odd flags", syscall(SYS_wait4, -1, &status, 0x10000000 | 0x40, NULL));
  report("waitid without children", syscall(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL));
  report("waitid no flags", syscall(SYS_waitid, P_ALL, 0, &info, 0, NULL));
}

static void threads(void) {
  int word = 0;
  printf("set_tid_address: %d\n", syscall(SYS_set_tid_address, &word) == syscall(SYS_gettid));
  void* head = NULL;
  size_t size = 0;
  report("get_robust_list", syscall(SYS_get_robust_list, 0, &head, &size));
  printf("its size: %zu\n", size);
  report("set_robust_list", syscall(SYS_set_robust_list, head, size));
  report("set_robust_list odd size", syscall(SYS_set_robust_list, head, 7));
}

static void clocks(void) {
  struct timespec grain, pause = {0, 2000000}, before, after;
  struct timeval now;
  time_t seconds = 0;
  struct tms used;
  report("clock_getres", syscall(SYS_clock_getres, CLOCK_MONOTONIC, &grain));
  printf("fine: %d\n", grain.tv_sec == 0 && grain.tv_nsec > 0);
  report("clock_getres unknown", syscall(SYS_clock_getres, 99, &grain));
  clock_gettime(CLOCK_MONOTONIC, &before);
  report("clock_nanosleep", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL));
  clock_gettime(CLOCK_MONOTONIC, &after);
  const long passed = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
  printf("slept: %d\n", passed >= 2000000);
  pause.tv_nsec = 1000000000;
  report("clock_nanosleep odd", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL));
  report("gettimeofday", syscall(SYS_gettimeofday, &now, NULL));
  const long told = syscall(SYS_time, &seconds);
  // Linux takes the seconds of time(2) from its last tick, which may lie in the second before.
  printf("time: %d\n", told == seconds && labs(told - now.tv_sec) <= 1);
  printf("times: %d\n", syscall(SYS_times, &used) >= 0 && used.tms_cutime == 0);
  struct itimerval timer;
  report("getitimer", syscall(SYS_getitimer, ITIMER_REAL, &timer));
  printf("not running: %d\n", timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0);
  report("getitimer unknown", syscall(SYS_getitimer, 9, &timer));
}

static void signals(void) {
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  sigset_t set, pending;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  const pid_t pid = getpid();
  report("tgkill", syscall(SYS_tgkill, pid, pid, SIGUSR1));
  report("rt_sigpending", syscall(SYS_rt_sigpending, &pending, 8));
  printf("pending: %d\n", sigismember(&pending, SIGUSR1));
  report("rt_sigpending odd size", syscall(SYS_rt_sigpending, &pending, 16));
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  printf("by tgkill: %d\n", seen_code == SI_TKILL);
  report("tkill", syscall(SYS_tkill, pid, SIGUSR1));
  report("tkill nobody", syscall(SYS_tkill, -1, SIGUSR1));
  report("tgkill no signal", syscall(SYS_tgkill, pid, pid, 99));
  siginfo_t info;
  memset(&info, 0, sizeof(info));
  info.si_signo = SIGUSR1;
  info.si_code = SI_QUEUE;
  info.si_value.sival_int = 1234;
  report("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, &info));
  printf("queued value: %d %d\n", (int)seen_value, seen_code == SI_QUEUE);
  info.si_value.sival_int = 5678;
  report("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGUSR1, &info));
  printf("queued value: %d\n", (int)seen_value);
}

int main(void) {
  setbuf(stdout, NULL);
  identities();
  waits();
  threads();
  clocks();
  signals();
  return 0;
}
