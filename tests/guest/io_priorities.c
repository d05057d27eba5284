// ioprio_set and ioprio_get: kept, inherited, checked.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"

enum { kProcess = 1, kGroup = 2, kUser = 3 };
enum { kNone = 0, kRealtime = 1, kBestEffort = 2, kIdle = 3 };

static long set(int which, int who, int class, int level) {
  return syscall(SYS_ioprio_set, which, who, class << 13 | level);
}
static long get(int which, int who) { return syscall(SYS_ioprio_get, which, who); }

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  setpgid(0, 0);
  SHOW(set(kProcess, 0, kBestEffort, 6));
  SHOW(get(kProcess, 0));
  SHOW(get(kProcess, getpid()));
  SHOW(get(kGroup, 0));
  const pid_t child = fork();
  if (child == 0) {
    SHOW(get(kProcess, 0));
    SHOW(set(kProcess, 0, kBestEffort, 2));
    SHOW(get(kGroup, 0));
    SHOW(get(kProcess, getppid()));
    SHOW(setuid(1000));
    SHOW(set(kProcess, 0, kRealtime, 0));
    SHOW(set(kProcess, getppid(), kBestEffort, 0));
    SHOW(set(kProcess, 0, kIdle, 0));
    SHOW(get(kProcess, 0));
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  SHOW(set(kProcess, 0, kRealtime, 3));
  SHOW(get(kProcess, 0));
  SHOW(set(kGroup, 0, kBestEffort, 7));
  SHOW(get(kProcess, 0));
  SHOW(set(kProcess, 0, kBestEffort, 8));
  SHOW(set(kProcess, 0, kNone, 1));
  SHOW(set(kProcess, 0, 4, 0));
  SHOW(set(0, 0, kBestEffort, 0));
  SHOW(get(4, 0));
  SHOW(get(kProcess, 4000000));
  SHOW(set(kProcess, 0, kNone, 0));
  SHOW(get(kProcess, 0));
  nice(10);
  SHOW(get(kProcess, 0));
  return 0;
}
