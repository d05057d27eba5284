// Code that writes code: its own block, one that has run, and through string instructions.
#include <catch2/catch.hpp>

#include "jit/semantics/operands.h"
#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

using fuzz::kCode;
using fuzz::MakeCase;

fuzz::Result CheckSame(const fuzz::Case& test) {
  const fuzz::Result elfin = OnElfin(test);
  CHECK(SameResult(OnProcessor(test), elfin));
  return elfin;
}

TEST_CASE("An instruction changes the one behind it in its own block") {
  // mov byte [rip + 1], 5; mov eax, 1
  const auto code = {0xc6, 0x05, 0x01, 0x00, 0x00, 0x00, 0x05, 0xb8, 0x01, 0x00, 0x00, 0x00};
  CHECK(CheckSame(MakeCase({code.begin(), code.end()}, 100)).after.gpr[semantics::kRax] == 5);
}

TEST_CASE("An instruction changes the next one across a page's end") {
  const auto code = {0xc6, 0x05, 0x01, 0x00, 0x00, 0x00, 0x05, 0xb8, 0x01, 0x00, 0x00, 0x00};
  for (uint64_t back = 1; back < 12; ++back) {
    INFO(back);
    CHECK(CheckSame(MakeCase({code.begin(), code.end()}, kPageSize - back))
              .after.gpr[semantics::kRax] == 5);
  }
}

TEST_CASE("A block that has run is changed and runs again") {
  // call f; mov byte [rip + 6], 7; call f          f: mov al, 1; add ebx, eax; ret
  fuzz::Case test = MakeCase({}, 0x100);
  test.memory.push_back(
      {kCode + 0x100, {0xe8, 0x0d, 0x00, 0x00, 0x00,              // +0   call f
                       0xc6, 0x05, 0x07, 0x00, 0x00, 0x00, 0x07,  // +5   mov byte [f + 1], 7
                       0xe8, 0x01, 0x00, 0x00, 0x00,              // +12  call f
                       0xcc,                                      // +17
                       0xb0, 0x01,                                // +18  f: mov al, 1
                       0x01, 0xc3,                                //      add ebx, eax
                       0xc3}});                                   //      ret
  CHECK(CheckSame(test).after.gpr[semantics::kRbx] == 8);
}

TEST_CASE("REP STOSB writes the instructions behind itself") {
  // rep stosb over `ud2; ud2` with nops
  fuzz::Case test = MakeCase({0xf3, 0xaa, 0x0f, 0x0b, 0x0f, 0x0b, 0xff, 0xc3}, 64);
  test.before.gpr[semantics::kRax] = 0x90;
  test.before.gpr[semantics::kRcx] = 4;
  test.before.gpr[semantics::kRdi] = kCode + 64 + 2;
  CHECK(CheckSame(test).after.gpr[semantics::kRbx] == 1);
}

TEST_CASE("A program that loops over code that it changes each time") {
  // top: inc byte [rip + 1 + …]: the immediate of `add eax, imm8` counts up: 1 + 2 + … + 10
  fuzz::Case test = MakeCase({}, 0x200);
  test.memory.push_back({kCode + 0x200,
                         {0xfe, 0x05, 0x02, 0x00, 0x00, 0x00,  // inc byte [rip + 2]
                          0x83, 0xc0, 0x00,                    // add eax, 0
                          0xff, 0xc9,                          // dec ecx
                          0x75, 0xf3}});                       // jnz top
  test.before.gpr[semantics::kRcx] = 10;
  CHECK(CheckSame(test).after.gpr[semantics::kRax] == 55);
}

}  // namespace
}  // namespace elfin::cpu
