// fork(2), _exit(2) in the child, waitpid(2).
#include <sys/wait.h>
#include <unistd.h>

#include "os.h"

int main(int argc, char** argv) {
  long count = Repetitions(argc, argv), sum = 0;
  for (long i = 0; i < count; i++) {
    int status;
    pid_t child = fork();
    Expect(child >= 0, "fork");
    if (child == 0) _exit((int)(i % 100));
    Expect(waitpid(child, &status, 0) == child && WIFEXITED(status), "waitpid");
    sum += WEXITSTATUS(status);
  }
  printf("%ld children, %ld\n", count, sum);
  return 0;
}
