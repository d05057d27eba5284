// A byte to a child and back, by two pipes.
#include <sys/wait.h>
#include <unistd.h>

#include "os.h"

static void Echo(int from, int to) {
  char byte;
  while (read(from, &byte, 1) == 1) Expect(write(to, &byte, 1) == 1, "write");
  _exit(0);
}

int main(int argc, char** argv) {
  long count = Repetitions(argc, argv), same = 0;
  int there[2], back[2], status;
  Expect(pipe(there) == 0 && pipe(back) == 0, "pipe");
  pid_t child = fork();
  Expect(child >= 0, "fork");
  if (child == 0) {
    close(there[1]);
    Echo(there[0], back[1]);
  }
  for (long i = 0; i < count; i++) {
    char byte = (char)i;
    Expect(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1, "the child");
    same += byte == (char)i;
  }
  close(there[1]);
  Expect(waitpid(child, &status, 0) == child && status == 0, "waitpid");
  printf("%ld bytes of %ld\n", same, count);
  return same != count;
}
