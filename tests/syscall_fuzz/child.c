// One child of the fuzzer: what it may use, what it opens first, then its calls.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "fuzz_child.h"

#define ELFIN_SYSCALL(number, name, handler, level, kinds, note) {number, #name, #kinds},
#define ELFIN_SYSCALL_REFUSED(number, name, refusal, kinds, note) {number, #name, #kinds},
#define ELFIN_SYSCALL_MISSING(number, name, kinds, note) {number, #name, #kinds},
const struct call_row call_rows[] = {
#include "syscalls/table.inc"
};
const size_t call_row_count = sizeof call_rows / sizeof *call_rows;

uint64_t random_state = 1;

uint64_t random_number(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 2685821657736338717u;
}
uint64_t below(uint64_t limit) { return (random_number() >> 16) % limit; }
bool once_in(uint64_t times) { return below(times) == 0; }

double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/// Interrupts whatever waits.
static void tick(int signal) { (void)signal; }

static void start_ticking(void) {
  struct sigaction action = {.sa_handler = tick};
  sigaction(SIGALRM, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  const struct itimerval interval = {{0, 5000}, {0, 5000}};
  setitimer(ITIMER_REAL, &interval, NULL);
}

static void limit(int resource, rlim_t value) {
  const struct rlimit both = {value, value};
  setrlimit(resource, &both);
}

/// A few children may take what they can get.
static void set_limits(void) {
  limit(RLIMIT_NOFILE, 64);
  if (once_in(6)) return;
  limit(RLIMIT_AS, 64 << 20);
  limit(RLIMIT_FSIZE, 8 << 20);
  limit(RLIMIT_NPROC, 40);
}

static void open_things(void) {
  int pair[2];
  mkdir("dir", 0777);
  mkfifo("fifo", 0666);
  (void)!symlink("dir", "link");
  (void)!symlink("loop", "loop");
  open("a", O_RDWR | O_CREAT, 0666);
  open("b", O_RDWR | O_CREAT | O_APPEND, 0666);
  open(".", O_RDONLY | O_DIRECTORY);
  open("dir", O_PATH);
  (void)!pipe(pair);
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
  socket(AF_INET, SOCK_STREAM, 0);
  socket(AF_INET, SOCK_DGRAM, 0);
  socket(AF_INET6, SOCK_STREAM, 0);
  socket(AF_UNIX, SOCK_SEQPACKET, 0);
  socket(AF_UNIX, SOCK_STREAM, 0);
  epoll_create1(0);
  eventfd(3, EFD_NONBLOCK);
  timerfd_create(CLOCK_MONOTONIC, 0);
  inotify_init1(IN_NONBLOCK);
  sigset_t usr1;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  signalfd(-1, &usr1, 0);
  memfd_create("memory", MFD_ALLOW_SEALING);
  const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  int zero = 0;
  if (master >= 0 && syscall(SYS_ioctl, master, 0x40045431, &zero) == 0) {  // TIOCSPTLCK
    syscall(SYS_ioctl, master, 0x5441, O_RDWR | O_NOCTTY);                  // TIOCGPTPEER
  }
  open("/proc/self/maps", O_RDONLY);
  open("/proc", O_RDONLY | O_DIRECTORY);
  open("/proc/self/mem", O_RDWR);
  open("/dev/zero", O_RDWR);
  syscall(SYS_pidfd_open, getpid(), 0);
}

/// What would end a child too soon, or reach beyond it, is drawn less often, or not at all.
static bool is_left_out(const char* name, bool privileged) {
  static const char* const ends[] = {"exit", "exit_group", "rt_sigreturn", "vfork", "pause", "execve", "execveat",
                                     "fork", "clone", "clone3", "close_range"};
  static const char* const reaches[] = {"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
                                        "pidfd_send_signal", "process_vm_writev", "prlimit64", "ptrace"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; ++i) {
    if (strcmp(name, ends[i]) == 0) return !once_in(20);
  }
  for (size_t i = 0; privileged && i < sizeof reaches / sizeof *reaches; ++i) {
    if (strcmp(name, reaches[i]) == 0) return true;
  }
  return false;
}

/// vfork's child has its parent's stack, so it may only end.
static long call(const struct call_row* row, const uint64_t a[6]) {
  const long number = row->number;
  long result;
  register uint64_t r10 asm("r10") = a[3];
  register uint64_t r8 asm("r8") = a[4];
  register uint64_t r9 asm("r9") = a[5];
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  if (result == 0 && strcmp(row->name, "vfork") == 0) _exit(0);
  return result;
}

_Noreturn void run_child(uint64_t seed, unsigned calls, double deadline) {
  random_state = seed * 0x9e3779b97f4a7c15u + 1;
  for (int i = 0; i < 10; ++i) random_number();
  prepare_arguments();
  open_things();
  const bool privileged = once_in(8);
  if (!privileged) {
    set_limits();
    (void)!setgid(1000);
    (void)!setuid(1000);
  } else {
    limit(RLIMIT_NOFILE, 64);
  }
  start_ticking();
  // Each child prefers a few calls: their interplay is what nobody has thought of.
  enum { kFavourites = 12 };
  const struct call_row* favourites[kFavourites];
  for (int i = 0; i < kFavourites; ++i) favourites[i] = &call_rows[below(call_row_count)];
  const pid_t self = getpid();
  for (unsigned i = 0; i < calls && seconds_now() < deadline; ++i) {
    const struct call_row* row = once_in(2) ? favourites[below(kFavourites)] : &call_rows[below(call_row_count)];
    if (is_left_out(row->name, privileged)) continue;
    struct call_row stranger = {(long)below(1200), "", "()"};
    if (once_in(200)) row = &stranger;
    scramble_buffers();
    uint64_t arguments[6];
    draw_arguments(row, arguments);
    call(row, arguments);
    if (syscall(SYS_getpid) != self && calls > 50) {  // a child of ours: not for long, and other calls
      calls = i + 50;
      random_state += (uint64_t)syscall(SYS_getpid);
    }
    if (i % 64 == 0) start_ticking();
  }
  _exit(0);
}
