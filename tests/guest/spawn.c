// vfork, posix_spawn, exec and their failures; pipelines put together by hand.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

static void show(const char* what, int status) {
  printf("%s: %d %d\n", what, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
         WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  fflush(stdout);
}

// The child of a vfork runs in our memory, and we only go on after it.
static void shared_memory(void) {
  volatile int order = 0;
  const pid_t child = vfork();
  if (child == 0) {
    order = 1;
    _exit(5);
  }
  printf("order %d\n", order);
  int status;
  waitpid(child, &status, 0);
  show("vfork", status);
}

static void vfork_exec(void) {
  fflush(stdout);
  pid_t child = vfork();
  if (child == 0) {
    execl("/bin/echo", "echo", "by", "vfork", (char*)NULL);
    _exit(127);
  }
  int status;
  waitpid(child, &status, 0);
  show("vfork and exec", status);
  volatile int error = 0;
  child = vfork();
  if (child == 0) {
    execl("/nonexistent/program", "program", (char*)NULL);
    error = errno;
    _exit(127);
  }
  waitpid(child, &status, 0);
  printf("exec failed with %s\n", strerrorname_np(error));
  show("failed exec", status);
}

static void failures(void) {
  const char* paths[] = {"/", "/etc/passwd", "/etc/passwd/x", "", "/dev/null"};
  for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); ++i) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      execl(paths[i], "x", (char*)NULL);
      _exit(errno);
    }
    int status;
    waitpid(child, &status, 0);
    printf("exec of '%s': %s\n", paths[i], strerrorname_np(WEXITSTATUS(status)));
  }
}

static void spawned(void) {
  pid_t child;
  int status;
  char* arguments[] = {"sh", "-c", "echo spawned; cat; exit 12", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  fflush(stdout);
  printf("posix_spawn: %d\n", posix_spawn(&child, "/bin/sh", &actions, NULL, arguments, environ));
  waitpid(child, &status, 0);
  show("spawned", status);
  printf("posix_spawn of nothing: %s\n",
         strerrorname_np(posix_spawn(&child, "/nonexistent", NULL, NULL, arguments, environ)));
  fflush(stdout);
  show("system", system("echo from system; exit 4"));
  FILE* stream = popen("tr a-z A-Z", "w");
  fputs("through popen\n", stream);
  show("pclose", pclose(stream));
}

static pid_t stage(int input, int output, const char* command) {
  const pid_t child = fork();
  if (child != 0) return child;
  if (input != 0) dup2(input, 0), close(input);
  if (output != 1) dup2(output, 1), close(output);
  execl("/bin/sh", "sh", "-c", command, (char*)NULL);
  _exit(127);
}

static void pipeline(void) {
  int first[2], second[2];
  pipe2(first, O_CLOEXEC);
  pipe2(second, O_CLOEXEC);
  fflush(stdout);
  const pid_t a = stage(0, first[1], "for i in 5 3 4 1 2; do echo line $i; done");
  const pid_t b = stage(first[0], second[1], "sort");
  const pid_t c = stage(second[0], 1, "sed s/line/number/");
  close(first[0]), close(first[1]), close(second[0]), close(second[1]);
  int status;
  for (int i = 0; i < 3; ++i) {
    const pid_t ended = wait(&status);
    if (ended != a && ended != b && ended != c) printf("who is that?\n");
    if (status != 0) printf("status %x\n", status);
  }
  printf("pipeline done\n");
  fflush(stdout);
  // A reader that goes early: the writer gets SIGPIPE.
  pipe2(first, O_CLOEXEC);
  const pid_t writer = fork();
  if (writer == 0) {
    close(first[0]);
    char block[4096] = "";
    for (;;) write(first[1], block, sizeof(block));
  }
  char byte;
  close(first[1]);
  read(first[0], &byte, 1);
  close(first[0]);
  waitpid(writer, &status, 0);
  show("writer without a reader", status);
}

int main(void) {
  shared_memory();
  vfork_exec();
  failures();
  spawned();
  pipeline();
  return 0;
}
