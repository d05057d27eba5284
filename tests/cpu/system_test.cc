// Instructions whose answer is Elfin's own: the time stamp counter, segment registers.
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

TEST_CASE("MOV to a segment register takes the selectors of 64-bit user code") {
  struct Load {
    uint8_t segment;  // as ModRM counts: 0 es, 2 ss, 3 ds
    uint16_t selector;
    bool allowed;
  };
  const Load loads[] = {
      {0, kUserDataSelector, true},
      {3, kUserDataSelector, true},
      {2, kUserDataSelector, true},
      {0, kUserCodeSelector, true},
      {0, kUserDataSelector & ~3, true},  // what it asks for is more than it has: also allowed
      {3, 0, true},
      {3, 3, true},
      {2, 0, false},
      {2, kUserCodeSelector, false},
      {2, kUserDataSelector & ~3, false},
      {0, 0x10, false},  // the kernel's
      {3, 0x1000, false},
      {0, kUserDataSelector | 4, false},  // in the local table, which is empty
  };
  for (const Load& load : loads) {
    INFO("segment " << unsigned{load.segment} << " selector " << load.selector);
    // MOV eax, selector; MOV segment, eax
    const fuzz::Case test = fuzz::MakeCase({0xb8, static_cast<uint8_t>(load.selector),
                                            static_cast<uint8_t>(load.selector >> 8), 0, 0, 0x8e,
                                            static_cast<uint8_t>(0xc0 | load.segment << 3)});
    uint16_t selector = 0;
    const fuzz::Result result = OnElfin(test, [&](fuzz::Subject& subject) {
      selector = subject.state().segment_selector[load.segment];
    });
    const TrapKind ending = load.allowed ? TrapKind::kBreakpoint : TrapKind::kGeneralProtection;
    CHECK(result.ending.kind == static_cast<uint32_t>(ending));
    if (load.allowed) CHECK(selector == load.selector);
  }
}

}  // namespace elfin::cpu
