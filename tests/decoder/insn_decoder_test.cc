// Bytes → GuestInsn: operands, widths, variants, and what can't be decoded.
#include "decoder/insn_decoder.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>

namespace elfin::decoder {
namespace {

constexpr uint32_t kAddress = 0x0040'1000;
constexpr uint16_t kFs = offsetof(cpu::CpuState, segment_base);

GuestInsn Decode(std::initializer_list<int> bytes) {
  uint8_t code[15] = {};
  std::copy(bytes.begin(), bytes.end(), code);
  GuestInsn insn;
  REQUIRE(DecodeInsn(code, sizeof(code), kAddress, GuestMode::k64Bit, &insn) ==
          DecodeOutcome::kDecoded);
  return insn;
}

constexpr auto kR = OperandKind::kRegister;
constexpr auto kM = OperandKind::kMemory;
constexpr auto kX = OperandKind::kMemoryFull;
constexpr auto kI = OperandKind::kImmediate;

TEST_CASE("Registers are offsets into the state, the high bytes too") {
  const GuestInsn add = Decode({0x41, 0x01, 0xc8});  // add r8d, ecx
  CHECK(add.mnemonic == Mnemonic::kAdd);
  CHECK(add.width == 4);
  CHECK(add.form == MakeForm(kR, kR));
  CHECK(add.reg[0] == GprOffset(8));
  CHECK(add.reg[1] == GprOffset(1));
  CHECK(add.length == 3);

  const GuestInsn high = Decode({0x88, 0xfc});  // mov ah, bh
  CHECK(high.reg[0] == GprOffset(0) + 1);
  CHECK(high.reg[1] == GprOffset(3) + 1);
  const GuestInsn low = Decode({0x40, 0x88, 0xfc});  // mov spl, dil
  CHECK(low.reg[0] == GprOffset(4));
  CHECK(low.reg[1] == GprOffset(7));
  CHECK(Decode({0x0f, 0xfd, 0xca}).reg[0] == MmxOffset(1));                 // paddw mm1, mm2
  CHECK(Decode({0x66, 0x44, 0x0f, 0xfd, 0xca}).reg[0] == VectorOffset(9));  // paddw xmm9, xmm2
}

TEST_CASE("Operand width follows prefixes and opcode") {
  CHECK(Decode({0x00, 0xc8}).width == 1);
  CHECK(Decode({0x66, 0x01, 0xc8}).width == 2);
  CHECK(Decode({0x01, 0xc8}).width == 4);
  CHECK(Decode({0x48, 0x01, 0xc8}).width == 8);
  CHECK(Decode({0x66, 0x48, 0x01, 0xc8}).width == 8);
  CHECK(Decode({0x50}).width == 8);  // push rax
  CHECK(Decode({0x66, 0x50}).width == 2);
}

TEST_CASE("Memory operands") {
  SECTION("base and displacement") {
    const GuestInsn insn = Decode({0x8b, 0x45, 0xf8});  // mov eax, [rbp - 8]
    CHECK(insn.form == MakeForm(kR, kM));
    CHECK(insn.base == GprOffset(5));
    CHECK(insn.displacement == -8);
  }
  SECTION("scaled index") {
    const GuestInsn insn = Decode({0x89, 0x54, 0xcb, 0x10});  // mov [rbx + rcx*8 + 16], edx
    CHECK(insn.form == MakeForm(kX, kR));
    CHECK(insn.base == GprOffset(3));
    CHECK(insn.index == GprOffset(1));
    CHECK(insn.scale_shift == 3);
    CHECK(insn.displacement == 16);
  }
  SECTION("rip-relative is absolute") {
    const GuestInsn insn = Decode({0x8b, 0x05, 0x10, 0x00, 0x00, 0x00});
    CHECK(insn.form == MakeForm(kR, kM));
    CHECK(insn.base == kZeroOffset);
    CHECK(insn.displacement == kAddress + 6 + 16);
  }
  SECTION("with an immediate behind the displacement") {
    CHECK(Decode({0xc7, 0x05, 0x10, 0, 0, 0, 1, 0, 0, 0}).displacement == kAddress + 10 + 16);
  }
  SECTION("eip-relative is cut to 32 bits") {
    const GuestInsn insn = Decode({0x67, 0x8b, 0x05, 0x00, 0x00, 0x00, 0x80});
    CHECK(insn.displacement == static_cast<uint32_t>(kAddress + 7 + 0x8000'0000));
    CHECK((insn.prefixes & kAddress32) != 0);
  }
  SECTION("absolute with a segment") {
    const GuestInsn insn =
        Decode({0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0});  // mov rax, fs:[0x28]
    CHECK(insn.form == MakeForm(kR, kX));
    CHECK(insn.base == kZeroOffset);
    CHECK(insn.index == kZeroOffset);
    CHECK(insn.segment == kFs);
    CHECK(insn.displacement == 0x28);
  }
  SECTION("gs") { CHECK(Decode({0x65, 0x8b, 0x00}).segment == kFs + 8); }
  SECTION("other segments are nothing") {
    CHECK(Decode({0x3e, 0x8b, 0x00}).form == MakeForm(kR, kM));
    CHECK(Decode({0x36, 0x8b, 0x00}).segment == kZeroOffset);
  }
  SECTION("lea takes no segment") { CHECK(Decode({0x64, 0x8d, 0x00}).segment == kZeroOffset); }
  SECTION("a 64-bit absolute address") {
    const GuestInsn insn = Decode({0xa1, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11});
    CHECK(insn.displacement == 0x1122334455667788);
  }
  SECTION("SIB with base 5 and mod 0 has no base, REX.B or not") {
    for (int rex : {0x40, 0x41}) {
      const GuestInsn insn = Decode({rex, 0x8b, 0x04, 0x35, 0xf0, 0xff, 0xff, 0xff});  // [rsi - 16]
      CHECK(insn.base == kZeroOffset);
      CHECK(insn.index == GprOffset(6));
      CHECK(insn.displacement == -16);
    }
  }
  SECTION("r13 with mod 1 is a base") {
    CHECK(Decode({0x41, 0x8b, 0x44, 0x35, 0x00}).base == GprOffset(13));
  }
  SECTION("r12 is an index, rsp is none") {
    CHECK(Decode({0x42, 0x8b, 0x04, 0x23}).index == GprOffset(12));
    CHECK(Decode({0x8b, 0x04, 0x23}).form == MakeForm(kR, kM));
  }
}

TEST_CASE("Immediates are sign-extended, branches have targets") {
  CHECK(Decode({0x83, 0xc0, 0xff}).immediate == -1);
  CHECK(Decode({0x48, 0x81, 0xc0, 0x00, 0x00, 0x00, 0x80}).immediate == INT32_MIN);
  CHECK(Decode({0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8}).immediate == 0x0807060504030201);
  CHECK(Decode({0xeb, 0xfe}).immediate == kAddress);
  CHECK(Decode({0xe8, 0x00, 0x01, 0x00, 0x00}).immediate == kAddress + 5 + 0x100);
  const GuestInsn enter = Decode({0xc8, 0x20, 0x01, 0x03});  // enter 0x120, 3
  CHECK(enter.form == MakeForm(kI, kI));
  CHECK(enter.immediate == (0x120 | 3 << 16));
}

TEST_CASE("One mnemonic, several rows") {
  CHECK(Decode({0x0f, 0xb6, 0xc1}).mnemonic == Mnemonic::kMovzx8);
  CHECK(Decode({0x0f, 0xb7, 0xc1}).mnemonic == Mnemonic::kMovzx16);
  CHECK(Decode({0x0f, 0xbf, 0xc1}).mnemonic == Mnemonic::kMovsx16);
  CHECK(Decode({0xf7, 0xe9}).mnemonic == Mnemonic::kImulWide);
  CHECK(Decode({0x0f, 0xaf, 0xc1}).mnemonic == Mnemonic::kImul);
  CHECK(Decode({0x8c, 0xd8}).mnemonic == Mnemonic::kMovFromSegment);
  CHECK(Decode({0x8e, 0xd8}).mnemonic == Mnemonic::kMovToSegment);
  CHECK(Decode({0x0f, 0x20, 0xc0}).mnemonic == Mnemonic::kMovPrivileged);
  CHECK(Decode({0x0f, 0xa0}).mnemonic == Mnemonic::kPushSegment);
  CHECK(Decode({0xa5}).mnemonic == Mnemonic::kMovsd);
  CHECK(Decode({0xf3, 0xa5}).prefixes == kPrefixRep);
  CHECK(Decode({0xf2, 0xae}).prefixes == kPrefixRepne);
  CHECK(Decode({0xf0, 0x01, 0x00}).prefixes == kPrefixLock);
  CHECK(Decode({0xff, 0x28}).mnemonic == Mnemonic::kNotImplemented);  // jmp far
}

TEST_CASE("F3 90 is PAUSE, with REX.B an exchange") {
  CHECK(Decode({0xf3, 0x90}).mnemonic == Mnemonic::kPause);
  const GuestInsn insn = Decode({0xf3, 0x49, 0x90});
  CHECK(insn.mnemonic == Mnemonic::kXchg);
  CHECK(insn.width == 8);
  CHECK(insn.length == 3);
  CHECK(insn.reg[0] == GprOffset(8));
  CHECK(insn.reg[1] == GprOffset(0));
}

TEST_CASE("What can't be decoded") {
  CHECK(Decode({0x06}).mnemonic == Mnemonic::kInvalid);
  CHECK(Decode({0xf0, 0x01, 0xc0}).mnemonic == Mnemonic::kInvalid);  // lock add eax, eax
  const uint8_t prefixes[15] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};
  GuestInsn insn;
  DecodeInsn(prefixes, 15, kAddress, GuestMode::k64Bit, &insn);
  CHECK(insn.mnemonic == Mnemonic::kTooLong);
}

TEST_CASE("An instruction that is cut off says that it needs more") {
  const uint8_t code[] = {0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8};
  GuestInsn insn;
  for (size_t size = 0; size < sizeof(code); ++size) {
    CHECK(DecodeInsn(code, size, kAddress, GuestMode::k64Bit, &insn) ==
          DecodeOutcome::kNeedsMoreBytes);
  }
  CHECK(DecodeInsn(code, sizeof(code), kAddress, GuestMode::k64Bit, &insn) ==
        DecodeOutcome::kDecoded);
  CHECK(insn.next_address() == kAddress + 10);
}

TEST_CASE("Rows say whether they end a block") {
  CHECK(ColumnsOf(Mnemonic::kJmp).ends_block);
  CHECK(ColumnsOf(Mnemonic::kSyscall).ends_block);
  CHECK_FALSE(ColumnsOf(Mnemonic::kAdd).ends_block);
  CHECK(std::string(ColumnsOf(Mnemonic::kAdd).name) == "Add");
}

TEST_CASE("Names for messages") {
  const uint8_t vaddps[15] = {0xc5, 0xf4, 0x58, 0xc1};
  CHECK(std::string(InsnName(vaddps, 15, GuestMode::k64Bit)) == "vaddps");
  const uint8_t bad[15] = {0x06};
  CHECK(std::string(InsnName(bad, 15, GuestMode::k64Bit)) == "(bad)");
}

}  // namespace
}  // namespace elfin::decoder
