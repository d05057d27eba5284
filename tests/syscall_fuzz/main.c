// The fuzzer's parent: starts children a few at a time, kills some at random moments, and looks at what
// is left when all have ended.
//
//   main SEED PROCESSES CALLS ROUNDS
//
// Status 0 and `end` as its last line: the machine is as it was before.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz_child.h"

enum { kAtOnce = 6, kChildSeconds = 4, kEndSeconds = 20 };

static pid_t running[kAtOnce];

static void start(int place, uint64_t seed, unsigned calls) {
  running[place] = fork();
  if (running[place] != 0) return;
  char folder[64];
  snprintf(folder, sizeof folder, "%d", place);
  mkdir(folder, 0777);
  chmod(folder, 0777);
  if (chdir(folder) != 0) _exit(1);
  setsid();
  for (int fd = 0; fd < 3; ++fd) {
    close(fd);
    open("/dev/null", O_RDWR);
  }
  run_child(seed, calls, seconds_now() + kChildSeconds);
}

/// Forgets those that have ended; our own grandchildren come to us when their parents die.
static void reap(void) {
  for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
    for (int i = 0; i < kAtOnce; ++i) {
      if (running[i] == pid) running[i] = 0;
    }
  }
}

static void pause_for(unsigned microseconds) { usleep(microseconds); }

static int remove_entry(const char* path, const struct stat* stat, int kind, struct FTW* walk) {
  (void)stat, (void)kind;
  if (walk->level > 0) (void)!remove(path);
  return 0;
}

/// What children may leave behind lawfully.
static void remove_leftovers(void) {
  nftw(".", remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  nftw("/dev/shm", remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  struct shminfo shm;
  struct seminfo sem;
  struct msginfo msg;
  for (int i = shmctl(0, IPC_INFO, (void*)&shm); i >= 0; --i) {
    struct shmid_ds about;
    const int id = shmctl(i, 13 /* SHM_STAT */, &about);
    if (id >= 0) shmctl(id, IPC_RMID, NULL);
  }
  for (int i = semctl(0, 0, IPC_INFO, &sem); i >= 0; --i) {
    struct semid_ds about;
    const int id = semctl(i, 0, 18 /* SEM_STAT */, &about);
    if (id >= 0) semctl(id, 0, IPC_RMID);
  }
  for (int i = msgctl(0, IPC_INFO, (void*)&msg); i >= 0; --i) {
    struct msqid_ds about;
    const int id = msgctl(i, 11 /* MSG_STAT */, &about);
    if (id >= 0) msgctl(id, IPC_RMID, NULL);
  }
}

/// Processes in /proc beside ourselves.
static int count_others(void) {
  int count = 0;
  DIR* folder = opendir("/proc");
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    const long pid = strtol(entry->d_name, NULL, 10);
    if (pid > 1 && pid != getpid()) ++count;
  }
  closedir(folder);
  return count;
}

/// Ends all others and waits until they are gone; how many are not.
static int end_others(void) {
  const double deadline = seconds_now() + kEndSeconds;
  int left;
  do {
    kill(-1, SIGKILL);
    pause_for(1000);
    reap();
    left = count_others();
  } while (left > 0 && seconds_now() < deadline);
  return left;
}

static void fuzz(uint64_t seed, unsigned processes, unsigned calls) {
  random_state = seed * 0x2545f4914f6cdd1du + 7;
  for (unsigned started = 0; started < processes;) {
    reap();
    for (int i = 0; i < kAtOnce && started < processes; ++i) {
      if (running[i] == 0) start(i, seed << 20 | started++, calls);
    }
    pause_for(500 + (unsigned)below(4000));
    const int victim = (int)below(kAtOnce);
    if (once_in(12) && running[victim] > 0) kill(running[victim], SIGKILL);
  }
  const double deadline = seconds_now() + kChildSeconds;
  for (bool busy = true; busy && seconds_now() < deadline;) {
    pause_for(2000);
    reap();
    busy = false;
    for (int i = 0; i < kAtOnce; ++i) busy |= running[i] != 0;
  }
  const int left = end_others();
  if (left != 0) printf("%d processes left\n", left);
  remove_leftovers();
}

/// kB of the kernel's heap in use; 0: it doesn't say.
static long kernel_heap(void) {
  char line[256];
  long kilobytes = 0;
  FILE* file = fopen("/proc/meminfo", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) sscanf(line, "Slab: %ld", &kilobytes);
  fclose(file);
  return kilobytes;
}

/// A file that children have locked can be locked.
static void check_locks(void) {
  for (int i = 0; i < kAtOnce; ++i) {
    char path[64];
    snprintf(path, sizeof path, "%d/a", i);
    const int fd = open(path, O_RDWR | O_CREAT, 0666);
    struct flock all = {.l_type = F_WRLCK};
    if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || fcntl(fd, F_SETLK, &all) != 0)) {
      printf("%s is still locked\n", path);
    }
    close(fd);
  }
}

int main(int argc, char** argv) {
  if (argc != 5 || chdir("/tmp") != 0) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  umask(0);
  mkdir("fuzz", 0777);
  if (chdir("fuzz") != 0) return 2;
  signal(SIGHUP, SIG_IGN);
  const uint64_t seed = strtoull(argv[1], NULL, 10);
  const unsigned processes = (unsigned)atoi(argv[2]), calls = (unsigned)atoi(argv[3]);
  for (int round = 0; round < atoi(argv[4]); ++round) {
    fuzz(seed + 1000000 * round, processes, calls);
    printf("kernel heap: %ld kB\n", kernel_heap());
  }
  check_locks();
  puts("end");
  return 0;
}
