// Instructions that trap: which vector, and where rip is.
#include <catch2/catch.hpp>

#include <string>

#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

using fuzz::kCode;
using fuzz::MakeCase;

struct Trap {
  const char* name;
  std::vector<uint8_t> code;
  TrapKind kind;
  unsigned behind;  // rip: so many bytes behind the instruction's begin
};

TEST_CASE("Traps have the processor's vector and rip") {
  const Trap traps[] = {
      {"int3", {0xcc}, TrapKind::kBreakpoint, 1},
      {"int 3", {0xcd, 0x03}, TrapKind::kBreakpoint, 2},
      {"int 4", {0xcd, 0x04}, TrapKind::kOverflow, 2},
      {"int 20h", {0xcd, 0x20}, TrapKind::kGeneralProtection, 0},
      {"ud2", {0x0f, 0x0b}, TrapKind::kInvalidOpcode, 0},
      {"undefined in 64-bit mode", {0x06}, TrapKind::kInvalidOpcode, 0},
      {"lock on a register", {0xf0, 0x01, 0xc0}, TrapKind::kInvalidOpcode, 0},
      {"hlt", {0xf4}, TrapKind::kGeneralProtection, 0},
      {"in al, dx", {0xec}, TrapKind::kGeneralProtection, 0},
      {"mov rax, cr0", {0x0f, 0x20, 0xc0}, TrapKind::kGeneralProtection, 0},
      {"div by zero", {0xf7, 0xf1}, TrapKind::kDivide, 0},
  };
  for (const Trap& trap : traps) {
    INFO(trap.name);
    const fuzz::Case test = MakeCase(trap.code, 32);
    const fuzz::Result elfin = OnElfin(test);
    CHECK(elfin.ending.kind == static_cast<uint32_t>(trap.kind));
    CHECK(elfin.after.rip == kCode + 32 + trap.behind);
    CHECK(SameResult(OnProcessor(test), elfin));
  }
}

TEST_CASE("Traps of which processors and hypervisors make different things") {
  const Trap traps[] = {
      {"int1", {0xf1}, TrapKind::kDebug, 1},
      {"sysexit", {0x0f, 0x35}, TrapKind::kInvalidOpcode, 0},
  };
  for (const Trap& trap : traps) {
    INFO(trap.name);
    const fuzz::Result elfin = OnElfin(MakeCase(trap.code, 32));
    CHECK(elfin.ending.kind == static_cast<uint32_t>(trap.kind));
    CHECK(elfin.after.rip == kCode + 32 + trap.behind);
  }
}

TEST_CASE("A fault counts the instructions before it, a trap itself as well") {
  auto count = [](const std::vector<uint8_t>& code) {
    uint64_t instructions = 0;
    OnElfin(MakeCase(code),
            [&](fuzz::Subject& subject) { instructions = subject.state().instructions; });
    return instructions;
  };
  CHECK(count({0x90, 0x90, 0xcc}) == 3);
  CHECK(count({0x90, 0x90, 0x0f, 0x0b}) == 2);
  CHECK(count({0xeb, 0x00, 0x90, 0xf4}) == 2);
}

TEST_CASE("What Elfin does not know says so and is no #UD") {
  const fuzz::Result result = OnElfin(MakeCase({0x0f, 0x01, 0xc1}));  // vmcall
  CHECK(result.ending.kind == static_cast<uint32_t>(TrapKind::kNotImplemented));
  CHECK(result.after.rip == kCode);
}

}  // namespace
}  // namespace elfin::cpu
