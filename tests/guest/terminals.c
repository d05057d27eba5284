// Pseudoterminals: both ends, modes, window size, sessions, keys' signals, hanging up.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t winches;
static void OnWinch(int signal) {
  (void)signal;
  ++winches;
}

static void Show(const char* what, const char* bytes, ssize_t count) {
  printf("%s: %zd", what, count);
  if (count < 0) printf(" %s", strerror(errno));
  for (ssize_t n = 0; n < count; ++n) {
    const unsigned char byte = (unsigned char)bytes[n];
    printf(byte >= ' ' && byte < 127 ? " %c" : " %02x", byte);
  }
  printf("\n");
}

/// Keys are worked on beside us on a real kernel: waits until there is something.
static void ReadFrom(const char* what, int fd, size_t size) {
  char bytes[256];
  struct pollfd wait = {fd, POLLIN, 0};
  poll(&wait, 1, 2000);
  Show(what, bytes, read(fd, bytes, size));
}

static void Type(int master, const char* keys) {
  if (write(master, keys, strlen(keys)) != (ssize_t)strlen(keys)) printf("typing failed\n");
}

static int OpenMaster(char* name) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  printf("master %s\n", master >= 0 ? "opened" : strerror(errno));
  const int early = open(ptsname(master), O_RDWR | O_NOCTTY);
  printf("locked: %s\n", early < 0 ? strerror(errno) : "no");
  printf("grantpt %d unlockpt %d\n", grantpt(master), unlockpt(master));
  strcpy(name, ptsname(master));
  printf("name %.9s\n", name);
  return master;
}

static void Modes(int master, int slave) {
  struct termios settings;
  tcgetattr(slave, &settings);
  printf("settings %x %x %x %x\n", settings.c_iflag & ~IUTF8, settings.c_oflag, settings.c_cflag,
         settings.c_lflag);
  Type(master, "hellp\177o\n");
  ReadFrom("echo", master, 100);
  ReadFrom("line", slave, 100);
  Type(master, "a\nbc\n\004");
  usleep(20000);
  ReadFrom("part", slave, 1);
  ReadFrom("rest", slave, 100);
  ReadFrom("next", slave, 100);
  ReadFrom("end of file", slave, 100);
  cfmakeraw(&settings);
  settings.c_cc[VMIN] = 3;
  settings.c_cc[VTIME] = 0;
  printf("raw %d\n", tcsetattr(slave, TCSAFLUSH, &settings));
  Type(master, "xy");
  struct pollfd wait = {slave, POLLIN, 0};
  printf("two of three: %d\n", poll(&wait, 1, 30));
  Type(master, "z");
  ReadFrom("three", slave, 100);
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 1;
  tcsetattr(slave, TCSANOW, &settings);
  ReadFrom("nothing in time", slave, 100);
  if (write(slave, "out\n", 4) != 4) printf("write failed\n");
  usleep(20000);
  tcflush(master, TCIFLUSH);
  settings.c_oflag |= OPOST | ONLCR;
  tcsetattr(slave, TCSANOW, &settings);
}

static void Sizes(int master, int slave) {
  struct winsize size = {50, 132, 0, 0};
  printf("set size %d\n", ioctl(master, TIOCSWINSZ, &size));
  memset(&size, 0, sizeof(size));
  printf("size %d", ioctl(slave, TIOCGWINSZ, &size));
  printf(" %d x %d\n", size.ws_row, size.ws_col);
}

/// A session of its own on the terminal: what the child is told.
static void Session(int master, const char* name) {
  int ready[2];
  if (pipe(ready) != 0) return;
  const pid_t child = fork();
  if (child == 0) {
    close(master);
    signal(SIGWINCH, OnWinch);
    printf("setsid %d\n", setsid() == getpid());
    const int none = open("/dev/tty", O_RDWR);
    printf("before: %s\n", none < 0 ? strerror(errno) : "a terminal");
    const int slave = open(name, O_RDWR);
    const int tty = open("/dev/tty", O_RDWR);
    printf("after: %d isatty %d\n", tty >= 0, isatty(tty));
    printf("foreground %d session %d\n", tcgetpgrp(slave) == getpid(), tcgetsid(slave) == getpid());
    printf("same name %d\n", strcmp(ttyname(slave), name) == 0);
    struct termios settings;
    tcgetattr(slave, &settings);
    settings.c_lflag |= ISIG | ICANON;
    tcsetattr(slave, TCSANOW, &settings);
    fflush(stdout);
    // A process group in the background.
    const pid_t other = fork();
    if (other == 0) {
      setpgid(0, 0);
      signal(SIGTTOU, SIG_IGN);
      signal(SIGTTIN, SIG_IGN);
      char byte;
      Show("background read", &byte, read(slave, &byte, 1));
      printf("take the foreground %d\n", tcsetpgrp(slave, getpid()));
      printf("have it %d\n", tcgetpgrp(slave) == getpid());
      fflush(stdout);
      if (write(ready[1], "x", 1) != 1) _exit(1);
      for (;;) pause();
    }
    int status = 0;
    waitpid(other, &status, 0);
    printf("the group got %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(slave, getpid());
    fflush(stdout);
    if (write(ready[1], "y", 1) != 1) _exit(1);
    while (winches == 0) usleep(1000);
    printf("size changed\n");
    fflush(stdout);
    if (write(ready[1], "z", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte;
  if (read(ready[0], &byte, 1) != 1) return;
  Type(master, "\003");
  if (read(ready[0], &byte, 1) != 1) return;
  struct winsize size = {24, 80, 0, 0};
  ioctl(master, TIOCSWINSZ, &size);
  if (read(ready[0], &byte, 1) != 1) return;
  close(master);
  int status = 0;
  waitpid(child, &status, 0);
  printf("the session got %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
}

int main(void) {
  char name[64];
  setvbuf(stdout, NULL, _IOLBF, 0);
  const int master = OpenMaster(name);
  const int slave = open(name, O_RDWR | O_NOCTTY);
  struct stat attributes;
  fstat(slave, &attributes);
  printf("type %o %d\n", attributes.st_mode & S_IFMT, attributes.st_rdev >> 8 == 136);
  Modes(master, slave);
  Sizes(master, slave);
  Session(master, name);
  char byte;
  printf("hung up: read %zd\n", read(slave, &byte, 1));
  const ssize_t wrote = write(slave, "x", 1);
  printf("write %zd %s\n", wrote, strerror(errno));
  struct pollfd wait = {slave, POLLIN | POLLOUT, 0};
  poll(&wait, 1, 0);
  printf("poll %x\n", wait.revents);
  close(slave);

  // The last program's end closed: the master reads what is left, then EIO.
  char other[64];
  const int second = OpenMaster(other);
  const int end = open(other, O_RDWR | O_NOCTTY);
  if (write(end, "bye", 3) != 3) printf("write failed\n");
  close(end);
  ReadFrom("left", second, 100);
  ReadFrom("then", second, 100);
  return 0;
}
