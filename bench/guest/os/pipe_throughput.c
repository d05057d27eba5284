// MiB from a child through a pipe, 64 KiB at a time.
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os.h"

static unsigned char buffer[1 << 16];

static void Send(int to, int64_t left) {
  memset(buffer, 'x', sizeof buffer);
  while (left > 0) {
    ssize_t sent = write(to, buffer, sizeof buffer);
    Expect(sent > 0, "write");
    left -= sent;
  }
  _exit(0);
}

int main(int argc, char** argv) {
  int64_t total = 0, wanted = (int64_t)Repetitions(argc, argv) << 20;
  int ends[2], status;
  ssize_t got;
  Expect(pipe(ends) == 0, "pipe");
  pid_t child = fork();
  Expect(child >= 0, "fork");
  if (child == 0) {
    close(ends[0]);
    Send(ends[1], wanted);
  }
  close(ends[1]);
  while ((got = read(ends[0], buffer, sizeof buffer)) > 0) total += got;
  Expect(waitpid(child, &status, 0) == child && status == 0, "waitpid");
  printf("%ld bytes\n", (long)total);
  return total != wanted;
}
