// Advisory locks between processes: fcntl's record locks, open file description locks, flock.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

static const char* name_of(int error) { return error == 0 ? "good" : strerrorname_np(error); }

static int lock(int fd, int command, short type, off_t start, off_t length) {
  struct flock wanted = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(fd, command, &wanted) == 0 ? 0 : errno;
}

static void show(int fd, pid_t known, const char* what, off_t start, off_t length) {
  struct flock found = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  if (fcntl(fd, F_GETLK, &found) != 0) {
    printf("%s: %s\n", what, name_of(errno));
  } else if (found.l_type == F_UNLCK) {
    printf("%s: free\n", what);
  } else {
    printf("%s: %s %ld+%ld of %s\n", what, found.l_type == F_RDLCK ? "read" : "write",
           (long)found.l_start, (long)found.l_len,
           found.l_pid == known ? "the other"
           : found.l_pid == -1  ? "a description"
                                : "somebody");
  }
}

static pid_t start(void) {
  fflush(stdout);
  return fork();
}

static int finish(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

static void say(int to) { (void)!write(to, "x", 1); }
static void hear(int from) {
  char byte;
  (void)!read(from, &byte, 1);
}

static void records(const char* name) {
  const int fd = open(name, O_RDWR);
  int up[2], down[2];
  pipe(up);
  pipe(down);
  printf("take 10+20: %s\n", name_of(lock(fd, F_SETLK, F_WRLCK, 10, 20)));
  const pid_t parent = getpid();
  const pid_t child = start();
  if (child == 0) {
    show(fd, parent, "all", 0, 0);
    show(fd, parent, "before", 0, 10);
    show(fd, parent, "behind", 30, 5);
    printf("overlap: %s\n", name_of(lock(fd, F_SETLK, F_RDLCK, 29, 1)));
    printf("beside: %s\n", name_of(lock(fd, F_SETLK, F_RDLCK, 30, 1)));
    fflush(stdout);
    say(up[1]);
    const char* waited = name_of(lock(fd, F_SETLKW, F_WRLCK, 15, 2));
    hear(down[0]);
    printf("waited: %s\n", waited);
    show(fd, parent, "rest", 0, 0);
    fflush(stdout);
    _exit(0);
  }
  hear(up[0]);
  usleep(20000);
  // A hole in the middle: the locks on both sides stay.
  printf("release 14+4: %s\n", name_of(lock(fd, F_SETLK, F_UNLCK, 14, 4)));
  fflush(stdout);
  say(down[1]);
  finish(child);
  show(fd, child, "after its end", 0, 0);
  // Closing any descriptor of the file gives everything up.
  close(open(name, O_RDONLY));
  const pid_t second = start();
  if (second == 0) {
    show(fd, parent, "after a close", 0, 0);
    fflush(stdout);
    _exit(0);
  }
  finish(second);

  // Killed while it holds one.
  const pid_t holder = start();
  if (holder == 0) {
    lock(fd, F_SETLK, F_WRLCK, 0, 0);
    say(up[1]);
    pause();
  }
  hear(up[0]);
  show(fd, holder, "held", 5, 1);
  kill(holder, SIGKILL);
  finish(holder);
  show(fd, holder, "killed", 5, 1);

  // Each waits for the other.
  lock(fd, F_SETLK, F_WRLCK, 0, 1);
  const pid_t rival = start();
  if (rival == 0) {
    lock(fd, F_SETLK, F_WRLCK, 1, 1);
    say(up[1]);
    const int error = lock(fd, F_SETLKW, F_WRLCK, 0, 1);
    _exit(error == 0 ? 0 : 1);
  }
  hear(up[0]);
  usleep(20000);
  printf("deadlock: %s\n", name_of(lock(fd, F_SETLKW, F_WRLCK, 1, 1)));
  lock(fd, F_SETLK, F_UNLCK, 0, 1);
  printf("the rival got it: %d\n", WEXITSTATUS(finish(rival)));

  struct flock bad = {.l_type = 7, .l_whence = SEEK_SET};
  printf("type: %s\n", name_of(fcntl(fd, F_SETLK, &bad) == 0 ? 0 : errno));
  bad = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = -1};
  printf("start: %s\n", name_of(fcntl(fd, F_SETLK, &bad) == 0 ? 0 : errno));
  bad = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = -6};
  printf("length: %s\n", name_of(fcntl(fd, F_SETLK, &bad) == 0 ? 0 : errno));
  const int read_only = open(name, O_RDONLY);
  printf("write lock, read only: %s\n", name_of(lock(read_only, F_SETLK, F_WRLCK, 0, 1)));
  close(read_only);
  close(fd);
}

static void descriptions(const char* name) {
  const int one = open(name, O_RDWR), other = open(name, O_RDWR);
  printf("description: %s\n", name_of(lock(one, F_OFD_SETLK, F_WRLCK, 0, 4)));
  printf("the same file again: %s\n", name_of(lock(other, F_OFD_SETLK, F_RDLCK, 2, 4)));
  printf("a process: %s\n", name_of(lock(other, F_SETLK, F_RDLCK, 3, 1)));
  show(other, 0, "asks", 0, 0);
  const int copy = dup(one);
  close(one);
  printf("a copy still holds it: %s\n", name_of(lock(other, F_OFD_SETLK, F_RDLCK, 2, 4)));
  close(copy);
  printf("gone: %s\n", name_of(lock(other, F_OFD_SETLK, F_RDLCK, 2, 4)));
  close(other);
}

static int whole(int fd, int operation) { return flock(fd, operation) == 0 ? 0 : errno; }

static void wholes(const char* name) {
  const int one = open(name, O_RDWR), other = open(name, O_RDWR);
  int up[2];
  pipe(up);
  printf("shared twice: %s, %s\n", name_of(whole(one, LOCK_SH)), name_of(whole(other, LOCK_SH)));
  printf("exclusive: %s\n", name_of(whole(one, LOCK_EX | LOCK_NB)));
  printf("unlock: %s, exclusive: %s\n", name_of(whole(other, LOCK_UN)),
         name_of(whole(one, LOCK_EX | LOCK_NB)));
  printf("apart from records: %s\n", name_of(lock(other, F_SETLK, F_WRLCK, 0, 0)));
  const pid_t child = start();
  if (child == 0) {
    // The parent's description is ours, too; another one has to wait.
    printf("inherited: %s\n", name_of(whole(one, LOCK_EX | LOCK_NB)));
    fflush(stdout);
    close(one);
    const int third = open(name, O_RDONLY);
    printf("a third: %s\n", name_of(whole(third, LOCK_SH | LOCK_NB)));
    fflush(stdout);
    say(up[1]);
    printf("waited: %s\n", name_of(whole(third, LOCK_SH)));
    fflush(stdout);
    _exit(0);
  }
  hear(up[0]);
  usleep(20000);
  close(one);
  finish(child);
  printf("bad: %s\n", name_of(whole(other, 3)));
  printf("closed: %s\n", name_of(whole(one, LOCK_SH)));
  close(other);
}

int main(void) {
  alarm(60);
  char* name = scratch_path("elfin-locks");
  close(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
  records(name);
  descriptions(name);
  wholes(name);
  unlink(name);
  return 0;
}
