// Loops that translated code may run without looking at every access: where their pointers leave
// the memory in the middle, wrap round, or are changed by others, all registers must be as the
// processor has them.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

struct registers {
  uint64_t rax, rcx, rdx, rsi, rdi, r8;
};

// What every loop is called by: registers from the struct, the loop, registers to the struct.
void call_loop(struct registers* registers, const void* loop);
void leave_loop(void);
__asm__(
    ".text\n"
    "call_loop:\n"
    "  push %rbx\n"
    "  mov %rdi, %rbx\n"
    "  mov %rsi, %r11\n"
    "  mov 0(%rbx), %rax\n"
    "  mov 8(%rbx), %rcx\n"
    "  mov 16(%rbx), %rdx\n"
    "  mov 24(%rbx), %rsi\n"
    "  mov 32(%rbx), %rdi\n"
    "  mov 40(%rbx), %r8\n"
    "  xor %r10d, %r10d\n"  // flags that are the same everywhere
    "  call *%r11\n"
    "  mov %rax, 0(%rbx)\n"
    "  mov %rcx, 8(%rbx)\n"
    "  mov %rdx, 16(%rbx)\n"
    "  mov %rsi, 24(%rbx)\n"
    "  mov %rdi, 32(%rbx)\n"
    "  mov %r8, 40(%rbx)\n"
    "  pop %rbx\n"
    "leave_loop:\n"
    "  ret\n");

#define LOOP(name, text)    \
  extern const char name[]; \
  __asm__(#name ":\n" text "  ret\n")

LOOP(bytes_up,
     "1: movzbl (%rdi), %edx\n"
     "  add $1, %rdi\n"
     "  add %edx, %eax\n"
     "  cmp %rsi, %rdi\n"
     "  jne 1b\n");
LOOP(words_down,
     "1: mov -8(%rdi), %rdx\n"
     "  sub $8, %rdi\n"
     "  add %rdx, %rax\n"
     "  dec %rcx\n"
     "  jnz 1b\n");
LOOP(two_ways,
     "1: mov (%rdi), %dl\n"
     "  inc %rdi\n"
     "  test $1, %dl\n"
     "  jz 2f\n"
     "  mov %dl, (%rsi)\n"
     "  inc %rsi\n"
     "2: dec %ecx\n"
     "  jnz 1b\n");
// The index wraps round 2^32.
LOOP(index_32,
     "1: mov (%rdi,%rcx,4), %edx\n"
     "  add %rdx, %rax\n"
     "  inc %ecx\n"
     "  dec %r8d\n"
     "  jnz 1b\n");
LOOP(signed_index,
     "1: movslq %ecx, %rdx\n"
     "  mov (%rdi,%rdx,4), %edx\n"
     "  add %rdx, %rax\n"
     "  inc %ecx\n"
     "  dec %r8d\n"
     "  jnz 1b\n");
// The pointer wraps round 2^64, the address does not.
LOOP(wrapping,
     "1: mov (%rsi,%rdi), %rdx\n"
     "  add %rdx, %rax\n"
     "  add $8, %rdi\n"
     "  dec %rcx\n"
     "  jnz 1b\n");
LOOP(strided,
     "1: movb $7, (%rdi)\n"
     "  add %rsi, %rdi\n"
     "  add $1, %rax\n"
     "  cmp %rcx, %rax\n"
     "  jb 1b\n");
// The end of the loop is in memory that it writes.
LOOP(own_bound,
     "1: mov %rdx, (%rdi)\n"
     "  add $8, %rdi\n"
     "  add $1, %rax\n"
     "  cmp %rdi, (%rsi)\n"
     "  ja 1b\n");
// Goes on until a signal's handler sets rcx.
LOOP(until_told,
     "1: mov (%rdi), %rdx\n"
     "  add $1, %rax\n"
     "  mov %rax, (%rdi)\n"
     "  test %rcx, %rcx\n"
     "  jz 1b\n");
LOOP(through_null,
     "1: test %rsi, %rsi\n"
     "  jz 2f\n"
     "  mov (%rsi), %rdx\n"
     "2: mov (%rdi), %rsi\n"
     "  add $8, %rdi\n"
     "  add $1, %rax\n"
     "  dec %rcx\n"
     "  jnz 1b\n");

uint64_t words[512];

static const char* base;

/// A number as it is, or as what it points to from `base` on.
static void print_number(const char* name, uint64_t number) {
  const uint64_t distance = number - (uint64_t)base;
  const int near = base != NULL && distance + 0x2000 < 0x20000;
  printf(near ? " %s base+%lx" : " %s %lx", name, near ? distance : number);
}

static void on_fault(int signal, siginfo_t* info, void* context) {
  greg_t* gregs = ((ucontext_t*)context)->uc_mcontext.gregs;
  printf("signal %d flags %llx", signal, gregs[REG_EFL] & 0x8d5);
  print_number("at", (uint64_t)info->si_addr);
  printf("\n");
  gregs[REG_RIP] = (greg_t)leave_loop;
}

static volatile int alarms;
static void on_alarm(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)info;
  if (++alarms < 3) return;
  ucontext_t* c = context;
  if (c->uc_mcontext.gregs[REG_RDI] == (greg_t)words) c->uc_mcontext.gregs[REG_RCX] = 0x55;
}

static void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER};
  action.sa_sigaction = handler;
  sigaction(signal, &action, NULL);
}

static void run(const char* name, const void* loop, struct registers r, const void* near) {
  base = near;
  call_loop(&r, loop);
  printf("%s:", name);
  const uint64_t values[] = {r.rax, r.rcx, r.rdx, r.rsi, r.rdi, r.r8};
  static const char* const names[] = {"rax", "rcx", "rdx", "rsi", "rdi", "r8"};
  for (unsigned n = 0; n < 6; ++n) print_number(names[n], values[n]);
  printf("\n");
}

static char* map_at(uint64_t address, size_t size) {
  char* p = mmap((void*)address, size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (p == MAP_FAILED) perror("mmap");
  return p;
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  handle(SIGSEGV, on_fault);
  char* bytes = (char*)words;
  static char copy[4096];

  // Twice each, so that the second run may find translated code.
  for (int round = 0; round < 2; ++round) {
    for (unsigned n = 0; n < 512; ++n) words[n] = n * 0x9e3779b97f4a7c15;
    memset(copy, 0, sizeof copy);
    run("bytes", bytes_up,
        (struct registers){.rdi = (uint64_t)bytes, .rsi = (uint64_t)bytes + 4000}, bytes);
    run("words", words_down, (struct registers){.rdi = (uint64_t)(words + 512), .rcx = 512}, bytes);
    run("two ways", two_ways,
        (struct registers){.rdi = (uint64_t)bytes, .rsi = (uint64_t)copy, .rcx = 4096}, bytes);

    // Down through the lowest page that can be mapped, up from a page that nothing follows.
    char* low = map_at(0x200000, 0x3000);
    memset(low, 1, 0x3000);
    run("down to nothing", words_down,
        (struct registers){.rdi = (uint64_t)low + 0x2ff8, .rcx = 100000}, low);
    run("null", words_down, (struct registers){.rdi = 0x300, .rcx = 40}, 0);
    run("null at once", bytes_up, (struct registers){.rdi = 0, .rsi = 40}, 0);
    run("minus one", bytes_up, (struct registers){.rdi = (uint64_t)-1, .rsi = 40}, 0);
    run("negative", words_down, (struct registers){.rdi = 0x10, .rcx = 40}, 0);
    run("through null", through_null,
        (struct registers){.rdi = (uint64_t)(words + 400), .rsi = 0, .rcx = 3}, bytes);

    // Up from the highest page of the memory.
    char* high = map_at(0xfffe0000, 0x10000);
    memset(high, 1, 0x10000);
    run("up to nothing", strided,
        (struct registers){.rdi = (uint64_t)high + 5, .rsi = 24, .rcx = 100000}, high);
    run("words up", index_32,
        (struct registers){.rdi = (uint64_t)high, .rcx = 0x3f00, .r8 = 100000}, high);

    uint64_t four_gigabytes = (uint64_t)1 << 32;
    run("index", index_32, (struct registers){.rdi = (uint64_t)words, .rcx = 0, .r8 = 500}, bytes);
    run("index wraps", index_32,
        (struct registers){
            .rdi = (uint64_t)words - 4 * (four_gigabytes - 20), .rcx = 0xffffffec, .r8 = 40},
        (const void*)((uint64_t)bytes - 4 * four_gigabytes));
    run("negative index", signed_index,
        (struct registers){
            .rdi = (uint64_t)(words + 256), .rcx = (uint64_t)-100 & 0xffffffff, .r8 = 200},
        bytes);
    run("pointer wraps", wrapping, (struct registers){.rdi = 0, .rsi = (uint64_t)words, .rcx = 100},
        bytes);
    run("far below", wrapping,
        (struct registers){.rdi = (uint64_t)-8 * 4, .rsi = (uint64_t)(words + 8), .rcx = 60},
        bytes);
    run("strided", strided, (struct registers){.rdi = (uint64_t)copy, .rsi = 37, .rcx = 110}, copy);
    run("strided back", strided,
        (struct registers){.rdi = (uint64_t)copy + 4095, .rsi = (uint64_t)-37, .rcx = 110}, copy);

    words[500] = (uint64_t)(words + 511);
    run("own bound", own_bound,
        (struct registers){.rdi = (uint64_t)(words + 480),
                           .rsi = (uint64_t)(words + 500),
                           .rdx = (uint64_t)(words + 505)},
        bytes);
    run("own bound", own_bound,
        (struct registers){
            .rdi = (uint64_t)(words + 490), .rsi = (uint64_t)(words + 500), .rdx = 0},
        bytes);

    // Memory that grows while the loop's caller goes on.
    struct registers r = {.rcx = 0};
    for (int n = 0; n < 6; ++n) {
      char* more =
          mmap(NULL, 0x10000 << n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      memset(more, n, 0x10000 << n);
      r.rdi = (uint64_t)more;
      r.rsi = r.rdi + (0x10000 << n);
      call_loop(&r, bytes_up);
    }
    printf("grown %lx\n", r.rax);
  }

  handle(SIGALRM, on_alarm);
  struct itimerval every = {{0, 2000}, {0, 2000}};
  setitimer(ITIMER_REAL, &every, NULL);
  struct registers r = {.rdi = (uint64_t)words};
  call_loop(&r, until_told);
  printf("told: %lx, counted on: %d\n", r.rcx,
         r.rax > 100 && words[0] == r.rax && r.rdx == r.rax - 1);
  return 0;
}
