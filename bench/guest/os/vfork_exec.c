// vfork(2), execve(2) of this program with the argument `child`, waitpid(2).
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os.h"

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "child") == 0) return 7;
  long count = Repetitions(argc, argv), sum = 0;
  char* words[] = {argv[0], "child", NULL};
  char* environment[] = {NULL};
  for (long i = 0; i < count; i++) {
    int status;
    pid_t child = vfork();
    Expect(child >= 0, "vfork");
    if (child == 0) {
      execve(argv[0], words, environment);
      _exit(126);
    }
    Expect(waitpid(child, &status, 0) == child && WIFEXITED(status), "waitpid");
    sum += WEXITSTATUS(status);
  }
  printf("%ld programs, %ld\n", count, sum);
  return sum != 7 * count;
}
