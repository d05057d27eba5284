// Time: clocks go forward, sleeps last, calendar functions.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static double clock_now(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) != 0) return -1;
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void) {
  const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME,
                              CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE,
                              CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
  for (unsigned i = 0; i < sizeof clocks / sizeof *clocks; ++i) {
    double last = clock_now(clocks[i]);
    int back = 0;
    for (int n = 0; n < 1000; ++n) {
      double now = clock_now(clocks[i]);
      back += now < last;
      last = now;
    }
    struct timespec resolution;
    printf("clock %d: went back %d, resolution %d\n", clocks[i], back,
           clock_getres(clocks[i], &resolution) == 0 && resolution.tv_nsec > 0);
  }
  printf("bad clock %d %s\n", clock_gettime(99, &(struct timespec){0}), strerrorname_np(errno));
  struct timeval tv;
  gettimeofday(&tv, NULL);
  printf("agree %d %d\n", labs(time(NULL) - tv.tv_sec) <= 1, tv.tv_sec > 1700000000);

  double begin = clock_now(CLOCK_MONOTONIC);
  struct timespec short_sleep = {0, 30000000};
  nanosleep(&short_sleep, NULL);
  double slept = clock_now(CLOCK_MONOTONIC) - begin;
  printf("slept %d\n", slept >= 0.03 && slept < 1);
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += 10000000;
  if (until.tv_nsec >= 1000000000) until.tv_nsec -= 1000000000, ++until.tv_sec;
  printf("absolute %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  printf(" reached %d\n", now.tv_sec > until.tv_sec ||
                              (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec));
  struct timespec bad = {0, -1};
  printf("bad sleep %d %s\n", nanosleep(&bad, NULL), strerrorname_np(errno));

  clock_t cpu = clock();
  volatile unsigned work = 0;
  for (int i = 0; i < 3000000; ++i) work += i;
  struct rusage usage;
  struct tms tms;
  printf("cpu time %d rusage %d times %d\n", clock() > cpu, getrusage(RUSAGE_SELF, &usage),
         times(&tms) != (clock_t)-1);

  setenv("TZ", "UTC", 1);
  char text[100];
  for (long t = -1; t < 5000000000; t += 1234567890) {
    time_t when = t;
    struct tm* tm = gmtime(&when);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %A %j %U %e %p", tm);
    printf("%s %d\n", text, timegm(tm) == t);
  }
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  time_t summer = 1720000000;
  printf("%s", ctime(&summer));
  struct tm parsed = {0};
  printf("%s %d\n", *strptime("2024-02-29 12:34:56", "%Y-%m-%d %H:%M:%S", &parsed) ? "?" : "ok",
         parsed.tm_yday);
  return 0;
}
