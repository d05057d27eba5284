// What works here: status 0 when the ability named does. `fork`: a child, a pipe from it, its status;
// `threads`: one that another waits for.
#include <pthread.h>
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

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "fork") == 0) return Fork();
  if (argc == 2 && strcmp(argv[1], "threads") == 0) return Threads();
  return 2;
}
