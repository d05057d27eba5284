// setitimer's timers of processor time: signals while the program computes, not while it sleeps.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t virtual_ticks, profiling_ticks;
static void tick(int signal) { ++*(signal == SIGVTALRM ? &virtual_ticks : &profiling_ticks); }

int main(void) {
  alarm(60);
  struct sigaction action = {.sa_handler = tick};
  sigaction(SIGVTALRM, &action, NULL);
  sigaction(SIGPROF, &action, NULL);
  const struct itimerval often = {{0, 20000}, {0, 20000}};
  printf("virtual %d, profiling %d\n", setitimer(ITIMER_VIRTUAL, &often, NULL),
         setitimer(ITIMER_PROF, &often, NULL));
  struct itimerval now;
  getitimer(ITIMER_PROF, &now);
  printf("interval %ld us, on %d\n", (long)now.it_interval.tv_usec, now.it_value.tv_usec > 0);
  volatile unsigned long sum = 0;
  while (virtual_ticks < 3 || profiling_ticks < 3) sum = sum + 1;
  printf("ticked\n");
  const struct itimerval off = {0};
  struct itimerval old;
  setitimer(ITIMER_VIRTUAL, &off, &old);
  printf("was %ld us\n", (long)old.it_interval.tv_usec);
  const struct itimerval once = {{0, 0}, {0, 30000}};
  setitimer(ITIMER_PROF, &once, NULL);
  profiling_ticks = 0;
  usleep(60000);
  printf("asleep: %d\n", (int)profiling_ticks);
  while (profiling_ticks == 0) sum = sum + 1;
  getitimer(ITIMER_PROF, &now);
  printf("once: off again %d\n", now.it_value.tv_sec == 0 && now.it_value.tv_usec == 0);
  const int result = setitimer(7, &off, NULL);
  printf("which: %d %s\n", result, strerror(errno));
  return 0;
}
