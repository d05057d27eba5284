// fork: what a child has of its parent, exit statuses, zombies, orphans, trees of processes,
// children that nobody waits for.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int global = 1;

static void show_status(const char* what, int status) {
  if (WIFEXITED(status)) printf("%s: exited %d\n", what, WEXITSTATUS(status));
  if (WIFSIGNALED(status)) printf("%s: killed by %d\n", what, WTERMSIG(status));
  fflush(stdout);
}

static pid_t start(void) {
  fflush(stdout);
  return fork();
}

// Memory is copied, in both directions unseen.
static void memory(void) {
  int local = 2;
  char* heap = malloc(100000);
  strcpy(heap, "before");
  char* mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mapped[12345] = 'm';
  int ready[2];
  pipe(ready);
  const pid_t child = start();
  if (child == 0) {
    char byte;
    read(ready[0], &byte, 1);
    printf("child sees %d %d %s %c\n", global, local, heap, mapped[12345]);
    global = local = 10;
    strcpy(heap, "child");
    printf("child has %d %d %s\n", global, local, heap);
    exit(3);
  }
  global = 5;
  strcpy(heap, "parent");
  mapped[12345] = 'p';
  write(ready[1], "x", 1);
  int status;
  printf("waited for it: %d\n", waitpid(child, &status, 0) == child);
  show_status("memory", status);
  printf("parent has %d %d %s %c\n", global, local, heap, mapped[12345]);
  close(ready[0]);
  close(ready[1]);
  free(heap);
  munmap(mapped, 1 << 20);
}

static void statuses(void) {
  const struct {
    const char* name;
    int code;
    int signal;
  } ends[] = {{"code 0", 0, 0},        {"code 255", 255, 0},    {"code 256", 256, 0},
              {"SIGTERM", 0, SIGTERM}, {"SIGKILL", 0, SIGKILL}, {"SIGSEGV", 0, SIGSEGV}};
  for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); ++i) {
    const pid_t child = start();
    if (child == 0) {
      signal(SIGSEGV, SIG_DFL);
      if (ends[i].signal != 0) kill(getpid(), ends[i].signal);
      _exit(ends[i].code);
    }
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    const int result = waitid(P_PID, child, &info, WEXITED | WNOWAIT);
    printf("waitid %d: pid %d signo %d code %d status %d\n", result, info.si_pid == child,
           info.si_signo, info.si_code, info.si_status);
    int status;
    struct rusage usage;
    printf("wait4 %d\n", wait4(child, &status, 0, &usage) == child);
    show_status(ends[i].name, status & ~0x80);
    errno = 0;
    printf("again: %d %s\n", waitpid(child, &status, 0), strerrorname_np(errno));
  }
}

static void polling(void) {
  int gate[2];
  pipe(gate);
  const pid_t child = start();
  if (child == 0) {
    char byte;
    read(gate[0], &byte, 1);
    _exit(9);
  }
  int status = -1;
  printf("WNOHANG while it runs: %d\n", waitpid(child, &status, WNOHANG));
  printf("kill(0) to a child: %d\n", kill(child, 0));
  write(gate[1], "x", 1);
  while (waitpid(child, &status, WNOHANG) == 0) sched_yield();
  show_status("polled", status);
  errno = 0;
  printf("kill to a child that is gone: %d %s\n", kill(child, 0), strerrorname_np(errno));
  close(gate[0]);
  close(gate[1]);
}

// Grandchildren of a child that ends become somebody else's.
static void orphans(void) {
  int report[2];
  pipe(report);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t child = start();
  if (child == 0) {
    const pid_t middle = getpid();
    if (fork() == 0) {
      while (getppid() == middle) usleep(1000);
      const pid_t heir = getppid();
      write(report[1], &heir, sizeof(heir));
      _exit(21);
    }
    _exit(20);
  }
  int status;
  waitpid(child, &status, 0);
  show_status("middle", status);
  pid_t heir = 0;
  read(report[0], &heir, sizeof(heir));
  printf("the subreaper has it: %d\n", heir == getpid());
  wait(&status);
  show_status("orphan", status);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  close(report[0]);
  close(report[1]);
}

static int tree(int depth) {
  if (depth == 0) return 1;
  int sum = 1;
  pid_t children[3];
  for (int i = 0; i < 3; ++i) {
    children[i] = start();
    if (children[i] == 0) _exit(tree(depth - 1));
  }
  for (int i = 0; i < 3; ++i) {
    int status;
    waitpid(children[i], &status, 0);
    sum += WEXITSTATUS(status);
  }
  return sum;
}

static void ignored(void) {
  signal(SIGCHLD, SIG_IGN);
  for (int i = 0; i < 5; ++i) {
    if (start() == 0) _exit(i);
  }
  errno = 0;
  printf("wait with SIGCHLD ignored: %d %s\n", wait(NULL), strerrorname_np(errno));
  signal(SIGCHLD, SIG_DFL);
}

static volatile sig_atomic_t told_pid, told_code, told_status, told;
static void on_child(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  told_pid = info->si_pid;
  told_code = info->si_code;
  told_status = info->si_status;
  ++told;
}

static void sigchld(void) {
  struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGCHLD, &action, NULL);
  const pid_t child = start();
  if (child == 0) _exit(44);
  int status;
  printf("restarted wait: %d\n", waitpid(child, &status, 0) == child);
  printf("SIGCHLD: %d times, its pid %d code %d status %d\n", told, told_pid == child, told_code,
         told_status);
  signal(SIGCHLD, SIG_DFL);
}

static void descriptors(void) {
  int pipes[2];
  pipe2(pipes, O_CLOEXEC);
  const int kept = dup(pipes[1]);
  const int file = open("/proc/self/cmdline", O_RDONLY);
  const pid_t child = start();
  if (child == 0) {
    char byte;
    printf("the offset is shared: %d\n", (int)read(file, &byte, 1));
    close(file);
    write(pipes[1], "hello", 5);
    fflush(stdout);
    char number[16];
    snprintf(number, sizeof(number), "%d", pipes[1]);
    char command[100];
    snprintf(command, sizeof(command), "echo over exec >&%d", kept);
    execl("/bin/sh", "sh", "-c", command, (char*)NULL);
    _exit(1);
  }
  int status;
  waitpid(child, &status, 0);
  show_status("descriptors", status);
  printf("offset after the child: %ld\n", (long)lseek(file, 0, SEEK_CUR));
  close(pipes[1]);
  close(kept);
  char text[100] = "";
  size_t size = 0;
  for (ssize_t got; (got = read(pipes[0], text + size, sizeof(text) - 1 - size)) > 0; size += got)
    ;
  printf("read: %s\n", text);
}

int main(void) {
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  memory();
  statuses();
  polling();
  orphans();
  printf("a tree of %d\n", tree(3));
  ignored();
  sigchld();
  descriptors();
  errno = 0;
  printf("clone, odd flags: %ld %s\n", syscall(SYS_clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0),
         strerrorname_np(errno));
  return 0;
}
