// Ways to die, by argument; the exit status is what counts.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) static int recurse(volatile char* above, int depth) {
  volatile char frame[4096];
  frame[0] = above[0];
  return recurse(frame, depth + 1) + frame[0];
}

static void at_exit(void) { printf("at exit\n"); }

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "";
  atexit(at_exit);
  printf("before %s\n", how);
  fflush(stdout);
  volatile int zero = 0;
  char start = 0;
  if (!strcmp(how, "null")) return *(volatile int*)0;
  if (!strcmp(how, "null_write")) *(volatile int*)8 = 1;
  if (!strcmp(how, "null_call")) ((void (*)(void))0)();
  if (!strcmp(how, "wild")) return *(volatile char*)0x7123456789ab;
  if (!strcmp(how, "noncanonical")) return *(volatile char*)0x8123456789abcdef;
  if (!strcmp(how, "divide")) return 1 / zero;
  if (!strcmp(how, "ud2")) __asm__ volatile("ud2");
  if (!strcmp(how, "int3")) __asm__ volatile("int3");
  if (!strcmp(how, "hlt")) __asm__ volatile("hlt");
  if (!strcmp(how, "garbage")) ((void (*)(void))(void*)"\x06\x07\xff\xff")();
  if (!strcmp(how, "stack")) return recurse(&start, 0);
  if (!strcmp(how, "abort")) abort();
  if (!strcmp(how, "raise_term")) raise(SIGTERM);
  if (!strcmp(how, "raise_kill")) kill(getpid(), SIGKILL);
  if (!strcmp(how, "alarm")) {
    alarm(1);
    for (;;) pause();
  }
  if (!strcmp(how, "pipe")) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    close(ends[0]);
    if (write(ends[1], "x", 1) < 0) return 1;
  }
  if (!strcmp(how, "exit")) exit(atoi(argv[2]));
  if (!strcmp(how, "_exit")) _exit(atoi(argv[2]));
  if (!strcmp(how, "return")) return atoi(argv[2]);
  return 99;
}
