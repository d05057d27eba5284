// POSIX threads: creating and joining (200 at once), mutexes, conditions, read-write locks,
// barriers, thread-local storage, cancellation, robust and priority-inheriting mutexes, exit and
// exec of threads.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMany = 200 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static __thread long own = 7;
static long sum;

static void* add(void* argument) {
  const long n = (long)argument;
  own += n;
  for (int i = 0; i < 100; ++i) {
    pthread_mutex_lock(&mutex);
    sum += 1;
    pthread_mutex_unlock(&mutex);
  }
  return (void*)own;
}

static void many(void) {
  pthread_t threads[kMany];
  int failed = 0;
  for (long i = 0; i < kMany; ++i) failed += pthread_create(&threads[i], NULL, add, (void*)i) != 0;
  long results = 0;
  for (int i = 0; i < kMany; ++i) {
    void* result;
    pthread_join(threads[i], &result);
    results += (long)result;
  }
  printf("%d threads: failed %d, sum %ld, results %ld, own %ld\n", kMany, failed, sum, results,
         own);
}

static int turn;
static void* take_turns(void* argument) {
  const int self = (int)(long)argument;
  for (int i = 0; i < 500; ++i) {
    pthread_mutex_lock(&mutex);
    while (turn != self) pthread_cond_wait(&condition, &mutex);
    turn = (turn + 1) % 3;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void conditions(void) {
  pthread_t threads[3];
  for (long i = 0; i < 3; ++i) pthread_create(&threads[i], NULL, take_turns, (void*)i);
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
  printf("turns: %d\n", turn);
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 20000000;
  if (soon.tv_nsec >= 1000000000) soon.tv_nsec -= 1000000000, ++soon.tv_sec;
  pthread_mutex_lock(&mutex);
  printf("timed wait: %s\n", strerrorname_np(pthread_cond_timedwait(&condition, &mutex, &soon)));
  pthread_mutex_unlock(&mutex);
}

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static int shared_value, serial, bad_reads;

static void* meet(void* argument) {
  for (int i = 0; i < 50; ++i) {
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
      __sync_fetch_and_add(&serial, 1);
    if ((long)argument == 0) {
      pthread_rwlock_wrlock(&rwlock);
      shared_value += 2;
      sched_yield();
      shared_value -= 1;
      pthread_rwlock_unlock(&rwlock);
    } else {
      pthread_rwlock_rdlock(&rwlock);
      if (shared_value > 50) ++bad_reads;
      pthread_rwlock_unlock(&rwlock);
    }
  }
  return NULL;
}

static void barriers(void) {
  pthread_t threads[5];
  pthread_barrier_init(&barrier, NULL, 5);
  for (long i = 0; i < 5; ++i) pthread_create(&threads[i], NULL, meet, (void*)i);
  for (int i = 0; i < 5; ++i) pthread_join(threads[i], NULL);
  printf("barriers: %d, value %d, bad reads %d\n", serial, shared_value, bad_reads);
}

static void clean(void* argument) { ++*(int*)argument; }

static int cleaned;
static void* wait_for_cancel(void* argument) {
  pthread_cleanup_push(clean, &cleaned);
  if (argument != NULL) pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
  if (argument != NULL)
    for (volatile long n = 0;; ++n)
      ;
  for (;;) sleep(100);
  pthread_cleanup_pop(0);
  return NULL;
}

static void cancellation(void) {
  for (long spins = 0; spins < 2; ++spins) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_cancel, (void*)spins);
    usleep(10000);
    pthread_cancel(thread);
    void* result;
    pthread_join(thread, &result);
    printf("cancelled: %d, cleaned %d\n", result == PTHREAD_CANCELED, cleaned);
  }
}

static void* die_with_lock(void* lock) {
  pthread_mutex_lock(lock);
  return NULL;
}

static void* contend(void* lock) {
  for (int i = 0; i < 200; ++i) {
    pthread_mutex_lock(lock);
    const long before = sum;
    if (i % 10 == 0) sched_yield();
    sum = before + 1;
    pthread_mutex_unlock(lock);
  }
  return NULL;
}

static void special_mutexes(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_t robust;
  pthread_mutex_init(&robust, &attributes);
  pthread_t thread;
  pthread_create(&thread, NULL, die_with_lock, &robust);
  pthread_join(thread, NULL);
  printf("robust: %s\n", strerrorname_np(pthread_mutex_lock(&robust)));
  pthread_mutex_consistent(&robust);
  pthread_mutex_unlock(&robust);
  printf("robust again: %d\n", pthread_mutex_lock(&robust));
  pthread_mutex_unlock(&robust);
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutex_t inherit;
  pthread_mutex_init(&inherit, &attributes);
  sum = 0;
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, contend, &inherit);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  printf("priority inheritance: %ld\n", sum);
  printf("trylock: %d\n", pthread_mutex_trylock(&inherit));
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_t recursive;
  pthread_mutex_init(&recursive, &attributes);
  printf("recursive: %d %d\n", pthread_mutex_lock(&recursive), pthread_mutex_lock(&recursive));
}

static volatile sig_atomic_t seen_in;
static pthread_t handler_thread;
static void on_signal(int signal) {
  (void)signal;
  handler_thread = pthread_self();
  seen_in = 1;
}

static void* take_signal(void* argument) {
  (void)argument;
  while (!seen_in) usleep(1000);
  return (void*)(long)pthread_equal(handler_thread, pthread_self());
}

static void* wait_for_signal(void* argument) {
  int signal;
  const int error = sigwait(argument, &signal);
  return (void*)(long)(error == 0 ? signal : -error);
}

static void signals(void) {
  signal(SIGUSR1, on_signal);
  pthread_t thread;
  pthread_create(&thread, NULL, take_signal, NULL);
  pthread_kill(thread, SIGUSR1);
  void* result;
  pthread_join(thread, &result);
  printf("handled by the thread it was sent to: %ld\n", (long)result);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_create(&thread, NULL, wait_for_signal, &set);
  usleep(5000);
  kill(getpid(), SIGUSR2);
  pthread_join(thread, &result);
  printf("sigwait took %d\n", (long)result == SIGUSR2);
}

static void* name_self(void* argument) {
  (void)argument;
  char name[16];
  prctl(PR_SET_NAME, "a thread's name");
  prctl(PR_GET_NAME, name);
  printf("name: %s, another tid: %d, one pid: %d\n", name, gettid() != getpid(),
         getpid() == (int)syscall(SYS_getpid));
  return NULL;
}

static void* fork_here(void* argument) {
  (void)argument;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    printf("the child of a thread: leader %d\n", gettid() == getpid());
    fflush(stdout);
    _exit(17);
  }
  int status;
  waitpid(child, &status, 0);
  return (void*)(long)WEXITSTATUS(status);
}

static void* exec_here(void* argument) {
  execl("/bin/sh", "sh", "-c", argument, (char*)NULL);
  return NULL;
}

static void* spin(void* argument) {
  for (volatile long* n = argument;; ++*n)
    ;
  return NULL;
}

static void* leave(void* argument) {
  usleep(2000);
  exit((int)(long)argument);
}

static void ends(void) {
  static volatile long spun;
  int status;
  fflush(stdout);
  if (fork() == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, spin, (void*)&spun);
    pthread_create(&thread, NULL, leave, (void*)33);
    spin((void*)&spun);
  }
  wait(&status);
  printf("exit of a thread ends all: %d\n", WEXITSTATUS(status));
  fflush(stdout);
  if (fork() == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, leave, (void*)34);
    pthread_exit(NULL);
  }
  wait(&status);
  printf("the leader went first: %d\n", WEXITSTATUS(status));
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    char command[64];
    snprintf(command, sizeof(command), "test $$ = %d && echo same pid; exit 35", getpid());
    pthread_t thread;
    pthread_create(&thread, NULL, spin, (void*)&spun);
    pthread_create(&thread, NULL, exec_here, command);
    for (;;) pause();
  }
  waitpid(child, &status, 0);
  printf("exec of a thread: %d\n", WEXITSTATUS(status));
}

int main(void) {
  conditions();
  barriers();
  cancellation();
  special_mutexes();
  signals();
  pthread_t thread;
  void* result;
  pthread_create(&thread, NULL, name_self, NULL);
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, fork_here, NULL);
  pthread_join(thread, &result);
  printf("its status: %ld\n", (long)result);
  ends();
  sum = 0;
  many();
  return 0;
}
