// System V IPC: shared memory, semaphores with SEM_UNDO, message queues; what ipcs asks for.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

union argument {
  int value;
  struct semid_ds* status;
  unsigned short* all;
};

static const char* name_of(long result) { return result >= 0 ? "good" : strerrorname_np(errno); }

static pid_t start(void) {
  fflush(stdout);
  return fork();
}

static int finish(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

static int operate(int set, unsigned short number, short amount, short flags) {
  struct sembuf one = {number, amount, flags};
  return semop(set, &one, 1);
}

static void show_segment(int id, const char* what) {
  struct shmid_ds status;
  if (shmctl(id, IPC_STAT, &status) != 0) {
    printf("%s: %s\n", what, strerrorname_np(errno));
    return;
  }
  printf("%s: size %zu, mode %o, attached %lu, creator %d, last %d\n", what, status.shm_segsz,
         status.shm_perm.mode, (unsigned long)status.shm_nattch, status.shm_cpid == getpid(),
         status.shm_lpid == getpid());
}

static void segments(void) {
  const key_t key = 0x454c0000 + getpid();
  printf("no such key: %s\n", name_of(shmget(key, 100, 0600)));
  const int id = shmget(key, 10000, IPC_CREAT | IPC_EXCL | 0600);
  printf("shmget: %s\n", name_of(id));
  printf("again, exclusively: %s\n", name_of(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600)));
  printf("the same: %d\n", shmget(key, 100, 0600) == id);
  printf("too large: %s\n", name_of(shmget(key, 20000, 0600)));
  printf("of no size: %s\n", name_of(shmget(IPC_PRIVATE, 0, 0600)));
  show_segment(id, "new");
  char* first = shmat(id, NULL, 0);
  char* second = shmat(id, NULL, SHM_RDONLY);
  strcpy(first + 5000, "shared");
  printf("a second view: \"%s\"\n", second + 5000);
  show_segment(id, "twice");
  const pid_t child = start();
  if (child == 0) {
    show_segment(id, "in a child");
    strcat(first + 5000, " by the child");
    printf("child sees \"%s\"\n", second + 5000);
    printf("shmdt: %s\n", name_of(shmdt(second)));
    printf("shmdt again: %s\n", name_of(shmdt(second)));
    fflush(stdout);
    second[0] = 1;
    _exit(0);
  }
  printf("touching what is detached: signal %d\n", WTERMSIG(finish(child)));
  printf("parent sees \"%s\"\n", second + 5000);
  const pid_t reader = start();
  if (reader == 0) {
    second[0] = 1;
    _exit(0);
  }
  printf("writing a read-only view: signal %d\n", WTERMSIG(finish(reader)));
  printf("IPC_RMID: %s\n", name_of(shmctl(id, IPC_RMID, NULL)));
  show_segment(id, "removed");
  printf("by key: %s\n", name_of(shmget(key, 100, 0600)));
  shmdt(second);
  printf("still \"%s\"\n", first + 5000);
  shmdt(first);
  show_segment(id, "detached");
  printf("misaligned: %s\n", name_of((long)shmat(id, (void*)1234, 0)));
}

static void semaphores(void) {
  const int set = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
  printf("semget: %s\n", name_of(set));
  unsigned short values[3] = {1, 2, 0};
  semctl(set, 0, SETALL, (union argument){.all = values});
  printf("values %d %d %d\n", semctl(set, 0, GETVAL), semctl(set, 1, GETVAL),
         semctl(set, 2, GETVAL));
  // All or nothing.
  struct sembuf both[2] = {{0, -1, 0}, {2, -1, IPC_NOWAIT}};
  printf("both: %s, first is %d\n", name_of(semop(set, both, 2)), semctl(set, 0, GETVAL));
  printf("number: %s\n", name_of(operate(set, 3, 1, 0)));
  printf("too much: %s\n", name_of(operate(set, 0, 32767, 0)));
  const pid_t child = start();
  if (child == 0) {
    operate(set, 1, -2, SEM_UNDO);
    operate(set, 2, 1, 0);
    const int result = operate(set, 2, 0, 0);  // until somebody takes it
    printf("zero: %s\n", name_of(result));
    printf("in between %d\n", semctl(set, 1, GETVAL));
    fflush(stdout);
    raise(SIGKILL);
  }
  while (semctl(set, 2, GETZCNT) != 1) usleep(1000);
  printf("one waits for zero; the last one was the child's: %d\n", semctl(set, 2, GETPID) == child);
  operate(set, 2, -1, 0);
  finish(child);
  printf("undone: %d\n", semctl(set, 1, GETVAL));
  struct timespec soon = {0, 10000000};
  struct sembuf take = {2, -1, 0};
  printf("timed out: %s\n", name_of(semtimedop(set, &take, 1, &soon)));
  const pid_t waiter = start();
  if (waiter == 0) {
    const int result = operate(set, 2, -1, 0);
    printf("removed below: %s\n", name_of(result));
    fflush(stdout);
    _exit(0);
  }
  while (semctl(set, 2, GETNCNT) != 1) usleep(1000);
  struct semid_ds status;
  semctl(set, 0, IPC_STAT, (union argument){.status = &status});
  printf("%lu semaphores, mode %o, used %d\n", (unsigned long)status.sem_nsems,
         status.sem_perm.mode, status.sem_otime != 0);
  printf("IPC_RMID: %s\n", name_of(semctl(set, 0, IPC_RMID)));
  finish(waiter);
  printf("afterwards: %s\n", name_of(operate(set, 0, 1, 0)));
}

struct message {
  long type;
  char text[64];
};

static void receive(int queue, long type, int flags, size_t size) {
  struct message message = {0};
  const ssize_t got = msgrcv(queue, &message, size, type, flags);
  if (got < 0) {
    printf("type %ld: %s\n", type, strerrorname_np(errno));
  } else {
    printf("type %ld: %ld \"%.*s\"\n", type, message.type, (int)got, message.text);
  }
}

static void queues(void) {
  const int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  printf("msgget: %s\n", name_of(queue));
  for (long type = 5; type >= 1; --type) {
    struct message message = {type, ""};
    snprintf(message.text, sizeof(message.text), "message %ld", type);
    msgsnd(queue, &message, strlen(message.text), 0);
  }
  receive(queue, 3, 0, 64);
  receive(queue, 0, 0, 64);
  receive(queue, -2, 0, 64);
  receive(queue, 4, MSG_EXCEPT, 64);
  receive(queue, 7, IPC_NOWAIT, 64);
  receive(queue, 0, 0, 3);
  receive(queue, 0, MSG_NOERROR, 3);
  struct message bad = {0, "x"};
  printf("type 0: %s\n", name_of(msgsnd(queue, &bad, 1, 0)));
  struct msqid_ds status;
  msgctl(queue, IPC_STAT, &status);
  printf("%lu messages, %lu bytes at most\n", (unsigned long)status.msg_qnum,
         (unsigned long)status.msg_qbytes);
  const pid_t child = start();
  if (child == 0) {
    receive(queue, 9, 0, 64);
    receive(queue, 9, 0, 64);
    fflush(stdout);
    _exit(0);
  }
  struct message message = {9, "to the child"};
  msgsnd(queue, &message, 12, 0);
  do {
    usleep(1000);
    msgctl(queue, IPC_STAT, &status);
  } while (status.msg_qnum != 0 || status.msg_lrpid != child);
  usleep(20000);
  printf("IPC_RMID: %s\n", name_of(msgctl(queue, IPC_RMID, NULL)));
  fflush(stdout);
  finish(child);
}

int main(void) {
  alarm(60);
  segments();
  semaphores();
  queues();
  return 0;
}
