// CPUID says what Elfin has: no more, no less.
#include "runtime/cpu/cpuid.h"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <vector>

#include "decoder/features.h"
#include "decoder/insn_decoder.h"
#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

namespace features = decoder::features;

struct Sample {
  const char* feature;
  bool reported;
  std::vector<uint8_t> code;
};

/// Whether Elfin runs the instruction (which may fault for its operand).
bool IsKnown(const std::vector<uint8_t>& code) {
  const uint32_t kind = OnElfin(fuzz::MakeCase(code)).ending.kind;
  return kind != static_cast<uint32_t>(TrapKind::kInvalidOpcode) &&
         kind != static_cast<uint32_t>(TrapKind::kNotImplemented);
}

TEST_CASE("An instruction of a feature is known exactly where the feature is reported") {
  const Sample samples[] = {
      {"fpu", features::kFpu, {0xd8, 0xc1}},
      {"tsc", features::kTsc, {0x0f, 0x31}},
      {"cx8", features::kCx8, {0x0f, 0xc7, 0x0f}},
      {"cmov", features::kCmov, {0x0f, 0x42, 0xc1}},
      {"clflush", features::kClfsh, {0x0f, 0xae, 0x3f}},
      {"mmx", features::kMmx, {0x0f, 0xfc, 0xc1}},
      {"fxsr", features::kFxsr, {0x0f, 0xae, 0x07}},
      {"sse", features::kSse, {0x0f, 0x58, 0xc1}},
      {"sse2", features::kSse2, {0x66, 0x0f, 0x58, 0xc1}},
      {"sse3", features::kSse3, {0xf2, 0x0f, 0x7c, 0xc1}},
      {"pclmulqdq", features::kPclmulqdq, {0x66, 0x0f, 0x3a, 0x44, 0xc1, 0x00}},
      {"ssse3", features::kSsse3, {0x66, 0x0f, 0x38, 0x00, 0xc1}},
      {"cx16", features::kCx16, {0x48, 0x0f, 0xc7, 0x0f}},
      {"sse4.1", features::kSse41, {0x66, 0x0f, 0x38, 0x40, 0xc1}},
      {"sse4.2", features::kSse42, {0x66, 0x0f, 0x38, 0x37, 0xc1}},
      {"movbe", features::kMovbe, {0x0f, 0x38, 0xf0, 0x07}},
      {"popcnt", features::kPopcnt, {0xf3, 0x0f, 0xb8, 0xc1}},
      {"aes", features::kAes, {0x66, 0x0f, 0x38, 0xdc, 0xc1}},
      {"xsave", features::kXsave, {0x0f, 0xae, 0x27}},
      {"avx", features::kAvx, {0xc5, 0xf4, 0x58, 0xc1}},
      {"rdrand", features::kRdrand, {0x0f, 0xc7, 0xf0}},
      {"bmi1", features::kBmi1, {0xc4, 0xe2, 0x70, 0xf2, 0xc1}},
      {"bmi2", features::kBmi2, {0xc4, 0xe2, 0x70, 0xf5, 0xc1}},
      {"adx", features::kAdx, {0x66, 0x0f, 0x38, 0xf6, 0xc1}},
      {"sha", features::kSha, {0x0f, 0x38, 0xc8, 0xc1}},
      {"lahf", features::kLahfLm, {0x9f}},
      {"prefetchw", features::kPrefetchw, {0x0f, 0x0d, 0x0f}},
      {"syscall", features::kSyscall, {0x0f, 0x05}},
      {"rdtscp", features::kRdtscp, {0x0f, 0x01, 0xf9}},
  };
  for (const Sample& sample : samples) {
    INFO(sample.feature);
    CHECK(IsKnown(sample.code) == sample.reported);
  }
}

TEST_CASE("TZCNT and LZCNT are BSF and BSR exactly where they are not reported") {
  auto mnemonic = [](uint8_t opcode) {
    const uint8_t bytes[15] = {0xf3, 0x0f, opcode, 0xc1};
    decoder::GuestInsn insn;
    DecodeInsn(bytes, sizeof(bytes), 0x1000, decoder::GuestMode::k64Bit, &insn);
    return insn.mnemonic;
  };
  using decoder::Mnemonic;
  CHECK(mnemonic(0xbc) == (features::kBmi1 ? Mnemonic::kTzcnt : Mnemonic::kBsf));
  CHECK(mnemonic(0xbd) == (features::kLzcnt ? Mnemonic::kLzcnt : Mnemonic::kBsr));
}

TEST_CASE("What x86-64-v2 asks for is reported") {
  constexpr uint32_t first = 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23;
  CHECK((Cpuid(1, 0).ecx & first) == first);              // SSE3 SSSE3 CX16 SSE4.1 SSE4.2 POPCNT
  CHECK((Cpuid(0x8000'0001, 0).ecx & 1) == 1);            // LAHF in 64-bit mode
  CHECK((Cpuid(1, 0).ecx & (1u << 27 | 1u << 28)) == 0);  // no OSXSAVE, no AVX
}

TEST_CASE("The leaves hang together") {
  CHECK(Cpuid(0, 0).eax >= 7);
  CHECK(Cpuid(0x8000'0000, 0).eax >= 0x8000'0008);
  const CpuidResult one = Cpuid(1, 0);
  CHECK((one.edx >> 25 & 1) == features::kSse);
  CHECK((one.ecx >> 13 & 1) == features::kCx16);
  CHECK((one.edx & one.edx - 1) != 0);
  CHECK((one.ebx >> 8 & 0xff) * 8 == 64);  // CLFLUSH's line
  CHECK((Cpuid(0x8000'0001, 0).edx >> 29 & 1) == 1);
  CHECK(Cpuid(0x4000'0000, 0).eax == 0);
  CHECK(Cpuid(7, 1).ebx == 0);
}

TEST_CASE("The instruction writes all of the four registers") {
  CpuState state{};
  state.gpr[0] = 0xffff'ffff'0000'0000;
  state.gpr[3] = ~uint64_t{0};
  DoCpuid(&state);
  CHECK(state.gpr[0] == Cpuid(0, 0).eax);
  CHECK(state.gpr[3] == Cpuid(0, 0).ebx);
  char vendor[13] = {};
  const auto ebx = static_cast<uint32_t>(state.gpr[3]);
  const auto edx = static_cast<uint32_t>(state.gpr[2]);
  const auto ecx = static_cast<uint32_t>(state.gpr[1]);
  memcpy(vendor, &ebx, 4);
  memcpy(vendor + 4, &edx, 4);
  memcpy(vendor + 8, &ecx, 4);
  CHECK(std::string(vendor) == "AuthenticAMD");
}

}  // namespace
}  // namespace elfin::cpu
