// Who takes too much is refused: processes, memory, files; and goes on to work afterwards.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "show.h"

static void limit(int resource, rlim_t value) {
  const struct rlimit both = {value, value};
  setrlimit(resource, &both);
}

/// Whether there can be another child.
static void fork_again(const char* when, int code) {
  const pid_t child = fork();
  if (child == 0) _exit(code);
  int status = 0;
  waitpid(child, &status, 0);
  printf("%s: status %#x\n", when, status);
}

/// Forks until it is refused: as often as the limit allows, and again afterwards.
static void fork_until_refused(void) {
  pid_t children[100];
  int count = 0;
  while (count < 100 && (children[count] = fork()) >= 0) {
    if (children[count] == 0) {
      pause();
      _exit(0);
    }
    ++count;
  }
  printf("fork: %s after %d\n", strerrorname_np(errno), count);
  for (int i = 0; i < count; ++i) kill(children[i], SIGKILL);
  for (int i = 0; i < count; ++i) waitpid(children[i], NULL, 0);
  fork_again("again", 3);
}

/// Each child forks two, for ever: a bomb, as far as the limit lets it grow.
static void bomb(void) {
  const pid_t first = fork();
  if (first == 0) {
    setpgid(0, 0);
    for (;;) fork();
  }
  setpgid(first, first);
  usleep(50000);
  const pid_t other = fork();
  printf("while it goes on: %s\n", other < 0 ? strerrorname_np(errno) : "forked");
  if (other == 0) _exit(0);
  if (other > 0) waitpid(other, NULL, 0);
  do {
    kill(-first, SIGKILL);
    waitpid(first, NULL, WNOHANG);
  } while (kill(-first, 0) == 0);
  puts("the bomb is gone");
  fork_again("after it", 4);
}

static void take_memory(void) {
  limit(RLIMIT_AS, 256 << 20);
  int count = 0;
  while (count < 1000 && mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                              -1, 0) != MAP_FAILED) {
    ++count;
  }
  printf("mmap: %s, %d\n", strerrorname_np(errno), count > 40 && count < 64);
  char* block;
  size_t size = 1 << 20;
  while ((block = malloc(size)) != NULL) memset(block, 1, size);
  printf("malloc: %s\n", strerrorname_np(errno));
}

static void take_files(void) {
  limit(RLIMIT_NOFILE, 50);
  int last = -1;
  for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;) last = fd;
  printf("open: %s after descriptor %d\n", strerrorname_np(errno), last);
  int pair[2];
  SHOW(pipe(pair));
  SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  SHOW(dup(0));
  SHOW(fcntl(0, F_DUPFD, 50));
}

static void take_space(void) {
  limit(RLIMIT_FSIZE, 100000);
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open(scratch_path("elfin-hog"), O_RDWR | O_CREAT | O_TRUNC, 0600);
  static char block[65536];
  SHOW(write(fd, block, sizeof block));
  SHOW(write(fd, block, sizeof block));
  SHOW(write(fd, block, sizeof block));
  SHOW(ftruncate(fd, 100001));
  SHOW(ftruncate(fd, 100000));
  SHOW(posix_fallocate(fd, 0, 100001));
  close(fd);
  unlink(scratch_path("elfin-hog"));
}

static void in_child(void (*hog)(void)) {
  const pid_t child = fork();
  if (child == 0) {
    hog();
    exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("ended with %#x\n", status);
}

/// Ordinary users only are limited; this one has no other processes, whoever else runs this.
static void as_user(void (*hog)(void)) {
  (void)!setgid(54321);
  if (setuid(100000 + (uid_t)getpid()) != 0) puts("run by root only");
  limit(RLIMIT_NPROC, 12);
  hog();
}
static void user_forks(void) { as_user(fork_until_refused); }
static void user_bombs(void) { as_user(bomb); }

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  in_child(user_forks);
  in_child(user_bombs);
  in_child(take_memory);
  in_child(take_files);
  in_child(take_space);
  return 0;
}
