// timer_create on processor time: of the process and of a thread.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "show.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile sig_atomic_t expiries;
static volatile pid_t told;

static void note(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info, (void)context;
  ++expiries;
  told = gettid();
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static struct itimerspec spec(int64_t value, int64_t interval) {
  return (struct itimerspec){{interval / 1000000000, interval % 1000000000},
                             {value / 1000000000, value % 1000000000}};
}

enum { kMs = 1000000 };

static void periodic(clockid_t clock, const char* what) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  SHOW(timer_create(clock, &event, &timer));
  expiries = 0;
  struct itimerspec every = spec(30 * kMs, 30 * kMs), left;
  const int64_t begin = now(clock);
  SHOW(timer_settime(timer, 0, &every, NULL));
  usleep(100000);  // no processor time goes by
  printf("%s: after sleeping %d\n", what, expiries);
  timer_gettime(timer, &left);
  printf("left: %d, interval %d\n", left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 30 * kMs,
         left.it_interval.tv_nsec == 30 * kMs);
  while (expiries < 3) continue;
  printf("%s: three, not too early: %d\n", what, now(clock) - begin >= 90 * kMs);
  struct itimerspec off = spec(0, 0);
  SHOW(timer_settime(timer, 0, &off, &left));
  expiries = 0;
  const int64_t end = now(clock) + 60 * kMs;
  while (now(clock) < end) continue;
  printf("%s: when off %d\n", what, expiries);
  struct itimerspec at = spec(now(clock) + 20 * kMs, 0);
  SHOW(timer_settime(timer, TIMER_ABSTIME, &at, NULL));
  while (expiries < 1) continue;
  printf("%s: at a time: %d\n", what,
         now(clock) >= at.it_value.tv_sec * 1000000000LL + at.it_value.tv_nsec);
  timer_gettime(timer, &left);
  printf("left: %ld\n", left.it_value.tv_nsec);
  SHOW(timer_delete(timer));
}

static void* busy_thread(void* unused) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
  event.sigev_notify_thread_id = gettid();
  SHOW(timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer));
  struct itimerspec once = spec(20 * kMs, 0);
  expiries = 0;
  SHOW(timer_settime(timer, 0, &once, NULL));
  while (expiries < 1) continue;
  printf("told the thread: %d\n", told == gettid());
  SHOW(timer_delete(timer));
  return unused;
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  periodic(CLOCK_PROCESS_CPUTIME_ID, "process");
  periodic(CLOCK_THREAD_CPUTIME_ID, "thread");
  pthread_t thread;
  pthread_create(&thread, NULL, busy_thread, NULL);
  pthread_join(thread, NULL);
  // The syscalls by their numbers: SYS_timer_create SYS_timer_settime SYS_timer_delete
  return 0;
}
