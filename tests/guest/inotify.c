// inotify: what is told of files, names and directories.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "show.h"

static int watcher;
static char folder[4096], path[2][4200];

static const char* at(int which, const char* name) {
  snprintf(path[which], sizeof path[which], "%s/%s", folder, name);
  return path[which];
}

/// All that has been told since; a move's halves are marked by the order of their cookies.
static void told(const char* title) {
  static const char* names[] = {"ACCESS", "MODIFY", "ATTRIB", "CLOSE_WRITE", "CLOSE_NOWRITE", "OPEN",
                                "MOVED_FROM", "MOVED_TO", "CREATE", "DELETE", "DELETE_SELF", "MOVE_SELF"};
  static unsigned last_cookie;
  char buffer[8192] __attribute__((aligned(8)));
  const ssize_t size = read(watcher, buffer, sizeof buffer);
  printf("%s:", title);
  for (ssize_t offset = 0; offset < size;) {
    const struct inotify_event* event = (void*)(buffer + offset);
    printf(" %d", event->wd);
    for (int i = 0; i < 12; ++i) if (event->mask & 1u << i) printf("-%s", names[i]);
    if (event->mask & IN_ISDIR) printf("-ISDIR");
    if (event->mask & IN_IGNORED) printf("-IGNORED");
    if (event->mask & IN_Q_OVERFLOW) printf("-OVERFLOW");
    if (event->len) printf(":%s(%u)", event->name, event->len);
    if (event->cookie) printf(event->cookie == last_cookie ? "=" : "+");
    last_cookie = event->cookie;
    offset += sizeof *event + event->len;
  }
  printf(size < 0 ? " %s\n" : "\n", strerrorname_np(errno));
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  snprintf(folder, sizeof folder, "%s", scratch_path("elfin-inotify-XXXXXX"));
  mkdtemp(folder);
  watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  SHOW(inotify_add_watch(watcher, folder, IN_ALL_EVENTS));
  told("nothing");
  int fd = open(at(0, "file"), O_CREAT | O_RDWR, 0644);
  told("made");
  write(fd, "text", 4);
  write(fd, "text", 4);
  told("written twice");
  char buffer[64];
  pread(fd, buffer, 4, 0);
  ftruncate(fd, 2);
  fchmod(fd, 0600);
  close(fd);
  told("read, cut, changed, closed");
  close(open(at(0, "file"), O_RDONLY | O_TRUNC));
  close(open(at(0, "file"), O_RDONLY));
  told("opened");
  SHOW(inotify_add_watch(watcher, at(0, "file"), IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF));
  link(at(0, "file"), at(1, "a second name of some length"));
  told("linked");
  rename(at(0, "file"), at(1, "renamed"));
  told("renamed");
  symlink("nowhere", at(0, "link"));
  mkdir(at(0, "sub"), 0755);
  mkfifo(at(0, "fifo"), 0600);
  told("symlink, directory, fifo");
  SHOW(inotify_add_watch(watcher, at(0, "sub"), IN_ALL_EVENTS));
  rename(at(0, "renamed"), at(1, "sub/inner"));
  told("moved in");
  unlink(at(0, "sub/inner"));
  told("one name less");
  unlink(at(0, "a second name of some length"));
  told("the last name");
  rmdir(at(0, "sub"));
  told("no directory");
  fd = open(at(0, "one"), O_CREAT | O_WRONLY, 0644);
  close(fd);
  close(open(at(0, "two"), O_CREAT | O_WRONLY, 0644));
  told("two more");
  const int two = inotify_add_watch(watcher, at(0, "two"), IN_DELETE_SELF);
  rename(at(0, "one"), at(1, "two"));
  told("replaced");
  SHOW(inotify_rm_watch(watcher, two));
  struct timespec times[2] = {{1, 0}, {UTIME_OMIT, UTIME_OMIT}};
  utimensat(AT_FDCWD, at(0, "two"), times, 0);
  chmod(at(0, "two"), 0640);
  truncate(at(0, "two"), 100);
  told("by path");
  SHOW(inotify_add_watch(watcher, at(0, "two"), IN_OPEN | IN_ONESHOT));
  close(open(at(0, "two"), O_RDONLY));
  told("once");
  SHOW(inotify_add_watch(watcher, folder, IN_CREATE | IN_MASK_ADD));
  SHOW(inotify_add_watch(watcher, folder, IN_CREATE | IN_MASK_CREATE));
  SHOW(inotify_add_watch(watcher, folder, IN_CREATE | IN_MASK_CREATE | IN_MASK_ADD));
  SHOW(inotify_add_watch(watcher, at(0, "two"), IN_CREATE | IN_ONLYDIR));
  SHOW(inotify_add_watch(watcher, at(0, "none"), IN_CREATE));
  SHOW(inotify_add_watch(watcher, folder, 0));
  SHOW(inotify_add_watch(0, folder, IN_CREATE));
  SHOW(inotify_add_watch(watcher, folder, IN_CREATE));
  close(open(at(0, "two"), O_RDONLY));
  told("creations only");
  close(open(at(0, "three"), O_CREAT | O_WRONLY, 0644));
  struct pollfd one = {watcher, POLLIN, 0};
  printf("poll %d %x\n", poll(&one, 1, 0), one.revents);
  int waiting = 0;
  ioctl(watcher, FIONREAD, &waiting);
  printf("waiting %d\n", waiting);
  SHOW(read(watcher, buffer, 16));
  told("three");
  fcntl(watcher, F_SETFL, 0);
  if (fork() == 0) {
    usleep(10000);
    close(open(at(0, "by a child"), O_CREAT | O_WRONLY, 0644));
    _exit(0);
  }
  told("waited for");
  wait(NULL);
  SHOW(inotify_rm_watch(watcher, 1));
  SHOW(inotify_rm_watch(watcher, 1));
  told("removed");
  SHOW(inotify_init1(1));
  const char* all[] = {"two", "three", "by a child", "link", "fifo"};
  for (int i = 0; i < 5; ++i) unlink(at(0, all[i]));
  SHOW(rmdir(folder));
  return 0;
}
