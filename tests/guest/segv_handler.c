// SIGSEGV with SA_SIGINFO: codes and addresses, recovery by longjmp and by repairing the mapping.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int code;
static volatile int number;
static volatile uintptr_t address;
static volatile unsigned long error;
static volatile uintptr_t stack;

static void on_fault(int signal, siginfo_t* info, void* context) {
  number = signal;
  code = info->si_code;
  address = (uintptr_t)info->si_addr;
  error = ((ucontext_t*)context)->uc_mcontext.gregs[REG_ERR];
  stack = ((ucontext_t*)context)->uc_mcontext.gregs[REG_RSP];
  siglongjmp(back, 1);
}

static uint8_t* region;
static volatile int repairs;
static void on_repair(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)context;
  uint8_t* page = (uint8_t*)((uintptr_t)info->si_addr & ~4095ul);
  mprotect(page, 4096, PROT_READ | PROT_WRITE);
  ++repairs;
}

static void handle(void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {.sa_flags = SA_SIGINFO};
  action.sa_sigaction = handler;
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

#define ATTEMPT(name, base, statement)                                           \
  do {                                                                           \
    code = 0;                                                                    \
    if (sigsetjmp(back, 1) == 0) {                                               \
      statement;                                                                 \
      printf("%s: no fault\n", name);                                            \
    } else {                                                                     \
      printf("%s: signal %d code %d offset %ld error %lu\n", name, number, code, \
             (long)(address - (uintptr_t)(base)), error);                        \
    }                                                                            \
  } while (0)

// A wild call has pushed its return address, once, when the target turns out to be none.
static void call_wildly(uintptr_t target) {
  static volatile uintptr_t before;
  for (int n = 0; n < 30; ++n) {
    code = 0;
    if (sigsetjmp(back, 1) == 0) {
      __asm__ volatile("mov %%rsp, %0\n\tcall *%1" : "=m"(before) : "r"(target) : "memory");
    }
    if (n % 10 == 9) {
      printf("call to %#lx: code %d at %#lx, %ld bytes pushed\n", (unsigned long)target, code,
             (unsigned long)address, (long)(before - stack));
    }
  }
}

int main(void) {
  const int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  region = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, anonymous, -1, 0);
  memset(region, 0xc3, 16 * 4096);
  mprotect(region + 4096, 4096, PROT_READ);
  mprotect(region + 2 * 4096, 4096, PROT_NONE);
  munmap(region + 3 * 4096, 4096);
  volatile uint8_t* r = region;
  handle(on_fault);
  ATTEMPT("null read", 0, (void)*(volatile int*)0);
  ATTEMPT("null write", 0, *(volatile int*)16 = 1);
  ATTEMPT("low address", 0, (void)*(volatile int*)0x1000);
  ATTEMPT("write to read-only", region, r[4096 + 5] = 1);
  ATTEMPT("read of none", region, (void)r[2 * 4096 + 7]);
  ATTEMPT("read of hole", region, (void)r[3 * 4096 + 9]);
  ATTEMPT("write to hole", region, r[3 * 4096] = 1);
  ATTEMPT("8 bytes across into none", region, (void)*(volatile uint64_t*)(region + 8192 - 4));
  ATTEMPT("call into no-execute", region, ((void (*)(void))(region + 32))());
  ATTEMPT("call to null", 0, ((void (*)(void))0)());
  ATTEMPT("non-canonical", 0, (void)*(volatile int*)0x8000000000000000ul);
  ATTEMPT("kernel half", 0, (void)*(volatile int*)0xffffffff81000000ul);
  call_wildly(1);
  call_wildly(UINT32_MAX);
  call_wildly(0x100000000);
  call_wildly(0x8000000000000000);
  static const char constant[8192] = "constant";
  ATTEMPT("constant", constant, *(volatile char*)constant = 1);

  handle(on_repair);
  mprotect(region + 8 * 4096, 8 * 4096, PROT_NONE);
  long sum = 0;
  for (int page = 8; page < 16; ++page) {
    sum += r[page * 4096 + page];
    r[page * 4096] = 1;
  }
  printf("repaired %d sum %ld\n", repairs, sum);
  repairs = 0;
  mprotect(region + 8 * 4096, 2 * 4096, PROT_NONE);
  memset(region + 8 * 4096 + 100, 3, 4096);
  printf("memset repaired %d, bytes %d %d %d\n", repairs, r[8 * 4096 + 99], r[8 * 4096 + 100],
         r[9 * 4096 + 99]);
  return 0;
}
