// Every x87 instruction against the processor: both begin with the same FXSAVE image, flags and
// memory operand, run one instruction, and end with the same. Operands are float80_host.h's.
#include <sys/mman.h>

#include <catch2/catch.hpp>
#include <vector>

#include "tests/cpu/float80_host.h"
#include "tests/cpu/x87_subject.h"

namespace elfin::cpu::x87_test {
namespace {

using float80::Float80;
using float80::OperandSource;

constexpr int kCasesPerInsn = 400;
/// The processor. Image's members are reached from rdi, its address.
class Oracle {
 public:
  Oracle() {
    page_ = static_cast<uint8_t*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  }
  ~Oracle() { munmap(page_, 4096); }

  /// The instruction's memory operand is [rdi].
  void Run(const Code& insn, Image* image) {
    // fxrstor64 [rsi]; push [rcx]; popfq; mov rax, [rcx + 8]
    Code code = {0x48, 0x0f, 0xae, 0x0e, 0xff, 0x31, 0x9d, 0x48, 0x8b, 0x41, 0x08};
    code.insert(code.end(), insn.begin(), insn.end());
    // pushfq; pop [rcx]; mov [rcx + 8], rax; fxsave64 [rsi]; fninit; ret
    const Code end = {0x9c, 0x8f, 0x01, 0x48, 0x89, 0x41, 0x08,
                      0x48, 0x0f, 0xae, 0x06, 0xdb, 0xe3, 0xc3};
    code.insert(code.end(), end.begin(), end.end());
    memcpy(page_, code.data(), code.size());
    using Function = void (*)(uint8_t*, uint8_t*, uint64_t, uint64_t*);
    reinterpret_cast<Function>(page_)(image->operand, image->fx, 0, &image->rflags);
    asm volatile("ldmxcsr %0" : : "m"(kMxcsrReset));
  }

 private:
  uint8_t* page_;
};

/// What a memory operand is drawn as.
enum class Operand { kNone, kFloat32, kFloat64, kFloat80, kInteger, kDecimal, kImage };

struct Insn {
  Code code;
  Operand operand;
  bool transcendental;
};

bool IsTranscendental(uint8_t opcode, uint8_t modrm) {
  constexpr uint8_t kModrm[] = {0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff};
  return opcode == 0xd9 && memchr(kModrm, modrm, sizeof(kModrm)) != nullptr;
}

bool IsDefined(uint8_t opcode, uint8_t modrm) {
  const unsigned group = modrm >> 3 & 7;
  switch (opcode) {
    case 0xd9:
      if (group == 2) return modrm == 0xd0;
      if (group == 4) return (modrm & 7) < 2 || modrm == 0xe4 || modrm == 0xe5;
      return modrm != 0xef;
    case 0xda:
      return group < 4 || modrm == 0xe9;
    case 0xdb:
      return group < 4 || (group == 4 ? (modrm & 7) < 5 : group < 7);
    case 0xdd:
      return group < 6;
    case 0xde:
      return group != 3 || modrm == 0xd9;
    case 0xdf:
      return group < 4 || (group == 4 ? modrm == 0xe0 : group < 7);
    default:
      return true;
  }
}

/// By opcode and ModRM.reg; kNone: undefined with a memory operand.
Operand MemoryOperandOf(uint8_t opcode, unsigned group) {
  using enum Operand;
  constexpr Operand kD9[] = {kFloat32, kNone, kFloat32, kFloat32, kImage, kImage, kImage, kImage};
  constexpr Operand kDb[] = {kInteger, kInteger, kInteger, kInteger,
                             kNone,    kFloat80, kNone,    kFloat80};
  constexpr Operand kDd[] = {kFloat64, kInteger, kFloat64, kFloat64, kImage, kNone, kImage, kImage};
  constexpr Operand kDf[] = {kInteger, kInteger, kInteger, kInteger,
                             kDecimal, kInteger, kDecimal, kInteger};
  switch (opcode) {
    case 0xd8:
      return kFloat32;
    case 0xd9:
      return kD9[group];
    case 0xdb:
      return kDb[group];
    case 0xdc:
      return kFloat64;
    case 0xdd:
      return kDd[group];
    case 0xdf:
      return kDf[group];
    default:
      return kInteger;
  }
}

std::vector<Insn> AllInsns() {
  std::vector<Insn> insns = {{{0x9b}, Operand::kNone, false}};
  for (unsigned opcode = 0xd8; opcode <= 0xdf; ++opcode) {
    const auto byte = static_cast<uint8_t>(opcode);
    for (unsigned group = 0; group < 8; ++group) {
      const Operand operand = MemoryOperandOf(byte, group);
      if (operand == Operand::kNone) continue;
      const auto modrm = static_cast<uint8_t>(group << 3 | 7);
      insns.push_back({{byte, modrm}, operand, false});
      if (operand == Operand::kImage) insns.push_back({{0x66, byte, modrm}, operand, false});
    }
    for (unsigned modrm = 0xc0; modrm <= 0xff; ++modrm) {
      const auto second = static_cast<uint8_t>(modrm);
      if (!IsDefined(byte, second)) continue;
      insns.push_back({{byte, second}, Operand::kNone, IsTranscendental(byte, second)});
    }
  }
  return insns;
}

/// Draws what an instruction begins with.
class Generator {
 public:
  explicit Generator(uint64_t seed) : source_(seed) {}

  Image Draw(const Insn& insn) {
    Image image;
    memset(&image, 0, sizeof(image));
    DrawX87(image.fx);
    for (uint8_t& byte : image.operand) byte = static_cast<uint8_t>(source_.Bits());
    DrawOperand(insn.operand, image.operand);
    image.rflags = kFlagFixed | kFlagIf | (source_.Bits() & kArithmeticFlags);
    image.rax = source_.Bits();
    return image;
  }

 private:
  void DrawX87(uint8_t* fx) {
    const uint16_t control = static_cast<uint16_t>(source_.Control() & 0x0f7f);
    // Nothing is pending: exceptions that are unmasked are not set.
    const auto exceptions = static_cast<uint16_t>(source_.Bits() & control & 0x3f);
    const auto rest = static_cast<uint16_t>(source_.Bits() & 0x7f40);
    Put<uint16_t>(fx, control);
    Put<uint16_t>(fx + 2, rest | exceptions);
    fx[4] = static_cast<uint8_t>(DrawTags(rest >> 11 & 7));
    Put<uint32_t>(fx + 24, kMxcsrReset);
    Float80 value = source_.Any();
    for (unsigned i = 0; i < 8; ++i) {
      Put(fx + 32 + 16 * i, value.significand);
      Put(fx + 40 + 16 * i, value.sign_exponent);
      value = source_.Near(value);
    }
  }

  unsigned DrawTags(unsigned top) {
    const uint64_t bits = source_.Bits();
    switch (bits % 8) {
      case 0:
        return static_cast<unsigned>(bits >> 8 & 0xff);  // some holes
      case 1:
        return 0xff;
      default:  // all but st(7), so that there is room to push
        return ~(1u << ((top + 7) & 7)) & 0xff;
    }
  }

  void DrawOperand(Operand operand, uint8_t* to) {
    const Float80 value = source_.Any();
    float80::Context context;
    switch (operand) {
      case Operand::kNone:
        break;
      case Operand::kFloat32:
        if (source_.Bits() % 2 != 0) Put(to, DrawFloat<uint32_t, 23>());
        break;
      case Operand::kFloat64:
        if (source_.Bits() % 2 != 0) Put(to, DrawFloat<uint64_t, 52>());
        break;
      case Operand::kFloat80:
        Put(to, value.significand);
        Put(to + 8, value.sign_exponent);
        break;
      case Operand::kInteger:
        if (source_.Bits() % 4 == 0) Put<uint64_t>(to, 0);
        break;
      case Operand::kDecimal:
        for (unsigned i = 0; i < 9; ++i) {
          to[i] = static_cast<uint8_t>((to[i] >> 4) % 10 << 4 | (to[i] & 15) % 10);
        }
        break;
      case Operand::kImage:
        break;
    }
  }

  template <class T, unsigned fraction_bits>
  T DrawFloat() {
    auto value = static_cast<T>(source_.Bits());
    const T exponent = static_cast<T>(~T{0} << 1) >> 1 >> fraction_bits << fraction_bits;
    const uint64_t choice = source_.Bits();
    if (choice % 4 == 0) value &= static_cast<T>(~exponent);
    if (choice % 4 == 1) value |= exponent;
    if (choice / 4 % 4 == 0) value &= static_cast<T>(~T{0} << fraction_bits);
    return value;
  }

  OperandSource source_;
};

/// A float80 as an integer that counts in units in the last place; signs apart.
uint64_t UlpDistance(const uint8_t* a, const uint8_t* b) {
  const auto high_a = Get<uint16_t>(a + 8);
  const auto high_b = Get<uint16_t>(b + 8);
  const auto x = Get<uint64_t>(a);
  const auto y = Get<uint64_t>(b);
  const bool denormal = (high_a & 0x7fff) <= 1 && (high_b & 0x7fff) <= 1;  // one scale for both
  if (high_a == high_b || (denormal && (high_a ^ high_b) == 1)) return x > y ? x - y : y - x;
  if (high_a == high_b + 1) return 2 * x - y;  // across a power of two
  if (high_b == high_a + 1) return 2 * y - x;
  return ~uint64_t{0};
}

/// Makes equal what may differ: pointers (the code is elsewhere), a transcendental's last place and
/// C1.
void Forgive(const Insn& insn, const Image& oracle, Image* subject) {
  memcpy(subject->fx + 6, oracle.fx + 6, 2 + 8 + 8);
  memcpy(subject->fx + 28, oracle.fx + 28, 4);
  if (!insn.transcendental) return;
  const auto status = Get<uint16_t>(oracle.fx + 2);
  const auto own = Get<uint16_t>(subject->fx + 2);
  Put<uint16_t>(subject->fx + 2, static_cast<uint16_t>((own & ~0x0200) | (status & 0x0200)));
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned at = 32 + 16 * i;
    if (UlpDistance(oracle.fx + at, subject->fx + at) <= 1) {
      // Between the largest denormal and the smallest normal number a unit decides on underflow.
      const bool crosses = Get<uint16_t>(oracle.fx + at + 8) != Get<uint16_t>(subject->fx + at + 8);
      if (crosses && (Get<uint16_t>(oracle.fx + at + 8) & 0x7fff) <= 1) {
        subject->fx[2] = static_cast<uint8_t>((subject->fx[2] & ~0x10) | (oracle.fx[2] & 0x10));
      }
      memcpy(subject->fx + at, oracle.fx + at, 10);
    }
  }
}

std::string Print(const uint8_t* bytes, size_t size) {
  std::string text;
  char pair[4];
  for (size_t i = 0; i < size; ++i) {
    snprintf(pair, sizeof(pair), "%02x%s", bytes[i], i % 8 == 7 ? " " : "");
    text += pair;
  }
  return text;
}

std::string PrintX87(const Image& image) {
  char text[64];
  snprintf(text, sizeof(text), "cw %04x sw %04x tag %02x rflags %03x rax %04x\n",
           Get<uint16_t>(image.fx), Get<uint16_t>(image.fx + 2), image.fx[4],
           static_cast<unsigned>(image.rflags & kArithmeticFlags),
           static_cast<unsigned>(image.rax & 0xffff));
  std::string all = text;
  for (unsigned i = 0; i < 8; ++i) {
    const uint8_t* st = image.fx + 32 + 16 * i;
    snprintf(text, sizeof(text), "  st%u %04x:%016llx", i, Get<uint16_t>(st + 8),
             static_cast<unsigned long long>(Get<uint64_t>(st)));
    all += text;
  }
  return all + "\n  memory " + Print(image.operand, 32);
}

bool Same(const Image& a, const Image& b) {
  return memcmp(a.fx, b.fx, kComparedFxBytes) == 0 &&
         memcmp(a.operand, b.operand, kOperandBytes) == 0 && a.rflags == b.rflags && a.rax == b.rax;
}

TEST_CASE("x87 instructions equal the processor's") {
  Oracle oracle;
  Subject subject;
  for (const Insn& insn : AllInsns()) {
    const std::string bytes = Print(insn.code.data(), insn.code.size());
    Generator generator(insn.code.back() + insn.code.front() * 256u);
    for (int i = 0; i < kCasesPerInsn; ++i) {
      const Image before = generator.Draw(insn);
      Image expected = before;
      Image actual = before;
      oracle.Run(insn.code, &expected);
      const TrapKind kind = subject.Run(insn.code, &actual);
      Forgive(insn, expected, &actual);
      if (kind == TrapKind::kBreakpoint && Same(expected, actual)) continue;
      CAPTURE(bytes, kind, PrintX87(before), PrintX87(expected), PrintX87(actual));
      CHECK(kind == TrapKind::kBreakpoint);
      CHECK(Same(expected, actual));
      break;
    }
  }
}

}  // namespace
}  // namespace elfin::cpu::x87_test
