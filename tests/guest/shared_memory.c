// Memory that processes share: anonymous across fork, POSIX shared memory, files and memfd mapped
// by several, semaphores, mutexes and conditions in it, and how mappings agree with read, write and
// ftruncate.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

#define PAGE 4096

static void check(int good, const char* what) {
  if (good) return;
  printf("%s: errno %d\n", what, errno);
  fflush(stdout);
  exit(1);
}

static void* map_shared(size_t size, int fd) {
  const int flags = MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0);
  void* at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
  check(at != MAP_FAILED, "mmap");
  return at;
}

static pid_t start(void) {
  fflush(stdout);
  const pid_t pid = fork();
  check(pid >= 0, "fork");
  return pid;
}

static int wait_for(pid_t pid) {
  int status = -1;
  check(waitpid(pid, &status, 0) == pid, "waitpid");
  return status;
}

struct board {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  sem_t ping, pong;
  long counter;
  atomic_long atomic;
  int turn;
  char text[PAGE];
};

static struct board* make_board(void) {
  struct board* board = map_shared(sizeof(*board) + 3 * PAGE, -1);
  pthread_mutexattr_t mutex_kind;
  pthread_mutexattr_init(&mutex_kind);
  pthread_mutexattr_setpshared(&mutex_kind, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&mutex_kind, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&board->mutex, &mutex_kind);
  pthread_condattr_t condition_kind;
  pthread_condattr_init(&condition_kind);
  pthread_condattr_setpshared(&condition_kind, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&board->changed, &condition_kind);
  sem_init(&board->ping, 1, 0);
  sem_init(&board->pong, 1, 0);
  return board;
}

static void counters(struct board* board) {
  pid_t children[4];
  for (int i = 0; i < 4; ++i) {
    children[i] = start();
    if (children[i] != 0) continue;
    for (int n = 0; n < 500; ++n) {
      pthread_mutex_lock(&board->mutex);
      ++board->counter;
      pthread_mutex_unlock(&board->mutex);
      atomic_fetch_add(&board->atomic, 3);
    }
    _exit(0);
  }
  for (int i = 0; i < 4; ++i) wait_for(children[i]);
  printf("counter %ld, atomic %ld\n", board->counter, atomic_load(&board->atomic));
}

static void semaphores(struct board* board) {
  const pid_t child = start();
  if (child == 0) {
    for (int n = 0; n < 20; ++n) {
      sem_wait(&board->ping);
      board->text[n] = (char)(board->text[n] + 1);
      sem_post(&board->pong);
    }
    _exit(0);
  }
  for (int n = 0; n < 20; ++n) {
    board->text[n] = (char)('a' + n);
    sem_post(&board->ping);
    sem_wait(&board->pong);
  }
  wait_for(child);
  printf("ping pong %.20s\n", board->text);
}

static void conditions(struct board* board) {
  const pid_t child = start();
  if (child == 0) {
    pthread_mutex_lock(&board->mutex);
    while (board->turn != 1) pthread_cond_wait(&board->changed, &board->mutex);
    board->turn = 2;
    pthread_cond_broadcast(&board->changed);
    pthread_mutex_unlock(&board->mutex);
    _exit(0);
  }
  pthread_mutex_lock(&board->mutex);
  board->turn = 1;
  pthread_cond_broadcast(&board->changed);
  while (board->turn != 2) pthread_cond_wait(&board->changed, &board->mutex);
  pthread_mutex_unlock(&board->mutex);
  wait_for(child);
  printf("turn %d\n", board->turn);
}

static void owner_dies(struct board* board) {
  const pid_t child = start();
  if (child == 0) {
    pthread_mutex_lock(&board->mutex);
    kill(getpid(), SIGKILL);
  }
  wait_for(child);
  const int result = pthread_mutex_lock(&board->mutex);
  printf("a dead owner: %s\n", result == EOWNERDEAD ? "EOWNERDEAD" : "not noticed");
  pthread_mutex_consistent(&board->mutex);
  pthread_mutex_unlock(&board->mutex);
}

// The kernel writes for a process that doesn't run into a page that another one has written since.
static void read_into_shared(struct board* board) {
  int ends[2];
  check(pipe(ends) == 0, "pipe");
  memset(board->text, '.', 64);
  const pid_t child = start();
  if (child == 0) {
    sem_post(&board->ping);
    const ssize_t size = read(ends[0], board->text + 8, 8);
    _exit(size == 8 && memcmp(board->text, "parent..", 8) == 0 ? 0 : 1);
  }
  sem_wait(&board->ping);
  memcpy(board->text, "parent", 6);
  check(write(ends[1], "children", 8) == 8, "write");
  const int status = wait_for(child);
  printf("%.20s, status %d\n", board->text, WEXITSTATUS(status));
  close(ends[0]);
  close(ends[1]);
}

static void posix_shared_memory(void) {
  char name[64];
  snprintf(name, sizeof(name), "/elfin-test-%d", getpid());
  const int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
  check(fd >= 0, "shm_open");
  check(ftruncate(fd, 3 * PAGE) == 0, "ftruncate");
  char* mine = map_shared(3 * PAGE, fd);
  strcpy(mine + PAGE, "from the parent");
  const pid_t child = start();
  if (child == 0) {
    munmap(mine, 3 * PAGE);
    const int again = shm_open(name, O_RDWR, 0);
    char* other = map_shared(3 * PAGE, again);
    printf("child reads \"%s\"\n", other + PAGE);
    fflush(stdout);
    strcpy(other + 2 * PAGE, "from the child");
    _exit(0);
  }
  wait_for(child);
  printf("parent reads \"%s\"\n", mine + 2 * PAGE);
  printf("shm_unlink %d\n", shm_unlink(name));
  munmap(mine, 3 * PAGE);
  close(fd);

  snprintf(name, sizeof(name), "/elfin-sem-%d", getpid());
  sem_t* semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
  check(semaphore != SEM_FAILED, "sem_open");
  const pid_t poster = start();
  if (poster == 0) {
    // (The same semaphore again: glibc gives the mapping that the process has.)
    sem_t* again = sem_open(name, 0);
    _exit(again != SEM_FAILED && sem_post(again) == 0 ? 0 : 1);
  }
  check(sem_wait(semaphore) == 0, "sem_wait");
  printf("named semaphore posted, status %d\n", WEXITSTATUS(wait_for(poster)));
  sem_close(semaphore);
  sem_unlink(name);
}

static void files(int fd, const char* what) {
  char text[32] = {0};
  check(ftruncate(fd, 2 * PAGE) == 0, "ftruncate");
  char* mapped = map_shared(4 * PAGE, fd);
  strcpy(mapped, "by mapping");
  check(pread(fd, text, 10, 0) == 10, "pread");
  printf("%s: read(2) sees \"%s\"\n", what, text);
  check(pwrite(fd, "BY WRITE", 8, PAGE + 16) == 8, "pwrite");
  printf("%s: the mapping sees \"%s\"\n", what, mapped + PAGE + 16);
  mapped[PAGE + 15] = '>';
  const pid_t child = start();
  if (child == 0) {
    check(pwrite(fd, "xy", 2, 3) == 2, "pwrite");
    mapped[0] = 'B';
    check(ftruncate(fd, 4 * PAGE) == 0, "ftruncate");
    mapped[3 * PAGE] = '!';
    _exit(0);
  }
  wait_for(child);
  check(pread(fd, text, 10, 0) == 10, "pread");
  printf("%s: after the child \"%s\", \"%s\", grown %c\n", what, mapped, text, mapped[3 * PAGE]);
  const pid_t bus = start();
  if (bus == 0) {
    check(ftruncate(fd, PAGE + 20) == 0, "ftruncate");
    printf("%s: cut: \"%s\"\n", what, mapped + PAGE + 15);
    fflush(stdout);
    mapped[2 * PAGE] = 1;
    _exit(0);
  }
  printf("%s: beyond the end: signal %d\n", what, WTERMSIG(wait_for(bus)));
  check(msync(mapped, PAGE, MS_SYNC) == 0, "msync");
  check(munmap(mapped, 4 * PAGE) == 0, "munmap");
  check(pread(fd, text, 10, PAGE + 10) == 10, "pread");
  printf("%s: the file has %d%d%d%d%d%.5s\n", what, text[0], text[1], text[2], text[3], text[4],
         text + 5);
}

static void read_only_view(void) {
  const int fd = memfd_create("view", 0);
  check(ftruncate(fd, PAGE) == 0, "ftruncate");
  const pid_t child = start();
  if (child == 0) {
    char* writer = map_shared(PAGE, fd);
    strcpy(writer, "seen");
    _exit(0);
  }
  const char* view = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  check(view != MAP_FAILED, "mmap");
  wait_for(child);
  printf("a read-only view: \"%s\"\n", view);
  close(fd);
}

int main(void) {
  struct board* board = make_board();
  counters(board);
  semaphores(board);
  conditions(board);
  owner_dies(board);
  read_into_shared(board);
  posix_shared_memory();
  const int memory = memfd_create("memory", 0);
  check(memory >= 0, "memfd_create");
  files(memory, "memfd");
  char* name = scratch_path("elfin-shared-XXXXXX");
  const int fd = mkstemp(name);
  check(fd >= 0, "mkstemp");
  unlink(name);
  files(fd, "file");
  read_only_view();
  return 0;
}
