// The instruction budget: where a run stops, that it goes on as if it hadn't, and what is counted.
#include <catch2/catch.hpp>

#include <algorithm>

#include "jit/semantics/operands.h"
#include "runtime/address_map.h"
#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

using fuzz::kCode;
using fuzz::MakeCase;
using fuzz::Subject;

constexpr uint64_t kBuffer = 0x0140'0000;
constexpr uint64_t kBufferSize = 0x2'0000;

/// A subject with a program loaded and nothing run.
struct Program {
  explicit Program(const std::vector<uint8_t>& code) {
    const fuzz::Case test = MakeCase(code);
    subject.Prepare(test);
    subject.Load(test.before);
  }
  ExitReason Run(int64_t budget) {
    state().budget = budget;
    return cpu::Run(state());
  }
  CpuState& state() { return subject.state(); }
  Subject subject;
};

TEST_CASE("A loop stops at its budget and goes on") {
  Program program({0xff, 0xc9, 0x75, 0xfc});  // top: dec ecx; jnz top
  program.state().gpr[semantics::kRcx] = 1000;
  CHECK(program.Run(99) == ExitReason::kBudget);
  CHECK(program.state().gpr[semantics::kRcx] == 950);
  CHECK(program.state().instructions == 100);
  CHECK(program.state().rip == kCode);
  int runs = 0;
  while (program.Run(10) == ExitReason::kBudget) ++runs;
  CHECK(runs > 100);
  CHECK(program.state().gpr[semantics::kRcx] == 0);
  CHECK(program.state().instructions == 2001);
  CHECK(program.state().trap.kind == TrapKind::kBreakpoint);
}

TEST_CASE("A used-up budget runs nothing") {
  Program program({0xff, 0xc0});
  CHECK(program.Run(-1) == ExitReason::kBudget);
  CHECK(program.state().rip == kCode);
  CHECK(program.state().gpr[semantics::kRax] == 0);
}

TEST_CASE("A long REP gives way in the middle and is entered again") {
  Program program({0xf3, 0xaa});  // rep stosb
  program.subject.SetPages(kBuffer, kBuffer + kBufferSize, kPageRead | kPageWrite);
  program.state().gpr[semantics::kRax] = 0x5a;
  program.state().gpr[semantics::kRdi] = kBuffer;
  program.state().gpr[semantics::kRcx] = 100'000;
  int runs = 0;
  while (program.Run(100) == ExitReason::kBudget) {
    ++runs;
    CHECK(program.state().rip == kCode);
    CHECK(program.state().gpr[semantics::kRcx] + program.state().gpr[semantics::kRdi] ==
          kBuffer + 100'000);
  }
  CHECK(runs >= 10);
  CHECK(program.state().gpr[semantics::kRcx] == 0);
  const uint8_t* bytes = program.subject.At(kBuffer);
  CHECK(std::count(bytes, bytes + kBufferSize, 0x5a) == 100'000);
}

int64_t InterruptingKernel(void* state, uint64_t number, const uint64_t*) {
  Interrupt(*static_cast<CpuState*>(state));
  return static_cast<int64_t>(number + 1);
}

TEST_CASE("SYSCALL keeps rip in rcx and flags in r11, and an interrupt leaves behind it") {
  Program program({0x0f, 0x05, 0xff, 0xc3});  // syscall; inc ebx
  SetKernel(program.state(), InterruptingKernel, &program.state());
  program.state().gpr[semantics::kRax] = 41;
  CHECK(program.Run(1000) == ExitReason::kBudget);
  CHECK(program.state().gpr[semantics::kRax] == 42);
  CHECK(program.state().gpr[semantics::kRcx] == kCode + 2);
  CHECK(program.state().gpr[11] == ReadRflags(program.state()));
  CHECK(program.state().rip == kCode + 2);
  CHECK(program.state().gpr[semantics::kRbx] == 0);
  CHECK(program.state().instructions == 1);
  CHECK(program.Run(1000) == ExitReason::kTrap);
  CHECK(program.state().gpr[semantics::kRbx] == 1);
  CHECK(program.state().instructions == 3);
}

TEST_CASE("RDTSC goes up with the instructions") {
  Program program(
      {0x0f, 0x31, 0x89, 0xc3, 0x90, 0x90, 0x0f, 0x31});  // rdtsc; mov ebx, eax; nop; nop; rdtsc
  CHECK(program.Run(1000) == ExitReason::kTrap);
  CHECK(program.state().gpr[semantics::kRax] >= program.state().gpr[semantics::kRbx]);
  const uint64_t first = program.state().gpr[semantics::kRax];
  program.state().rip = kCode;
  CHECK(program.Run(1000) == ExitReason::kTrap);
  CHECK(program.state().gpr[semantics::kRbx] > first);
}

}  // namespace
}  // namespace elfin::cpu
