#include "tests/cpu/fuzz/floating_state.h"

#include <cstring>
#include <string_view>

#include "decoder/columns.h"
#include "decoder/insn_decoder.h"
#include "runtime/cpu/cpu_state.h"
#include "tests/cpu/fuzz/row_hints.h"
#include "tests/cpu/fuzz/values.h"

namespace elfin::fuzz {
namespace {

using std::string_view;

string_view RowName(const Bucket& bucket) { return decoder::ColumnsOf(bucket.row).name; }

template <class T>
void Put(Registers* registers, unsigned offset, T value) {
  memcpy(registers->fx + offset, &value, sizeof(value));
}

/// The rows of sse3 and sse4 whose operands are floating-point numbers.
bool ComputesFloats(const Bucket& bucket) {
  const string_view chapter = bucket.chapter;
  if (chapter != "sse3" && chapter != "sse4") return false;
  for (const string_view beginning : {"Addsub", "Hadd", "Hsub", "Round", "Dpp"}) {
    if (RowName(bucket).substr(0, beginning.size()) == beginning) return true;
  }
  return false;
}

/// Rows of SSE3 and before that come with MMX registers.
bool HasMmxForms(const Bucket& bucket) {
  return (decoder::ColumnsOf(bucket.row).widths & decoder::k128) != 0;
}

Lanes LanesFor(Random& random, const Bucket& bucket) {
  const string_view chapter = bucket.chapter;
  if (chapter == "x87") {
    static constexpr Lanes kAll[] = {Lanes::kFloats, Lanes::kDoubles, Lanes::kExtended,
                                     Lanes::kIntegers, Lanes::kDecimal};
    return random.Pick(kAll);
  }
  if (IsStringCompare(bucket)) return random.Chance(85) ? Lanes::kText : Lanes::kIntegers;
  if (chapter == "sse_float" || ComputesFloats(bucket)) {
    if (random.Chance(15)) return random.Chance(50) ? Lanes::kIntegers : Lanes::kMixed;
    const string_view name = RowName(bucket);
    if (name.substr(0, 3) == "Cvt") return static_cast<Lanes>(random.Below(3));
    return name.back() == 's'   ? Lanes::kFloats
           : name.back() == 'd' ? Lanes::kDoubles
                                : Lanes::kMixed;
  }
  if (chapter == "sse_move") return Lanes::kMixed;
  return Lanes::kIntegers;
}

bool UsesFloatingState(const Bucket& bucket) {
  const string_view chapter = bucket.chapter;
  return chapter == "x87" || chapter == "mmx" || chapter == "crypto" ||
         chapter.substr(0, 3) == "sse";
}

/// Reserved bits and all, but for MM, which only AMD's processors have.
uint32_t AnyMxcsr(Random& random) { return static_cast<uint32_t>(random.Next()) & ~(1u << 17); }

/// Mostly as programs have it; other roundings, flushing, flags already set, unmasked exceptions.
uint32_t Mxcsr(Random& random) {
  uint32_t mxcsr = cpu::kMxcsrReset;
  if (random.Chance(20)) mxcsr |= static_cast<uint32_t>(random.Below(4)) << 13;
  if (random.Chance(6)) mxcsr |= 1u << 15;
  if (random.Chance(6)) mxcsr |= 1u << 6;
  if (random.Chance(20)) mxcsr |= static_cast<uint32_t>(random.Below(64));
  if (random.Chance(6)) mxcsr &= ~(static_cast<uint32_t>(random.Below(64)) << 7);
  return mxcsr;
}

uint16_t X87Control(Random& random) {
  unsigned control = cpu::kX87ControlReset;
  if (random.Chance(20))
    control = (control & ~0xc00u) | static_cast<unsigned>(random.Below(4)) << 10;
  if (random.Chance(12))
    control = (control & ~0x300u) | static_cast<unsigned>(random.Below(4)) << 8;
  if (random.Chance(6)) control &= ~static_cast<unsigned>(random.Below(64));
  return static_cast<uint16_t>(control);
}

/// Status with TOP; pending exceptions only where they are masked (a program gets past no others).
uint16_t X87Status(Random& random, uint16_t control) {
  unsigned status = static_cast<unsigned>(random.Next()) & 0x4700;  // C0 … C3
  if (random.Chance(70)) status |= static_cast<unsigned>(random.Below(8)) << 11;
  if (random.Chance(20))
    status |= static_cast<unsigned>(random.Below(128)) & (0x40u | (control & 0x3fu));
  return static_cast<uint16_t>(status);
}

uint8_t X87Tags(Random& random) {
  static constexpr uint8_t kTags[] = {0xff, 0xff, 0xff, 0x00, 0x7f, 0xfe, 0x3f};
  return random.Chance(75)   ? 0xff
         : random.Chance(50) ? random.Pick(kTags)
                             : static_cast<uint8_t>(random.Next());
}

void FillX87(Random& random, const Bucket& bucket, Registers* registers) {
  const uint16_t control = X87Control(random);
  Put(registers, kFxControl, control);
  Put(registers, kFxStatus, X87Status(random, control));
  Put(registers, kFxTag, uint16_t{X87Tags(random)});
  const bool integers = string_view(bucket.chapter) == "mmx" || HasMmxForms(bucket);
  for (unsigned n = 0; n < 8; ++n) {
    uint8_t* to = registers->fx + kFxSt + 16 * n;
    if (integers) {
      FillLanes(random, random.Chance(80) ? Lanes::kIntegers : Lanes::kMixed, to, 8);
      Put(registers, kFxSt + 16 * n + 8, uint64_t{0xffff});
    } else {
      FillLanes(random, Lanes::kExtended, to, 16);
    }
  }
}

}  // namespace

void FillFloatingState(Random& random, const Bucket& bucket, Registers* registers) {
  memset(registers->fx, 0, sizeof(registers->fx));
  Put(registers, kFxControl, cpu::kX87ControlReset);
  Put(registers, kFxMxcsr, cpu::kMxcsrReset);
  if (!UsesFloatingState(bucket) && !random.Chance(10)) return;
  const bool mmx = HasMmxForms(bucket) && bucket.width == 8;
  if (string_view(bucket.chapter).substr(0, 3) != "sse" || mmx || random.Chance(20)) {
    FillX87(random, bucket, registers);
  }
  Put(registers, kFxMxcsr, Mxcsr(random));
  for (unsigned n = 0; n < 16; ++n) {
    FillLanes(random, LanesFor(random, bucket), registers->fx + kFxXmm + 16 * n, 16);
  }
}

size_t FillMemoryOperand(Random& random, const Bucket& bucket, uint8_t bytes[512]) {
  const string_view name = RowName(bucket);
  size_t size = UsesFloatingState(bucket) && string_view(bucket.chapter) != "mmx" ? 16 : 8;
  if (name == "Fxrstor" || name == "Fxrstor64") size = 512;
  if (name == "Frstor" || name == "Fldenv") size = 112;
  if (name == "Cmpxchg16b") size = 16;
  FillLanes(random, LanesFor(random, bucket), bytes, size);
  if (name == "Jmp" || name == "Call") {
    const uint64_t target = CodeAddress(random);
    memcpy(bytes, &target, sizeof(target));
  } else if (size == 512) {
    Registers state;
    FillX87(random, bucket, &state);
    memcpy(bytes, state.fx, kFxMxcsr);
    memcpy(bytes + kFxSt, state.fx + kFxSt, 128);
    const uint32_t mxcsr = random.Chance(90) ? Mxcsr(random) : AnyMxcsr(random);
    memcpy(bytes + kFxMxcsr, &mxcsr, sizeof(mxcsr));
  } else if (name == "Ldmxcsr") {
    const uint32_t mxcsr = random.Chance(80) ? Mxcsr(random) : AnyMxcsr(random);
    memcpy(bytes, &mxcsr, sizeof(mxcsr));
  } else if (name == "Fldcw") {
    const uint16_t control =
        random.Chance(80) ? X87Control(random) : static_cast<uint16_t>(random.Next());
    memcpy(bytes, &control, sizeof(control));
  }
  return size;
}

}  // namespace elfin::fuzz
