// Stopping and continuing: wait statuses, SIGCHLD for both, orphaned groups, signals that come
// meanwhile.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char* what, int status) {
  printf("%s:%s", what, WIFEXITED(status) ? " exited" : "");
  if (WIFEXITED(status)) printf(" %d", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) printf(" killed %d", WTERMSIG(status));
  if (WIFSTOPPED(status)) printf(" stopped %d", WSTOPSIG(status));
  if (WIFCONTINUED(status)) printf(" continued");
  printf("\n");
  fflush(stdout);
}

static volatile sig_atomic_t codes[16], told;
static void on_child(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  if (told < 16) codes[told++] = info->si_code;
}

static volatile sig_atomic_t continued;
static void on_continue(int signal) { continued = signal; }

static pid_t sleeper(void) {
  fflush(stdout);
  int ready[2];
  pipe(ready);
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    signal(SIGCONT, on_continue);
    write(ready[1], "x", 1);
    while (!continued || getenv("STAY")) usleep(100000);
    _exit(23);
  }
  setpgid(child, child);
  char byte;
  read(ready[0], &byte, 1);
  close(ready[0]);
  close(ready[1]);
  return child;
}

int main(void) {
  int status;
  setenv("STAY", "1", 1);
  const int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  for (int i = 0; i < 4; ++i) {
    const pid_t child = sleeper();
    kill(child, stops[i]);
    printf("waited: %d\n", waitpid(child, &status, WUNTRACED) == child);
    show("stop", status);
    printf("told once: %d\n", waitpid(child, &status, WUNTRACED | WNOHANG));
    kill(child, SIGCONT);
    printf("waited: %d\n", waitpid(child, &status, WCONTINUED) == child);
    show("continue", status);
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    show("end", status);
  }
  // A handler for SIGCONT ends the call that the stop has interrupted.
  unsetenv("STAY");
  const pid_t woken = sleeper();
  kill(woken, SIGSTOP);
  waitpid(woken, &status, WUNTRACED);
  kill(woken, SIGCONT);
  waitpid(woken, &status, 0);
  show("woken", status);
  setenv("STAY", "1", 1);
  // A handler for a stop signal, and a stop signal that is ignored.
  struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGCHLD, &action, NULL);
  pid_t child = sleeper();
  kill(child, SIGSTOP);
  while (told < 1) usleep(1000);
  kill(child, SIGUSR1);  // waits until it goes on
  usleep(5000);
  printf("still there: %d\n", waitpid(child, &status, WNOHANG));
  siginfo_t info;
  memset(&info, 0, sizeof(info));
  waitid(P_PID, child, &info, WSTOPPED | WNOWAIT);
  printf("waitid: code %d status %d\n", info.si_code, info.si_status);
  kill(child, SIGCONT);
  waitpid(child, &status, 0);
  show("a signal that had waited", status);
  printf("SIGCHLD's first code: %d\n", codes[0]);
  told = 0;
  action.sa_flags |= SA_NOCLDSTOP;
  sigaction(SIGCHLD, &action, NULL);
  child = sleeper();
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  show("stop", status);
  printf("no SIGCHLD: %d\n", told);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  show("killed while stopped", status);
  printf("SIGCHLD for the end: %d\n", told);
  return 0;
}
