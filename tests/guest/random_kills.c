// Processes killed at random moments, with their children: no lock, child, pipe or terminal stays
// behind.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "scratch.h"

enum { kRounds = 60 };

static char* path;
static int semaphore;

/// Takes and gives back whatever can be taken, until it is killed.
static void work(int terminal, int output) {
  char byte = 'x';
  char* shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (unsigned turn = 0;; ++turn) {
    const int fd = open(path, O_RDWR);
    struct flock lock = {.l_type = F_WRLCK, .l_start = turn % 7, .l_len = 3};
    struct sembuf down = {0, -1, SEM_UNDO}, up = {0, 1, SEM_UNDO};
    flock(fd, LOCK_EX);
    fcntl(fd, F_SETLKW, &lock);
    semop(semaphore, &down, 1);
    (void)!write(output, &byte, 1);
    (void)!write(terminal, "abc\n", 4);
    ++shared[turn % 8192];
    semop(semaphore, &up, 1);
    if (turn % 3 == 0) flock(fd, LOCK_UN);
    close(fd);
    const pid_t child = fork();
    if (child == 0) {
      struct termios raw;
      tcgetattr(terminal, &raw);
      cfmakeraw(&raw);
      tcsetattr(terminal, TCSANOW, &raw);
      shared[1] = 1;
      if (turn % 2 == 0) execl("/bin/true", "true", NULL);
      _exit(0);
    }
    if (turn % 2 == 0) waitpid(child, NULL, 0);
  }
}

/// A worker and its helper, on a terminal of their own.
static void start(int master, int output) {
  setsid();
  const int terminal = open(ptsname(master), O_RDWR);
  close(master);
  ioctl(terminal, TIOCSCTTY, 0);
  fork();
  work(terminal, output);
}

static int is_locked(void) {
  const int fd = open(path, O_RDWR);
  struct flock lock = {.l_type = F_WRLCK};
  const int locked = flock(fd, LOCK_EX | LOCK_NB) != 0 || fcntl(fd, F_SETLK, &lock) != 0;
  close(fd);
  return locked;
}

/// The terminal can still be opened, written to and read from.
static int is_stuck(int master) {
  char text[8192];
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
  struct termios raw;
  if (terminal < 0 || tcgetattr(terminal, &raw) != 0) return 1;
  cfmakeraw(&raw);
  tcsetattr(terminal, TCSANOW, &raw);
  tcflush(terminal, TCIOFLUSH);
  fcntl(master, F_SETFL, O_NONBLOCK);
  while (read(master, text, sizeof text) > 0) continue;
  (void)!write(master, "in", 2);
  const int stuck = read(terminal, text, sizeof text) != 2 || write(terminal, "out", 3) != 3 ||
                    read(master, text, sizeof text) != 3;
  close(terminal);
  return stuck;
}

int main(void) {
  path = scratch_path("elfin-random-kills");
  close(open(path, O_RDWR | O_CREAT | O_TRUNC, 0666));
  semaphore = semget(IPC_PRIVATE, 1, 0600);
  semctl(semaphore, 0, SETVAL, 1);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  srand(1);
  int locked = 0, open_ends = 0, taken = 0, stuck = 0, ended = 0, other = 0;
  for (int round = 0; round < kRounds; ++round) {
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(master);
    unlockpt(master);
    int ends[2];
    (void)!pipe2(ends, O_NONBLOCK);
    const pid_t worker = fork();
    if (worker == 0) {
      close(ends[0]);
      start(master, ends[1]);
    }
    close(ends[1]);
    usleep(rand() % (round % 2 ? 20000 : 2000));
    for (int status, first = 1; waitpid(-1, &status, first ? WNOHANG : 0) >= 0; first = 0) {
      kill(-worker, SIGKILL);
      kill(worker, SIGKILL);
    }
    char text[4096];
    ssize_t size;
    while ((size = read(ends[0], text, sizeof text)) > 0) continue;
    open_ends += size != 0;
    locked += is_locked();
    taken += semctl(semaphore, 0, GETVAL) != 1;
    stuck += is_stuck(master);
    ended += kill(worker, 0) != 0 && kill(-worker, 0) != 0;
    other += waitpid(-1, NULL, WNOHANG) >= 0;
    close(ends[0]);
    close(master);
  }
  semctl(semaphore, 0, IPC_RMID);
  unlink(path);
  printf(
      "%d rounds: %d ended, %d locks left, %d semaphores taken, %d pipes open, %d terminals stuck, "
      "%d children lost\n",
      kRounds, ended, locked, taken, open_ends, stuck, other);
  return 0;
}
