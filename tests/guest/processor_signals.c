// Faults of instructions: SIGFPE, SIGILL, SIGTRAP, SIGSEGV with si_code and the registers at the fault.
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

// Offset of the faulting instruction from `mark`, and how many bytes to go on after it.
extern const char mark[];
static const char* expected;
static int skip;
static siginfo_t seen;
static greg_t registers[23];

static void on_signal(int signal, siginfo_t* info, void* context) {
  ucontext_t* uc = context;
  (void)signal;
  seen = *info;
  memcpy(registers, uc->uc_mcontext.gregs, sizeof registers);
  uc->uc_mcontext.gregs[REG_RIP] += skip;
  uc->uc_mcontext.gregs[REG_RBX] = 0x5555;
}

static void report(const char* what, uint64_t rbx) {
  printf("%s: signal %d code %d addr-is-rip %d at-fault %d trap %lld rbx-changed %d\n", what,
         seen.si_signo, seen.si_code, (greg_t)seen.si_addr == registers[REG_RIP],
         (const char*)registers[REG_RIP] == expected, registers[REG_TRAPNO], rbx == 0x5555);
  printf("  rax %llx rcx %llx rdx %llx rsi %llx r8 %llx r15 %llx flags %llx\n", registers[REG_RAX],
         registers[REG_RCX], registers[REG_RDX], registers[REG_RSI], registers[REG_R8],
         registers[REG_R15], registers[REG_EFL] & 0x8d5);
}

// The flags are set to CF|ZF|SF or none by sahf; every register has a value of its own.
#define FAULT(name, bytes, length, after, rax, rcx, rdx)                                       \
  do {                                                                                         \
    uint64_t b = 0x1111, a = rax, c = rcx, d = rdx;                                            \
    skip = length;                                                                             \
    memset(&seen, 0, sizeof seen);                                                             \
    register uint64_t r8 __asm__("r8") = 0x8888;                                               \
    register uint64_t r15 __asm__("r15") = 0xffff000011112222;                                 \
    __asm__ volatile("lea 1f(%%rip), %%rsi\n add %5, %%rsi\n mov %%rsi, %4\n"                 \
                     "mov $0x66666666, %%esi\n cmp $0x77777777, %%esi\n 1: " bytes             \
                     : "+b"(b), "+a"(a), "+c"(c), "+d"(d), "=m"(expected)                      \
                     : "i"(after), "r"(r8), "r"(r15)                                           \
                     : "rsi", "memory", "cc");                                                 \
    report(name, b);                                                                           \
  } while (0)

int main(void) {
  struct sigaction action = {.sa_flags = SA_SIGINFO};
  action.sa_sigaction = on_signal;
  sigaction(SIGFPE, &action, NULL);
  sigaction(SIGILL, &action, NULL);
  sigaction(SIGTRAP, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  FAULT("div by zero", "div %%ecx", 2, 0, 5, 0, 0);
  FAULT("div overflow", "div %%rcx", 3, 0, 5, 2, 7);
  FAULT("idiv overflow", "idiv %%ecx", 2, 0, INT_MIN, -1, -1);
  FAULT("idiv byte", "idiv %%cl", 2, 0, 0x7fff, 1, 0);
  FAULT("ud2", "ud2", 2, 0, 1, 2, 3);
  FAULT("undefined opcode", ".byte 0x06", 1, 0, 1, 2, 3);
  FAULT("lock on register", ".byte 0xf0, 0x01, 0xc8", 3, 0, 1, 2, 3);
  FAULT("int3", "int3", 0, 1, 1, 2, 3);
  FAULT("int 3", ".byte 0xcd, 3", 0, 2, 1, 2, 3);
  FAULT("hlt", "hlt", 1, 0, 1, 2, 3);
  FAULT("cli", "cli", 1, 0, 1, 2, 3);
  FAULT("in", "in %%dx, %%al", 1, 0, 1, 2, 3);
  FAULT("int 0x81", ".byte 0xcd, 0x81", 2, 0, 1, 2, 3);
  FAULT("mov cr3", "mov %%cr3, %%rax", 3, 0, 1, 2, 3);
  FAULT("wrmsr", "wrmsr", 2, 0, 1, 2, 3);
  FAULT("misaligned movaps", "movaps 1(%%rsp), %%xmm0", 5, 0, 1, 2, 3);
  return 0;
}
