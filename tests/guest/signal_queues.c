// Queued signals, timers and descriptors for signals and processes: sigtimedwait, timer_create, signalfd,
// pidfd, alarm and setitimer over waiting calls, interrupted and restarted.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void result(const char* what, long value) {
  printf("%s: %ld%s%s\n", what, value < 0 ? -1 : value, value < 0 ? " " : "",
         value < 0 ? strerrorname_np(errno) : "");
}

static sigset_t set_of(int first, ...) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, first);
  return set;
}

static void queues(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigaddset(&set, SIGRTMIN + 1);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 0; i < 3; ++i) {
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 10 + i});
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 20 + i});
    kill(getpid(), SIGUSR1);
  }
  siginfo_t info;
  const struct timespec none = {0, 0};
  int signal;
  while ((signal = sigtimedwait(&set, &info, &none)) > 0) {
    printf("signal %d code %d value %d own %d\n", signal == SIGUSR1 ? 0 : signal - SIGRTMIN + 1, info.si_code,
           signal == SIGUSR1 ? 0 : info.si_value.sival_int, info.si_pid == getpid());
  }
  result("none left", signal);
  const struct timespec soon = {0, 10000000};
  result("timed out", sigtimedwait(&set, &info, &soon));
  fflush(stdout);
  if (fork() == 0) {
    usleep(3000);
    sigqueue(getppid(), SIGRTMIN, (union sigval){.sival_int = 77});
    _exit(0);
  }
  result("from a child", sigwaitinfo(&set, &info) == SIGRTMIN ? info.si_value.sival_int : -1);
  wait(NULL);
  result("pretending to be the kernel",
         syscall(SYS_rt_sigqueueinfo, getppid(), 0, &(siginfo_t){.si_code = SI_USER}));
}

static volatile sig_atomic_t ticks;
static void on_tick(int signal) { (void)signal, ++ticks; }

static void interval_timers(void) {
  struct sigaction action = {.sa_handler = on_tick};
  sigaction(SIGALRM, &action, NULL);
  const struct itimerval often = {{0, 5000}, {0, 5000}};
  setitimer(ITIMER_REAL, &often, NULL);
  while (ticks < 3) pause();
  setitimer(ITIMER_REAL, &(struct itimerval){}, NULL);
  printf("interval timer: %d\n", ticks >= 3);
  // A call that is interrupted, and one that goes on.
  int pipes[2];
  pipe(pipes);
  char byte;
  ualarm(5000, 0);
  result("read without SA_RESTART", read(pipes[0], &byte, 1));
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, NULL);
  fflush(stdout);
  if (fork() == 0) {
    usleep(30000);
    write(pipes[1], "x", 1);
    _exit(0);
  }
  ticks = 0;
  ualarm(5000, 0);
  result("read with SA_RESTART", read(pipes[0], &byte, 1));
  printf("interrupted: %d\n", ticks);
  wait(NULL);
  ualarm(5000, 0);
  struct pollfd poll_in = {pipes[0], POLLIN};
  result("poll is never restarted", poll(&poll_in, 1, 1000));
  ualarm(5000, 0);
  struct timespec left = {9, 9};
  result("nanosleep", nanosleep(&(struct timespec){1, 0}, &left));
  printf("left: %d\n", left.tv_sec == 0 && left.tv_nsec > 0);
}

static void posix_timers(void) {
  sigset_t set = set_of(SIGRTMIN + 2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2, .sigev_value.sival_int = 5};
  result("timer_create", timer_create(CLOCK_MONOTONIC, &event, &timer));
  struct itimerspec spec = {{0, 2000000}, {0, 2000000}};
  result("timer_settime", timer_settime(timer, 0, &spec, NULL));
  siginfo_t info;
  usleep(30000);
  result("its signal", sigwaitinfo(&set, &info) == SIGRTMIN + 2);
  printf("code %d value %d overruns %d\n", info.si_code, info.si_value.sival_int, info.si_overrun >= 5);
  printf("timer_getoverrun: %d\n", timer_getoverrun(timer) == info.si_overrun);
  struct itimerspec now;
  result("timer_gettime", timer_gettime(timer, &now));
  printf("interval %ld, left %d\n", now.it_interval.tv_nsec, now.it_value.tv_nsec > 0);
  result("timer_delete", timer_delete(timer));
  result("timer_delete again", syscall(SYS_timer_delete, 0x7777));
  result("odd clock", syscall(SYS_timer_create, 77, &event, &timer));
  event.sigev_notify = SIGEV_NONE;
  timer_create(CLOCK_REALTIME, &event, &timer);
  spec = (struct itimerspec){{0, 0}, {100, 0}};
  timer_settime(timer, 0, &spec, NULL);
  timer_gettime(timer, &now);
  printf("far away: %d\n", now.it_value.tv_sec >= 99);
  fflush(stdout);
  if (fork() == 0) {
    _exit(timer_gettime(timer, &now) < 0 ? 3 : 4);  // not inherited
  }
  int status;
  wait(&status);
  printf("in a child: %d\n", WEXITSTATUS(status));
}

static void signal_files(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  const int file = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  struct signalfd_siginfo record;
  result("nothing there", read(file, &record, sizeof(record)));
  result("too small", read(file, &record, 10));
  sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 99});
  struct pollfd poll_in = {file, POLLIN};
  result("poll", poll(&poll_in, 1, 1000));
  result("read", read(file, &record, sizeof(record)));
  printf("signo %d code %d int %d pid %d\n", record.ssi_signo == SIGUSR2, record.ssi_code, record.ssi_int,
         record.ssi_pid == getpid());
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(6);
  fcntl(file, F_SETFL, 0);
  result("a child's end", read(file, &record, sizeof(record)));
  printf("signo %d status %d pid %d\n", record.ssi_signo == SIGCHLD, record.ssi_status, record.ssi_pid == child);
  wait(NULL);
  close(file);
}

static void process_files(void) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  const int file = syscall(SYS_pidfd_open, child, 0);
  struct pollfd poll_in = {file, POLLIN};
  result("it runs", poll(&poll_in, 1, 0));
  result("pidfd_send_signal", syscall(SYS_pidfd_send_signal, file, SIGTERM, NULL, 0));
  result("it has ended", poll(&poll_in, 1, 10000));
  siginfo_t info = {};
  result("waitid", waitid(P_PIDFD, file, &info, WEXITED));
  printf("pid %d status %d\n", info.si_pid == child, info.si_status);
  result("and is gone", syscall(SYS_pidfd_send_signal, file, 0, NULL, 0));
  result("nobody", syscall(SYS_pidfd_open, 0x7fff0000, 0));
  result("odd flags", syscall(SYS_pidfd_open, getpid(), 5));
  result("a signalfd is none", syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0));
}

int main(void) {
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  queues();
  interval_timers();
  posix_timers();
  signal_files();
  process_files();
  // The syscalls by their numbers: SYS_signalfd SYS_signalfd4 SYS_timer_settime SYS_timer_gettime
  // SYS_timer_getoverrun
  return 0;
}
