// Pending exceptions, the environment, FXSAVE and rflags: what a comparison of single instructions
// with the processor does not show.
#include <catch2/catch.hpp>

#include "runtime/cpu/float80/float80.h"
#include "tests/cpu/x87_subject.h"

namespace elfin::cpu::x87_test {
namespace {

TEST_CASE("an unmasked x87 exception is raised by the next instruction that waits") {
  Subject subject;
  Image image = PlainImage();
  Put<uint16_t>(image.fx, 0x037b);  // kZeroDivide unmasked
  image.fx[4] = 0x01;
  Put(image.fx + 32, float80::kOne.significand);
  Put(image.fx + 40, float80::kOne.sign_exponent);

  // fdiv qword [rdi], by zero: nothing is written, nothing trapped.
  CHECK(subject.Run({0xdc, 0x37}, &image) == TrapKind::kBreakpoint);
  CHECK(Get<uint16_t>(image.fx + 2) == 0x8084);  // B, ES, ZE
  CHECK(Get<uint64_t>(image.fx + 32) == float80::kOne.significand);
  CHECK(Get<uint16_t>(image.fx + 6) == 0x0437);
  CHECK(Get<uint64_t>(image.fx + 8) == Subject::kCode);
  CHECK(Get<uint64_t>(image.fx + 16) == Subject::kOperand);

  // Those that wait: fwait, fld1, fldcw, emms is not ours.
  for (const Code& waits : {Code{0x9b}, Code{0xd9, 0xe8}, Code{0xd9, 0x2f}, Code{0xd9, 0xd0}}) {
    Image copy = image;
    CHECK(subject.Run(waits, &copy) == TrapKind::kX87);
    CHECK(subject.state().rip == Subject::kCode);
    CHECK(memcmp(copy.fx, image.fx, kComparedFxBytes) == 0);
  }
  // Those that don't: fnstsw ax, fnstcw, fnclex, fninit, fnstenv, fnsave.
  for (const Code& goes_on : {Code{0xdf, 0xe0}, Code{0xd9, 0x3f}, Code{0xdb, 0xe2},
                              Code{0xdb, 0xe3}, Code{0xd9, 0x37}, Code{0xdd, 0x37}}) {
    Image copy = image;
    CHECK(subject.Run(goes_on, &copy) == TrapKind::kBreakpoint);
  }
}

TEST_CASE("FNSTENV stores where the last x87 instruction and its operand are") {
  Subject subject;
  Image image = PlainImage();
  // fld dword [rdi]; fchs; fnstenv [rdi + 16]
  CHECK(subject.Run({0xd9, 0x07, 0xd9, 0xe0, 0xd9, 0x77, 0x10}, &image) == TrapKind::kBreakpoint);
  const uint8_t* environment = image.operand + 16;
  CHECK(Get<uint32_t>(environment) == 0xffff037f);
  CHECK(Get<uint32_t>(environment + 4) == 0xffff3800);
  CHECK(Get<uint32_t>(environment + 8) == 0xffff7fff);  // st(7) is a zero
  CHECK(Get<uint32_t>(environment + 12) == Subject::kCode + 2);
  CHECK(Get<uint32_t>(environment + 16) == 0x01e00033);
  CHECK(Get<uint32_t>(environment + 20) == Subject::kOperand);
  CHECK(Get<uint32_t>(environment + 24) == 0xffff0000);
}

TEST_CASE("FXSAVE and FXRSTOR") {
  Subject subject;
  subject.state().x87_control = 0x027f;
  subject.state().x87_top = 6;
  subject.state().x87_valid = 0xc0;
  subject.state().mxcsr = 0x1fa0;
  subject.state().vector[3].bytes[5] = 77;
  subject.state().x87[7].significand = 42;
  uint8_t* area = subject.operand();
  memset(area, 0xee, 512);
  CHECK(subject.Run({0x48, 0x0f, 0xae, 0x07}) == TrapKind::kBreakpoint);  // fxsave64 [rdi]
  CHECK(Get<uint16_t>(area) == 0x027f);
  CHECK(Get<uint16_t>(area + 2) == 6 << 11);
  CHECK(area[4] == 0xc0);
  CHECK(Get<uint32_t>(area + 24) == 0x1fa0);
  CHECK(Get<uint64_t>(area + 48) == 42);  // st(1)
  CHECK(area[160 + 3 * 16 + 5] == 77);
  CHECK(area[416] == 0xee);  // not written from here on

  subject.state().vector[3].bytes[5] = 0;
  subject.state().x87_top = 0;
  subject.state().x87[7].significand = 0;
  CHECK(subject.Run({0x0f, 0xae, 0x0f}) == TrapKind::kBreakpoint);  // fxrstor [rdi]
  CHECK(subject.state().vector[3].bytes[5] == 77);
  CHECK(subject.state().x87_top == 6);
  CHECK(subject.state().x87[7].significand == 42);

  Put<uint32_t>(area + 24, 0x10000);  // a reserved bit of MXCSR
  CHECK(subject.Run({0x0f, 0xae, 0x0f}) == TrapKind::kGeneralProtection);
  CHECK(subject.Run({0x0f, 0xae, 0x47, 0x08}) == TrapKind::kGeneralProtection);  // not aligned
}

TEST_CASE("rflags survive the lazy words") {
  CpuState state;
  ResetCpuState(state);
  CHECK(ReadRflags(state) == (kFlagFixed | kFlagIf));
  for (unsigned i = 0; i < 64; ++i) {
    uint64_t rflags = kFlagFixed | kFlagIf;
    unsigned bit = 0;
    for (uint64_t flag : {kFlagCf, kFlagPf, kFlagAf, kFlagZf, kFlagSf, kFlagOf}) {
      if (i >> bit++ & 1) rflags |= flag;
    }
    WriteRflags(state, rflags | kFlagDf);
    CHECK(ReadRflags(state) == (rflags | kFlagDf));
  }
}

}  // namespace
}  // namespace elfin::cpu::x87_test
