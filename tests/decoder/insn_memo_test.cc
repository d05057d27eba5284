// A remembered instruction is the one that decoding gives.
#include "decoder/insn_memo.h"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <memory>
#include <random>
#include <tuple>

namespace elfin::decoder {
namespace {

constexpr uint32_t kAddress = 0x0040'1000;
constexpr uintptr_t kHandler = 0x1234;

class Subject {
 public:
  explicit Subject(GuestMode mode) : mode_(mode) {}

  bool Recalls(const uint8_t (&bytes)[15], GuestInsn* insn, uint32_t address = kAddress) const {
    return memo_->Recall(bytes, address, mode_, insn);
  }
  /// What decoding gives, which is remembered if it can be.
  GuestInsn Decode(const uint8_t (&bytes)[15], uint32_t address = kAddress) {
    GuestInsn insn;
    InsnEncoding encoding;
    REQUIRE(DecodeInsn(bytes, sizeof(bytes), address, mode_, &insn, &encoding) ==
            DecodeOutcome::kDecoded);
    insn.handler = kHandler;
    memo_->Keep(bytes, mode_, insn, encoding);
    return insn;
  }

 private:
  GuestMode mode_;
  std::unique_ptr<InsnMemo> memo_ = std::make_unique<InsnMemo>();
};

struct Code {
  uint8_t bytes[15] = {};
  Code(std::initializer_list<int> from) {
    size_t n = 0;
    for (const int byte : from) bytes[n++] = static_cast<uint8_t>(byte);
  }
};

bool IsSame(const GuestInsn& a, const GuestInsn& b) {
  auto all = [](const GuestInsn& insn) {
    return std::tie(insn.handler, insn.address, insn.mnemonic, insn.length, insn.width, insn.form,
                    insn.prefixes, insn.scale_shift, insn.index_in_block, insn.reg[0], insn.reg[1],
                    insn.reg[2], insn.base, insn.index, insn.segment, insn.immediate,
                    insn.displacement);
  };
  return all(a) == all(b);
}

void CheckRecalledAs(Subject& subject, const Code& first, const Code& second) {
  GuestInsn insn;
  CHECK_FALSE(subject.Recalls(first.bytes, &insn));
  subject.Decode(first.bytes);
  REQUIRE(subject.Recalls(second.bytes, &insn, kAddress + 64));
  CHECK(IsSame(insn, Subject(GuestMode::k64Bit).Decode(second.bytes, kAddress + 64)));
}

TEST_CASE("An instruction is remembered without its values and its address") {
  Subject subject(GuestMode::k64Bit);
  CheckRecalledAs(subject, {0x48, 0x8b, 0x44, 0x24, 0x08}, {0x48, 0x8b, 0x44, 0x24, 0xf8});
  CheckRecalledAs(subject, {0xe8, 1, 2, 3, 4}, {0xe8, 0xfe, 0xff, 0xff, 0xff});
  CheckRecalledAs(subject, {0x74, 5}, {0x74, 0x80});
  // mov dword [rip+d], i
  CheckRecalledAs(subject, {0xc7, 0x05, 1, 2, 3, 4, 5, 6, 7, 8},
                  {0xc7, 0x05, 0x81, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff});
  // mov rax, i64; mov eax, [moffs64]
  CheckRecalledAs(subject, {0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8},
                  {0x48, 0xb8, 8, 7, 6, 5, 4, 3, 2, 0x91});
  CheckRecalledAs(subject, {0xa1, 1, 2, 3, 4, 5, 6, 7, 8}, {0xa1, 8, 7, 6, 5, 4, 3, 2, 0x91});
}

TEST_CASE("A shape with other registers is another one") {
  Subject subject(GuestMode::k64Bit);
  subject.Decode(Code{0x48, 0x8b, 0x44, 0x24, 0x08}.bytes);
  GuestInsn insn;
  CHECK_FALSE(subject.Recalls(Code{0x48, 0x8b, 0x44, 0x23, 0x08}.bytes, &insn));
  CHECK_FALSE(subject.Recalls(Code{0x48, 0x8b, 0x4c, 0x24, 0x08}.bytes, &insn));
  CHECK_FALSE(subject.Recalls(Code{0x49, 0x8b, 0x44, 0x24, 0x08}.bytes, &insn));
  CHECK_FALSE(subject.Recalls(Code{0x66, 0x48, 0x8b, 0x44, 0x24, 0x08}.bytes, &insn));
}

TEST_CASE("What has more than one value at its end, or other prefixes, is decoded each time") {
  Subject subject(GuestMode::k64Bit);
  const Code codes[] = {
      {0xc8, 0x10, 0x00, 0x01},        // enter 16, 1
      {0xc5, 0xf8, 0x77},              // vzeroupper
      {0xc4, 0xe2, 0x78, 0xf2, 0xc1},  // andn eax, eax, ecx
      {0x67, 0x8b, 0x05, 1, 2, 3, 4},  // mov eax, [eip+d]
      {0x06},                          // undefined
      {0x48, 0x66, 0x89, 0xc8},        // a REX that another prefix follows
  };
  for (const Code& code : codes) {
    subject.Decode(code.bytes);
    GuestInsn insn;
    CHECK_FALSE(subject.Recalls(code.bytes, &insn));
  }
}

/// Bytes of which most are instructions: prefixes now and then, an opcode of any map, anything.
void Draw(std::mt19937& random, uint8_t (&bytes)[15]) {
  static constexpr uint8_t kPrefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x64, 0x48, 0x41};
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  size_t at = 0;
  while (random() % 3 == 0 && at < 5) bytes[at++] = kPrefixes[random() % sizeof(kPrefixes)];
  if (random() % 3 == 0) {
    bytes[at++] = 0x0f;
    if (random() % 4 == 0) bytes[at++] = random() % 2 == 0 ? 0x38 : 0x3a;
  }
}

TEST_CASE("A million instructions drawn at random are recalled as they are decoded") {
  for (const GuestMode mode : {GuestMode::k64Bit, GuestMode::k32Bit}) {
    Subject subject(mode);
    std::mt19937 random(20261126);  // NOLINT(cert-msc51-cpp): the same cases each time
    unsigned recalled = 0;
    unsigned wrong = 0;
    for (unsigned n = 0; n < 500'000; ++n) {
      uint8_t bytes[15];
      Draw(random, bytes);
      GuestInsn insn;
      const bool is_known = subject.Recalls(bytes, &insn);
      const GuestInsn decoded = subject.Decode(bytes);
      if (!is_known) continue;
      ++recalled;
      if (!IsSame(insn, decoded)) ++wrong;
    }
    CHECK(wrong == 0);
    CHECK(recalled > 20'000);
  }
}

}  // namespace
}  // namespace elfin::decoder
