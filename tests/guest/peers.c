// Looking into other processes and parting from them: process_vm_readv, kcmp, pidfd_getfd, unshare;
// execveat; capabilities and scheduling attributes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char* name_of(long result) { return result >= 0 ? "good" : strerrorname_np(errno); }

static char there[32] = "in the child";
static int up[2], down[2];

static pid_t start(void) {
  fflush(stdout);
  return fork();
}

static void finish(pid_t pid, const char* what) {
  int status = 0;
  waitpid(pid, &status, 0);
  printf("%s: %d\n", what, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
}

static long read_from(pid_t pid, void* to, size_t size, void* from, size_t from_size) {
  struct iovec local = {to, size}, remote = {from, from_size};
  return syscall(SYS_process_vm_readv, pid, &local, 1, &remote, 1, 0);
}

static void memory(void) {
  pipe(up);
  pipe(down);
  const pid_t child = start();
  if (child == 0) {
    char byte;
    strcpy(there, "changed there");
    (void)!write(up[1], "x", 1);
    (void)!read(down[0], &byte, 1);
    _exit(strcmp(there, "Changed by us") == 0 ? 0 : 1);
  }
  char text[32] = {0}, byte;
  (void)!read(up[0], &byte, 1);
  long got = read_from(child, text, 13, there, sizeof(there));
  printf("read %ld: %s\n", got, text);
  struct iovec pieces[2] = {{text, 4}, {text + 10, 4}}, remote = {there, 8};
  got = syscall(SYS_process_vm_readv, child, pieces, 2, &remote, 1, 0);
  printf("read %ld: %.4s %.4s\n", got, text, text + 10);
  printf("bad: %s\n", name_of(read_from(child, text, 4, (void*)8, 4)));
  printf("nobody: %s\n", name_of(read_from(0x3fffffff, text, 4, there, 4)));
  printf("flags: %s\n", name_of(syscall(SYS_process_vm_readv, child, NULL, 0, NULL, 0, 1)));
  // What comes before a bad address counts.
  char* edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(edge + 4096, 4096);
  printf("up to a hole: %ld\n", read_from(getpid(), text, 8, edge + 4092, 8));
  struct iovec local = {"Changed by us", 14}, to = {there, 14};
  printf("written %ld\n", (long)syscall(SYS_process_vm_writev, child, &local, 1, &to, 1, 0));
  (void)!write(down[1], "x", 1);
  finish(child, "child");
}

static void shared(void) {
  const pid_t self = getpid();
  const int one = open("/dev/null", O_RDONLY), copy = dup(one), other = open("/dev/null", O_RDONLY);
  const pid_t child = start();
  if (child == 0) {
    pause();
    _exit(0);
  }
  printf("a copy is the same %ld, another is not %d\n",
         syscall(SYS_kcmp, self, self, KCMP_FILE, one, copy),
         syscall(SYS_kcmp, self, self, KCMP_FILE, one, other) > 0);
  printf("inherited %ld, memory apart %d, tables apart %d\n",
         syscall(SYS_kcmp, self, child, KCMP_FILE, one, one),
         syscall(SYS_kcmp, self, child, KCMP_VM, 0, 0) > 0,
         syscall(SYS_kcmp, self, child, KCMP_FILES, 0, 0) > 0);
  printf("closed: %s\n", name_of(syscall(SYS_kcmp, self, self, KCMP_FILE, one, 999)));
  printf("type: %s\n", name_of(syscall(SYS_kcmp, self, self, 99, 0, 0)));
  const int process = syscall(SYS_pidfd_open, child, 0);
  const int taken = syscall(SYS_pidfd_getfd, process, one, 0);
  printf("taken: %s, the same %ld, close-on-exec %d\n", name_of(taken),
         syscall(SYS_kcmp, self, self, KCMP_FILE, one, taken), fcntl(taken, F_GETFD));
  printf("not open there: %s\n", name_of(syscall(SYS_pidfd_getfd, process, 999, 0)));
  printf("no pidfd: %s\n", name_of(syscall(SYS_pidfd_getfd, one, one, 0)));
  kill(child, SIGKILL);
  finish(child, "killed");
}

static int with_files(void* unused) {
  (void)unused;
  printf("unshare: %s\n", name_of(syscall(SYS_unshare, CLONE_FILES | CLONE_FS)));
  fflush(stdout);
  close(0);
  umask(0);
  _exit(0);
}

static void parting(void) {
  umask(022);
  fflush(stdout);
  char* stack = malloc(65536);
  const int flags = CLONE_FILES | CLONE_FS | SIGCHLD;
  finish(clone(with_files, stack + 65536, flags, NULL), "cloned");
  printf("still open %d, umask %o\n", fcntl(0, F_GETFD) >= 0, umask(022));
  printf("unknown: %s\n", name_of(syscall(SYS_unshare, 1)));
  printf("nothing: %s\n", name_of(syscall(SYS_unshare, 0)));
}

static void executing(void) {
  char* const arguments[] = {"sh", "-c", "echo executed", NULL};
  char* const environment[] = {NULL};
  const int shell = open("/bin/sh", O_RDONLY);
  const int folder = open("/bin", O_RDONLY | O_DIRECTORY);
  for (int way = 0; way < 2; ++way) {
    const pid_t child = start();
    if (child == 0) {
      if (way == 0) syscall(SYS_execveat, shell, "", arguments, environment, AT_EMPTY_PATH);
      if (way == 1) syscall(SYS_execveat, folder, "sh", arguments, environment, 0);
      _exit(1);
    }
    finish(child, "execveat");
  }
  printf("no path: %s\n", name_of(syscall(SYS_execveat, shell, "", arguments, environment, 0)));
  printf("flags: %s\n", name_of(syscall(SYS_execveat, shell, "", arguments, environment, 1)));
  printf("no folder: %s\n", name_of(syscall(SYS_execveat, shell, "sh", arguments, environment, 0)));
}

struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static void scheduling(void) {
  struct attributes now = {0};
  const long got = syscall(SYS_sched_getattr, 0, &now, sizeof(now), 0);
  printf("sched_getattr: %s, size %u, policy %u\n", name_of(got), now.size, now.policy);
  now.policy = SCHED_BATCH;
  now.nice = 19;
  printf("sched_setattr: %s\n", name_of(syscall(SYS_sched_setattr, 0, &now, 0)));
  struct attributes later = {0};
  syscall(SYS_sched_getattr, 0, &later, sizeof(later), 0);
  printf("policy %u, nice %d\n", later.policy, later.nice);
  printf("small: %s\n", name_of(syscall(SYS_sched_getattr, 0, &now, 8, 0)));
  printf("flags: %s\n", name_of(syscall(SYS_sched_getattr, 0, &now, sizeof(now), 1)));
}

static void capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0}};
  printf("capget: %s\n", name_of(syscall(SYS_capget, &header, data)));
  printf("the same again: %s\n", name_of(syscall(SYS_capset, &header, data)));
  header.version = 5;
  const long result = syscall(SYS_capget, &header, data);
  printf("version: %s, wants %x\n", name_of(result), header.version);
  header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0x3fffffff};
  printf("nobody: %s\n", name_of(syscall(SYS_capget, &header, data)));
}

int main(void) {
  alarm(60);
  memory();
  shared();
  parting();
  executing();
  scheduling();
  capabilities();
  char* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("mlock2: %s, ", name_of(syscall(SYS_mlock2, page, 4096, 1)));
  printf("%s\n", name_of(syscall(SYS_mlock2, page, 4096, 6)));
  return 0;
}
