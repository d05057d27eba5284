// Instructions whose answer is Elfin's own: the time stamp counter.
#include <catch2/catch.hpp>

#include "jit/semantics/operands.h"
#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

/// edx:eax after `code`, which ends in the fuzzer's int3.
uint64_t StampAfter(const std::vector<uint8_t>& code) {
  fuzz::Subject subject;
  const fuzz::Case test = fuzz::MakeCase(code);
  subject.Prepare(test);
  subject.Load(test.before);
  subject.state().budget = 1000;
  REQUIRE(cpu::Run(subject.state()) == ExitReason::kTrap);
  REQUIRE(subject.state().trap.kind == TrapKind::kBreakpoint);
  return subject.state().gpr[semantics::kRdx] << 32 | subject.state().gpr[semantics::kRax];
}

}  // namespace

TEST_CASE("RDTSC goes on with the instructions") {
  // A block's instructions are counted at its end, so a jump stands between the two readings.
  const uint64_t early = StampAfter({0x0f, 0x31});
  const uint64_t late = StampAfter({0x90, 0x90, 0x90, 0xeb, 0x00, 0x0f, 0x31});
  CHECK(early < 1000);
  CHECK(late >= early + 4);
}

TEST_CASE("RDTSCP names processor 0") {
  fuzz::Subject subject;
  const fuzz::Case test = fuzz::MakeCase({0x0f, 0x01, 0xf9});
  subject.Prepare(test);
  subject.Load(test.before);
  subject.state().gpr[semantics::kRcx] = ~uint64_t{0};
  subject.state().budget = 1000;
  REQUIRE(cpu::Run(subject.state()) == ExitReason::kTrap);
  CHECK(subject.state().gpr[semantics::kRcx] == 0);
}

}  // namespace elfin::cpu
