// Where instructions can't be fetched: page ends, holes, pages without execution, far-away targets.
#include <catch2/catch.hpp>

#include "jit/semantics/operands.h"
#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

using fuzz::kCode;
using fuzz::kCodeEnd;
using fuzz::MakeCase;
using fuzz::OnElfin;
using fuzz::OnProcessor;

constexpr uint32_t kPageFault = static_cast<uint32_t>(TrapKind::kPageFault);
constexpr uint32_t kGeneralProtection = static_cast<uint32_t>(TrapKind::kGeneralProtection);

fuzz::Result CheckSame(const fuzz::Case& test) {
  const fuzz::Result processor = OnProcessor(test);
  const fuzz::Result elfin = OnElfin(test);
  CHECK(elfin.after.rip == processor.after.rip);
  CHECK(elfin.ending.kind == processor.ending.kind);
  CHECK(elfin.ending.address == processor.ending.address);
  if (processor.ending.kind == kPageFault) CHECK(elfin.ending.error == processor.ending.error);
  CHECK(SameResult(processor, elfin));
  return elfin;
}

fuzz::Case JumpTo(uint64_t target) {
  fuzz::Case test = MakeCase({0xff, 0xe0}, 16);  // jmp rax
  test.before.gpr[semantics::kRax] = target;
  return test;
}

TEST_CASE("A block runs up to the page's end, then the next page faults") {
  const fuzz::Result result =
      CheckSame(MakeCase({0xff, 0xc0, 0x90}, kCodeEnd - kCode - 3));  // inc eax; nop
  CHECK(result.after.gpr[semantics::kRax] == 1);
  CHECK(result.after.rip == kCodeEnd);
  CHECK(result.ending.kind == kPageFault);
  CHECK(result.ending.address == kCodeEnd);
  CHECK(result.ending.error == (kTrapUser | kTrapFetch));
}

TEST_CASE("An instruction that goes on in a page that is not there faults at that page") {
  const fuzz::Result result =
      CheckSame(MakeCase({0xb8, 0x01, 0x02}, kCodeEnd - kCode - 3));  // mov eax, imm32
  CHECK(result.after.rip == kCodeEnd - 3);
  CHECK(result.ending.address == kCodeEnd);
}

TEST_CASE("Instructions before one that is cut off are done") {
  const fuzz::Result result = CheckSame(MakeCase({0xff, 0xc0, 0xb8, 0x01}, kCodeEnd - kCode - 4));
  CHECK(result.after.gpr[semantics::kRax] == 1);
  CHECK(result.after.rip == kCodeEnd - 2);
  CHECK(result.ending.address == kCodeEnd);
}

TEST_CASE("An instruction may lie across two pages") {
  const fuzz::Result result = CheckSame(MakeCase({0xb8, 0x44, 0x33, 0x22, 0x11}, kPageSize - 2));
  CHECK(result.after.gpr[semantics::kRax] == 0x11223344);
}

TEST_CASE("Jumps to where nothing can run") {
  SECTION("nothing mapped: the fault is at the target") {
    CHECK(CheckSame(JumpTo(0x5000)).after.rip == 0x5000);
  }
  SECTION("a page without execution") {
    const fuzz::Result result = CheckSame(JumpTo(fuzz::kData + 8));
    CHECK(result.ending.error == (kTrapPresent | kTrapUser | kTrapFetch));
  }
  SECTION("above what Elfin can map") {
    CHECK(CheckSame(JumpTo(0x5'0000'0000)).after.rip == 0x5'0000'0000);
  }
  SECTION("the kernel's half") { CheckSame(JumpTo(0xffff'8000'0000'1234)); }
  SECTION("not canonical: #GP at the jump itself") {
    const fuzz::Result result = CheckSame(JumpTo(0x0000'8000'0000'0000));
    CHECK(result.ending.kind == kGeneralProtection);
    CHECK(result.after.rip == kCode + 16);
  }
}

TEST_CASE("Fifteen bytes are an instruction, sixteen are #GP") {
  std::vector<uint8_t> code(14, 0x66);
  code.push_back(0x90);
  CHECK(CheckSame(MakeCase(code, 64)).after.rip == kCode + 64 + 15 + 1);
  code.insert(code.begin(), 0x66);
  CHECK(CheckSame(MakeCase(code, 64)).ending.kind == kGeneralProtection);
}

}  // namespace
}  // namespace elfin::cpu
