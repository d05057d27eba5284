// Uses of a file that forbid each other: executing and writing (ETXTBSY), shared mappings and seals
// (EBUSY); how shared memory is named in /proc/self/maps.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "show.h"

static char* program;

static void copy_self(void) {
  char buffer[65536];
  const int from = open("/proc/self/exe", O_RDONLY);
  const int to = open(program, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  for (ssize_t size; (size = read(from, buffer, sizeof buffer)) > 0;)
    (void)!write(to, buffer, size);
  close(from);
  close(to);
}

static void show_status(pid_t pid) {
  int status;
  waitpid(pid, &status, 0);
  printf("status %#x\n", status);
}

static void executing(void) {
  copy_self();
  int gate[2], started[2];
  char byte;
  (void)!pipe(gate);
  (void)!pipe(started);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(gate[0], 0);
    dup2(started[1], 1);
    close(gate[1]);
    execl(program, program, "wait", NULL);
    _exit(99);
  }
  (void)!read(started[0], &byte, 1);
  SHOW(open(program, O_WRONLY));
  SHOW(open(program, O_RDWR | O_TRUNC));
  SHOW(truncate(program, 10));
  SHOW(open(program, O_RDONLY) >= 0);
  SHOW(chmod(program, 0755));
  close(gate[1]);
  show_status(pid);
  const int writer = open(program, O_WRONLY);
  printf("writable again: %d\n", writer >= 0);
  SHOW(execl(program, program, "wait", NULL));
  close(writer);
  const pid_t again = fork();
  if (again == 0) {
    close(0);
    execl(program, program, "wait", NULL);
    _exit(99);
  }
  show_status(again);
  unlink(program);
}

static void sealing(void) {
  const int fd = memfd_create("name", MFD_ALLOW_SEALING);
  SHOW(ftruncate(fd, 8192));
  void* shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
  SHOW(munmap(shared, 4096));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  SHOW(munmap((char*)shared + 4096, 4096));
  void* private = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  SHOW(fcntl(fd, F_GET_SEALS));
  SHOW(write(fd, "x", 1));
  SHOW(mmap(NULL, 8192, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
  munmap(private, 8192);
  close(fd);
}

/// The name of the mapping that begins at `address`, and how it is mapped.
static void show_mapping(const char* what, const void* address) {
  char line[512];
  FILE* maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps) != NULL) {
    char protection[8], name[256] = "";
    unsigned long start, offset;
    sscanf(line, "%lx-%*x %7s %lx %*s %*s %255[^\n]", &start, protection, &offset, name);
    if (start == (unsigned long)address)
      printf("%s: %s %lx '%s'\n", what, protection, offset, name);
  }
  fclose(maps);
}

static void names(void) {
  char* anonymous = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  show_mapping("anonymous", anonymous);
  munmap(anonymous, 4096);
  show_mapping("its second page", anonymous + 4096);
  const int fd = memfd_create("a name", 0);
  ftruncate(fd, 4096);
  show_mapping("memfd", mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
  const int id = shmget(0x1234beef, 4096, IPC_CREAT | 0600);
  void* attached = shmat(id, NULL, SHM_RDONLY);
  show_mapping("shmat", attached);
  shmctl(id, IPC_RMID, NULL);
}

int main(int argc, char** argv) {
  char byte = 'x';
  if (argc > 1) {
    (void)!write(1, &byte, 1);
    return read(0, &byte, 1) > 0;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  program = scratch_path("elfin-busy-program");
  executing();
  sealing();
  names();
  return 0;
}
