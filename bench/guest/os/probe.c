// What works here: status 0 when the ability named does. `fork`: a child, a pipe from it, its status;
// `threads`: one that another waits for; `alarm`: SIGALRM comes to a loop that makes no system calls;
// `epoll`: a pipe that can be read is told.
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
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

static int Epoll(void) {
  struct epoll_event event = {.events = EPOLLIN};
  int ends[2], set = epoll_create1(0);
  Expect(set >= 0, "epoll_create1");
  Expect(pipe(ends) == 0 && write(ends[1], "x", 1) == 1, "pipe");
  Expect(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event) == 0, "epoll_ctl");
  return epoll_wait(set, &event, 1, 0) != 1 || event.events != EPOLLIN;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "fork") == 0) return Fork();
  if (argc == 2 && strcmp(argv[1], "threads") == 0) return Threads();
  if (argc == 2 && strcmp(argv[1], "alarm") == 0) return Alarm();
  if (argc == 2 && strcmp(argv[1], "epoll") == 0) return Epoll();
  return 2;
}
