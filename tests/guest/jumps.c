// setjmp, sigsetjmp, contexts, alternate stacks, alloca, stack overflow caught.
#define _GNU_SOURCE
#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

static jmp_buf buffer;
static sigjmp_buf signal_buffer;
static ucontext_t main_context, other_context;

__attribute__((noinline)) static void deep(int n) {
  char* room = alloca(100 + n);
  memset(room, n, 100 + n);
  if (n == 0) longjmp(buffer, 42);
  deep(n - 1);
  printf("never %d\n", room[0]);
}

static void coroutine(int a, int b) {
  for (int i = 0; i < 3; ++i) {
    printf("coroutine %d %d step %d\n", a, b, i);
    swapcontext(&other_context, &main_context);
  }
}

static volatile int depth;
__attribute__((noinline)) static long overflow(long n) {
  volatile char frame[1000];
  frame[n % 1000] = (char)n;
  depth = (int)n;
  return overflow(n + 1) + frame[0];
}
static void on_overflow(int signal, siginfo_t* info, void* context) {
  ucontext_t* uc = context;
  char* stack_pointer = (char*)uc->uc_mcontext.gregs[REG_RSP];
  long distance = (char*)info->si_addr - stack_pointer;
  printf("signal %d code %d near rsp %d\n", signal, info->si_code,
         distance > -5000 && distance < 5000);
  siglongjmp(signal_buffer, 1);
}

int main(void) {
  volatile int local = 1;
  int result = setjmp(buffer);
  if (result == 0) {
    local = 2;
    deep(200);
  }
  printf("setjmp %d local %d\n", result, local);
  printf("again %d\n", ({
           int r = setjmp(buffer);
           if (r == 0) longjmp(buffer, 0);
           r;
         }));

  static char stack[65536];
  getcontext(&other_context);
  other_context.uc_stack.ss_sp = stack;
  other_context.uc_stack.ss_size = sizeof stack;
  other_context.uc_link = &main_context;
  makecontext(&other_context, (void (*)(void))coroutine, 2, 11, 22);
  for (int i = 0; i < 4; ++i) {
    swapcontext(&main_context, &other_context);
    printf("main %d\n", i);
  }

  static char alternate[65536];
  stack_t ss = {.ss_sp = alternate, .ss_size = sizeof alternate};
  sigaltstack(&ss, NULL);
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
  action.sa_sigaction = on_overflow;
  sigaction(SIGSEGV, &action, NULL);
  for (int i = 0; i < 2; ++i) {
    if (sigsetjmp(signal_buffer, 1) == 0) printf("%ld\n", overflow(0));
    printf("overflow %d: plausible depth %d\n", i, depth > 7000 && depth < 9000);
  }
  stack_t current;
  sigaltstack(NULL, &current);
  printf("alternate stack: flags %d size %zu\n", current.ss_flags, current.ss_size);
  return 0;
}
