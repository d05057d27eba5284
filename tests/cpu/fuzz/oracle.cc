#include "tests/cpu/fuzz/oracle.h"

#include <asm/prctl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

// Saves the callee-saved registers, then enters a signal frame; LeaveGuest goes on behind the call.
extern "C" void EnterGuest(void* frame);
extern "C" [[noreturn]] void LeaveGuest();
extern "C" {
uint64_t g_harness_stack;
}
asm(R"(
.text
EnterGuest:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, g_harness_stack(%rip)
  mov %rdi, %rsp
  mov $15, %eax          # rt_sigreturn
  syscall
  ud2
LeaveGuest:
  mov g_harness_stack(%rip), %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
)");

namespace elfin::fuzz {
namespace {

constexpr int kGregs[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                            REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
constexpr unsigned kFxSoftwareWords =
    464;  // the kernel's magic number: none, so only FXSAVE's state

ucontext_t g_frame;
alignas(64) uint8_t g_fx[512];
Result* g_result;
volatile sig_atomic_t g_inside;
volatile uint64_t g_runs;
uint64_t g_runs_at_tick;

void Collect(const ucontext_t* context, uint32_t kind) {
  const greg_t* gregs = context->uc_mcontext.gregs;
  Registers& after = g_result->after;
  for (int n = 0; n < 16; ++n) after.gpr[n] = static_cast<uint64_t>(gregs[kGregs[n]]);
  after.rip = static_cast<uint64_t>(gregs[REG_RIP]);
  after.rflags = static_cast<uint64_t>(gregs[REG_EFL]);
  memcpy(after.fx, context->uc_mcontext.fpregs, sizeof(after.fx));
  const bool page_fault = kind == static_cast<uint32_t>(cpu::TrapKind::kPageFault);
  g_result->ending = {kind, static_cast<uint32_t>(gregs[REG_ERR]),
                      page_fault ? static_cast<uint64_t>(gregs[REG_CR2]) : 0};
  g_inside = 0;
}

/// Clears AC, which the kernel leaves as the guest had it: the harness isn't made for it.
inline void ForgetAlignmentChecks() {
  asm volatile(
      "lea -128(%%rsp), %%rsp\n\t"  // the red zone
      "pushfq\n\t"
      "andl $0xfffbffff, (%%rsp)\n\t"
      "popfq\n\t"
      "lea 128(%%rsp), %%rsp"
      :
      :
      : "cc", "memory");
}

void OnTrap(int signal_number, siginfo_t*, void* context) {
  ForgetAlignmentChecks();
  const auto* frame = static_cast<ucontext_t*>(context);
  if (!g_inside) {
    fprintf(stderr, "the harness itself: signal %d at %llx, address %llx\n", signal_number,
            static_cast<unsigned long long>(frame->uc_mcontext.gregs[REG_RIP]),
            static_cast<unsigned long long>(frame->uc_mcontext.gregs[REG_CR2]));
    signal(signal_number, SIG_DFL);  // let it die of it
    return;
  }
  Collect(frame, static_cast<uint32_t>(frame->uc_mcontext.gregs[REG_TRAPNO]));
  LeaveGuest();
}

void OnTick(int, siginfo_t*, void* context) {
  ForgetAlignmentChecks();
  const bool hangs = g_inside && g_runs == g_runs_at_tick;
  g_runs_at_tick = g_runs;
  if (!hangs) return;
  Collect(static_cast<ucontext_t*>(context), kEndedByTimeout);
  LeaveGuest();
}

void OnSample(int, siginfo_t*, void* context) { g_frame = *static_cast<ucontext_t*>(context); }

void Handle(int signal_number, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART;
  sigaction(signal_number, &action, nullptr);
}

void MapAt(uint64_t begin, uint64_t end, int protection) {
  void* at = reinterpret_cast<void*>(begin);
  if (mmap(at, end - begin, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) !=
      at) {
    perror("mmap of the case's memory");
    exit(2);
  }
}

uint8_t* At(uint64_t address) { return reinterpret_cast<uint8_t*>(address); }

void StartTimer() {
  itimerval every{};
  every.it_interval.tv_sec = every.it_value.tv_sec = 1;
  setitimer(ITIMER_REAL, &every, nullptr);
}

}  // namespace

void StartOracle() {
  MapAt(kCode, kCodeEnd, PROT_READ | PROT_WRITE | PROT_EXEC);
  for (const Zone& zone : kContents) {
    MapAt(zone.begin, zone.end, PROT_READ | PROT_WRITE);
    memcpy(At(zone.begin), Pristine(zone), zone.size());
  }
  mprotect(At(kReadOnly), kReadOnlyEnd - kReadOnly, PROT_READ);
  memset(At(kCode), 0xcc, kCodeEnd - kCode);

  constexpr size_t kStackSize = 64 * 1024;
  stack_t stack{};
  stack.ss_sp =
      mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack.ss_size = kStackSize;
  sigaltstack(&stack, nullptr);
  Handle(SIGUSR1, OnSample);
  raise(SIGUSR1);
  for (int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) Handle(number, OnTrap);
  Handle(SIGALRM, OnTick);
  g_frame.uc_mcontext.fpregs = reinterpret_cast<fpregset_t>(g_fx);
  syscall(SYS_arch_prctl, ARCH_SET_GS, kGsBase);
  StartTimer();
}

uint64_t FsBase() {
  uint64_t base = 0;
  syscall(SYS_arch_prctl, ARCH_GET_FS, &base);
  return base;
}

void RunOnProcessor(const Registers& before, Result* result) {
  greg_t* gregs = g_frame.uc_mcontext.gregs;
  for (int n = 0; n < 16; ++n) gregs[kGregs[n]] = static_cast<greg_t>(before.gpr[n]);
  gregs[REG_RIP] = static_cast<greg_t>(before.rip);
  gregs[REG_EFL] = static_cast<greg_t>(before.rflags);
  memcpy(g_fx, before.fx, sizeof(g_fx));
  memset(g_fx + kFxSoftwareWords, 0, sizeof(g_fx) - kFxSoftwareWords);
  g_result = result;
  g_runs = g_runs + 1;
  g_inside = 1;
  EnterGuest(&g_frame);
}

void PrepareProcessor(const Case& test) {
  for (const Zone& zone : kWritable) {
    if (memcmp(At(zone.begin), Pristine(zone), zone.size()) != 0) {
      memcpy(At(zone.begin), Pristine(zone), zone.size());
    }
  }
  PutCode(At(kCode), test);
  for (const Patch& patch : test.memory)
    memcpy(At(patch.address), patch.bytes.data(), patch.bytes.size());
}

}  // namespace elfin::fuzz
