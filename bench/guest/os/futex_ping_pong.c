// Two threads take turns, each waiting by futex(2) until the other has had its own.
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os.h"

static atomic_int turn;  // whose: 0 or 1
static long count;

static void Wait(int until) {
  while (atomic_load(&turn) != until) syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !until, NULL, NULL, 0);
}

static void Pass(int to) {
  atomic_store(&turn, to);
  syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void* Answer(void* turns) {
  for (long i = 0; i < count; i++) {
    Wait(1);
    ++*(long*)turns;
    Pass(0);
  }
  return NULL;
}

int main(int argc, char** argv) {
  pthread_t thread;
  long turns = 0;
  count = Repetitions(argc, argv);
  Expect(pthread_create(&thread, NULL, Answer, &turns) == 0, "pthread_create");
  for (long i = 0; i < count; i++) {
    Pass(1);
    Wait(0);
  }
  Expect(pthread_join(thread, NULL) == 0, "pthread_join");
  printf("%ld turns\n", turns);
  return turns != count;
}
