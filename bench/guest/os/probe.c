// What works here: status 0 when the ability named does. `fork`: a child, a pipe from it, its status;
// `threads`: one that another waits for; `alarm`: SIGALRM comes to a loop that makes no system calls.
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os.h"

static int Fork(void) {
  int ends[2], status;
  char byte = 0;
  Expect(pipe(ends) == 0, "pipe");
  pid_t child = fork();
  Expect(child >= 0, "fork");
  if (child == 0) _exit(write(ends[1], "x", 1) == 1 ? 3 : 4);
  Expect(read(ends[0], &byte, 1) == 1 && byte == 'x', "read");
  Expect(waitpid(child, &status, 0) == child, "waitpid");
  return WIFEXITED(status) && WEXITSTATUS(status) == 3 ? 0 : 1;
}

static void* Set(void* place) {
  *(int*)place = 1;
  return NULL;
}

static int Threads(void) {
  pthread_t thread;
  int ran = 0;
  Expect(pthread_create(&thread, NULL, Set, &ran) == 0, "pthread_create");
  Expect(pthread_join(thread, NULL) == 0, "pthread_join");
  return !ran;
}

static volatile sig_atomic_t rung;

static void Ring(int signal) { rung = signal; }

static int Alarm(void) {
  enum { kEnough = 500000 };  // rounds: longer than a second everywhere
  volatile long steps = 0;
  Expect(signal(SIGALRM, Ring) != SIG_ERR, "signal");
  alarm(1);
  for (int i = 0; i < kEnough && !rung; i++) {
    for (int j = 0; j < 10000; j++) steps++;
  }
  return !rung;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "fork") == 0) return Fork();
  if (argc == 2 && strcmp(argv[1], "threads") == 0) return Threads();
  if (argc == 2 && strcmp(argv[1], "alarm") == 0) return Alarm();
  return 2;
}
