#include "tests/cpu/fuzz/row_hints.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>

#include "decoder/insn_decoder.h"
#include "jit/semantics/operands.h"
#include "tests/cpu/fuzz/addressing.h"
#include "tests/cpu/fuzz/layout.h"
#include "tests/cpu/fuzz/values.h"

namespace elfin::fuzz {
namespace {

using decoder::GuestInsn;
using decoder::Mnemonic;
using semantics::Gpr;
using std::string_view;

struct Preparation {
  Random& random;
  const Bucket& bucket;
  const GuestInsn& insn;
  Case* test;

  uint64_t& gpr(unsigned number) const { return test->before.gpr[number]; }
  bool Has(decoder::PrefixBits bit) const { return (insn.prefixes & bit) != 0; }
  void PutWord(uint64_t address, uint64_t word) const {
    PutMemory(test, address, reinterpret_cast<const uint8_t*>(&word), sizeof(word));
  }
};

void PrepareShift(const Preparation& p) {
  const unsigned bits = p.insn.width * 8u;
  const unsigned counts[] = {0,
                             1,
                             2,
                             bits - 1,
                             bits,
                             bits + 1,
                             31,
                             32,
                             33,
                             63,
                             64,
                             65,
                             static_cast<unsigned>(p.random.Below(bits)),
                             255};
  uint64_t& rcx = p.gpr(semantics::kRcx);
  if (p.random.Chance(80)) rcx = (rcx & ~uint64_t{0xff}) | p.random.Pick(counts);
}

/// Dividends whose quotient mostly fits: the upper half small against anything.
void PrepareDivision(const Preparation& p) {
  uint64_t& low = p.gpr(semantics::kRax);
  uint64_t& high = p.gpr(semantics::kRdx);
  if (p.insn.width == 1) {
    if (p.random.Chance(80))
      low = (low & ~uint64_t{0xffff}) | p.random.Below(p.random.Chance(50) ? 256 : 4096);
    if (p.random.Chance(20)) low = (low & ~uint64_t{0xffff}) | (0xffff - p.random.Below(4096));
    return;
  }
  const unsigned bits = p.insn.width * 8u;
  const bool negative = (low >> (bits - 1) & 1) != 0;
  const uint64_t kind = p.random.Below(10);
  if (kind < 4) high = negative ? ~uint64_t{0} : 0;
  if (kind == 4) high = 0;
  if (kind < 7 && kind > 4) high >>= p.random.Below(64);
  if (kind == 7) high = ~(high >> p.random.Below(64));
}

void PrepareBitTest(const Preparation& p) {
  if (!p.bucket.HasMemory() ||
      decoder::FormOperand(p.insn.form, 1) != decoder::OperandKind::kRegister)
    return;
  if (p.random.Chance(90)) p.gpr(GprNumber(p.insn.reg[1])) = p.random.Below(2048) - 1024;
}

/// BEXTR, BZHI, SHLX and its like: the third operand counts.
void PrepareBitCount(const Preparation& p) {
  if (decoder::FormOperand(p.insn.form, 2) != decoder::OperandKind::kRegister) return;
  uint64_t& count = p.gpr(GprNumber(p.insn.reg[2]));
  if (p.random.Chance(70)) count = p.random.Below(72) | p.random.Below(72) << 8;
}

/// Explicit lengths about what a register holds, of both signs.
void PrepareStringCompare(const Preparation& p) {
  for (const auto number : {semantics::kRax, semantics::kRdx}) {
    if (p.random.Chance(75)) p.gpr(number) = p.random.Below(40) - 20;
  }
}

void PrepareLoop(const Preparation& p) {
  uint64_t& rcx = p.gpr(semantics::kRcx);
  if (p.random.Chance(60))
    rcx = p.random.Below(4) | (p.random.Chance(30) ? p.random.Next() << 32 : 0);
}

/// Sources and destinations with runs of equal elements, overlapping now and then; counts of all
/// sizes.
void PrepareString(const Preparation& p) {
  uint64_t& from = p.gpr(semantics::kRsi);
  uint64_t& to = p.gpr(semantics::kRdi);
  uint64_t& count = p.gpr(semantics::kRcx);
  from = DataAddress(p.random);
  while (SegmentBaseOf(p.insn) != 0 && from >> 32 != 0) from = DataAddress(p.random);
  to = p.random.Chance(25) ? from + p.random.Below(40) - 20 : DataAddress(p.random);
  uint8_t bytes[96];
  const auto symbol = static_cast<uint8_t>(p.random.Next());
  for (uint8_t& byte : bytes)
    byte = p.random.Chance(85) ? symbol : static_cast<uint8_t>(p.random.Next());
  if (p.random.Chance(60)) {
    const uint64_t back = p.random.Chance(50) ? 48 : 0;
    PutMemory(p.test, from - back, bytes, sizeof(bytes));
    bytes[p.random.Below(sizeof(bytes))] ^= p.random.Chance(70) ? 0x10 : 0;
    PutMemory(p.test, to - back, bytes, sizeof(bytes));
    p.gpr(semantics::kRax) = symbol * 0x0101'0101'0101'0101u;
  }
  count = p.random.Chance(80)   ? p.random.Below(40)
          : p.random.Chance(70) ? p.random.Below(9000)
                                : InterestingInteger(p.random);
  from -= SegmentBaseOf(p.insn);
  if (p.Has(decoder::kAddress32)) {
    from = static_cast<uint32_t>(from) | p.random.Next() << 32;
    to = static_cast<uint32_t>(to) | p.random.Next() << 32;
    count = static_cast<uint32_t>(count) | p.random.Next() << 32;
  }
}

/// Only where all is writable: processors differ in what they do about bytes that the mask leaves
/// out.
void PrepareMaskedMove(const Preparation& p) {
  uint64_t& to = p.gpr(semantics::kRdi);
  to = kData + p.random.Below(kDataEnd - kData - 16) - SegmentBaseOf(p.insn);
  if (p.Has(decoder::kAddress32)) to = static_cast<uint32_t>(to) | p.random.Next() << 32;
}

void PrepareXlat(const Preparation& p) {
  uint64_t& rbx = p.gpr(semantics::kRbx);
  const uint64_t segment = SegmentBaseOf(p.insn);
  uint64_t target = DataAddress(p.random);
  // As in AimMemoryOperand.
  while (segment != 0 && target >> 32 != 0) target = DataAddress(p.random);
  rbx = target - (p.gpr(semantics::kRax) & 0xff) - segment;
  if (p.Has(decoder::kAddress32) && p.random.Chance(50))
    rbx = static_cast<uint32_t>(rbx) | p.random.Next() << 32;
}

/// The accumulator equals the destination half of the time.
void PrepareCompareExchange(const Preparation& p) {
  if (!p.bucket.HasMemory() && p.random.Chance(50)) {
    const uint16_t offset = p.insn.reg[0];
    const uint64_t value = p.gpr(offset / 8u) >> (offset % 8u * 8u);
    p.gpr(semantics::kRax) =
        p.random.Chance(50) ? value : (value & 0xff) | (p.gpr(semantics::kRax) & ~uint64_t{0xff});
  }
}

void PrepareJump(const Preparation& p) {
  // Two faults at once have no order that is worth having.
  if (decoder::FormOperand(p.insn.form, 0) != decoder::OperandKind::kImmediate) {
    p.gpr(semantics::kRsp) = kStack + kPageSize / 2 + p.random.Below(64) * 8;
  }
  const auto kind = decoder::FormOperand(p.insn.form, 0);
  if (kind == decoder::OperandKind::kRegister)
    p.gpr(GprNumber(p.insn.reg[0])) = CodeAddress(p.random);
}

void PrepareReturn(const Preparation& p) {
  p.PutWord(p.gpr(semantics::kRsp), CodeAddress(p.random));
}

/// TF and AC would trap the harness's own way out; neither is Elfin's to have (docs/design.md).
void PreparePopFlags(const Preparation& p) {
  p.PutWord(p.gpr(semantics::kRsp), p.random.Next() & ~(cpu::kFlagTf | cpu::kFlagAc));
}

void PrepareFrame(const Preparation& p) {
  if (p.random.Chance(90)) p.gpr(semantics::kRbp) = StackAddress(p.random);
}

void PrepareSegment(const Preparation& p) {
  static constexpr uint16_t kSelectors[] = {0, 1, 2, 3, 0x2b, 0x2b, 0x33, 0x10, 0x28, 0x2a};
  if (decoder::FormOperand(p.insn.form, 1) == decoder::OperandKind::kRegister) {
    uint64_t& reg = p.gpr(GprNumber(p.insn.reg[1]));
    reg = (reg & ~uint64_t{0xffff}) | p.random.Pick(kSelectors);
  }
}

bool IsBranch(const GuestInsn& insn) {
  const string_view name = decoder::ColumnsOf(insn.mnemonic).name;
  return name[0] == 'J' || name == "Call" || name == "Ret" || name.substr(0, 4) == "Loop";
}

struct RowFlags {
  Mnemonic row;
  uint64_t flags;
};
constexpr uint64_t CF = cpu::kFlagCf, PF = cpu::kFlagPf, AF = cpu::kFlagAf, ZF = cpu::kFlagZf,
                   SF = cpu::kFlagSf, OF = cpu::kFlagOf;
constexpr RowFlags kUndefinedFlags[] = {
    {Mnemonic::kCount, CF& PF& AF& ZF& SF& OF},
#define EXCLUDE_FLAGS(row, flags, reason) {Mnemonic::k##row, flags},
#include "tests/cpu/fuzz/exclusions.inc"
};

constexpr RowFlags kUndefinedFlagsElsewhere[] = {
#define EXCLUDE_FLAGS_ELSEWHERE(row, flags, reason) {Mnemonic::k##row, flags},
#include "tests/cpu/fuzz/exclusions.inc"
};

struct RowReason {
  Mnemonic row;
  const char* reason;
};
constexpr RowReason kExcluded[] = {
#define EXCLUDE_ROW(row, reason) {Mnemonic::k##row, reason},
#include "tests/cpu/fuzz/exclusions.inc"
};
constexpr RowReason kExcludedElsewhere[] = {
#define EXCLUDE_ROW_ELSEWHERE(row, reason) {Mnemonic::k##row, reason},
#include "tests/cpu/fuzz/exclusions.inc"
};

constexpr string_view kStringInsns[] = {"Movs", "Cmps", "Scas", "Lods", "Stos"};

/// Whether the processor below does as Elfin's in what the manuals leave open.
bool IsModelledProcessor() { return __builtin_cpu_is("amd"); }

/// Of a shift or rotation by more than one bit OF is undefined, and CF when all bits are shifted
/// out.
uint64_t UndefinedFlagsOfShift(Mnemonic row, const Instance& instance, const Case& test) {
  const bool shifts = row == Mnemonic::kShl || row == Mnemonic::kShr || row == Mnemonic::kSar ||
                      row == Mnemonic::kShld || row == Mnemonic::kShrd;
  const bool rotates = row == Mnemonic::kRol || row == Mnemonic::kRor || row == Mnemonic::kRcl ||
                       row == Mnemonic::kRcr;
  if (!shifts && !rotates) return 0;
  const GuestInsn& insn = instance.insn;
  const unsigned last = row == Mnemonic::kShld || row == Mnemonic::kShrd ? 2 : 1;
  const bool immediate = decoder::FormOperand(insn.form, last) == decoder::OperandKind::kImmediate;
  const uint64_t given =
      immediate ? static_cast<uint64_t>(insn.immediate) : test.before.gpr[semantics::kRcx];
  const uint64_t count = given & (insn.width == 8 ? 63 : 31);
  uint64_t flags = count != 1 ? OF : 0;
  if (shifts && count >= 8u * insn.width) flags |= CF;
  return flags;
}

}  // namespace

uint64_t CodeAddress(Random& random) {
  switch (random.Below(12)) {
    case 0:
      return DataAddress(random);
    case 1:
      return random.Next();
    case 2:
      return kCodeEnd - random.Below(3);
    default:
      return kCode + random.Below(kCodeEnd - kCode);
  }
}

void PrepareRow(Random& random, const Bucket& bucket, const Instance& instance, Case* test) {
  const Preparation p{random, bucket, instance.insn, test};
  const string_view chapter = bucket.chapter;
  const string_view name = decoder::ColumnsOf(bucket.row).name;
  if (chapter == "shift" && name[0] == 'B') return PrepareBitTest(p);
  if (chapter == "shift") return PrepareShift(p);
  if (chapter == "string") return PrepareString(p);
  if (chapter == "bmi") return PrepareBitCount(p);
  if (IsStringCompare(bucket)) return PrepareStringCompare(p);
  if (name == "Maskmovdqu" || name == "Maskmovq") return PrepareMaskedMove(p);
  if (name == "Div" || name == "Idiv") return PrepareDivision(p);
  if (name == "Xlat") return PrepareXlat(p);
  if (name.substr(0, 7) == "Cmpxchg") return PrepareCompareExchange(p);
  if (name == "Jmp" || name == "Call") return PrepareJump(p);
  if (name == "Ret") return PrepareReturn(p);
  if (name.substr(0, 4) == "Popf") return PreparePopFlags(p);
  if (name == "Enter" || name == "Leave") return PrepareFrame(p);
  if (name == "MovToSegment") return PrepareSegment(p);
  if (name.substr(0, 4) == "Loop" || name == "Jcxz" || name == "Jecxz" || name == "Jrcxz") {
    return PrepareLoop(p);
  }
}

bool IsStringCompare(const Bucket& bucket) {
  const string_view name = decoder::ColumnsOf(bucket.row).name;
  return name.substr(0, 4) == "Pcmp" && name.find("str") != string_view::npos;
}

bool RunsElsewhere(const Instance& instance) {
  // MOV to fs or gs changes the base that the harness lives by.
  if (instance.insn.mnemonic == Mnemonic::kMovToSegment &&
      instance.insn.reg[0] >= offsetof(cpu::CpuState, segment_selector[4])) {
    return true;
  }
  // Looked for in the bytes, so that a mistake of the decoder's can't call the kernel.
  const uint8_t* bytes = instance.bytes;
  for (unsigned n = 0; n + 1 < instance.insn.length; ++n) {
    const bool call = bytes[n] == 0x0f && (bytes[n + 1] == 0x05 || bytes[n + 1] == 0x34);
    if (call || (bytes[n] == 0xcd && bytes[n + 1] == 0x80)) return true;
  }
  return false;
}

bool DiffersByProcessor(const Instance& instance) {
  const GuestInsn& insn = instance.insn;
  const string_view name = decoder::ColumnsOf(insn.mnemonic).name;
  auto has_prefix = [&](uint8_t prefix) {
    return memchr(instance.bytes, prefix, insn.length) != nullptr;
  };
  if (!IsModelledProcessor()) {
    // What is left of 64-bit registers where a string instruction counts in 32 bits; how much
    // MOVSXD without a wide destination reads; 16-bit double shifts by more than 15.
    const bool is_string = std::any_of(std::begin(kStringInsns), std::end(kStringInsns),
                                       [&](string_view start) { return name.starts_with(start); });
    if (is_string && has_prefix(0x67)) return true;
    const bool shifts_double = insn.mnemonic == Mnemonic::kShld || insn.mnemonic == Mnemonic::kShrd;
    if (insn.width == 2 && (insn.mnemonic == Mnemonic::kMovsxd || shifts_double)) return true;
  }
  switch (insn.mnemonic) {
    case Mnemonic::kBsf:  // with F3: TZCNT and LZCNT where the processor has them
    case Mnemonic::kBsr:
      return has_prefix(0xf3);
    case Mnemonic::kLoope:  // AMD's processors take them for REPE and REPNE
    case Mnemonic::kLoopne:
      return has_prefix(0xf3) || has_prefix(0xf2) || has_prefix(0x66);
    case Mnemonic::kNop:  // 0F 0D with a register: #UD for AMD's
      return has_prefix(0x0d);
    default:
      // AMD's processors cut rip to 16 bits, Intel's and Elfin ignore the prefix.
      return IsBranch(insn) && has_prefix(0x66);
  }
}

uint64_t UndefinedFlags(const Bucket& bucket, const Instance& instance, const Case& test) {
  uint64_t flags = 0;
  const GuestInsn& insn = instance.insn;
  if ((insn.mnemonic == Mnemonic::kShld || insn.mnemonic == Mnemonic::kShrd) && insn.width == 2) {
    const bool immediate = decoder::FormOperand(insn.form, 2) == decoder::OperandKind::kImmediate;
    const uint64_t count =
        immediate ? static_cast<uint64_t>(insn.immediate) : test.before.gpr[semantics::kRcx];
    if ((count & 31) > 15) flags |= CF | OF;
  }
  for (const RowFlags& entry : kUndefinedFlags) {
    if (entry.row == bucket.row) flags |= entry.flags;
  }
  if (IsModelledProcessor()) return flags;
  for (const RowFlags& entry : kUndefinedFlagsElsewhere) {
    if (entry.row == bucket.row) flags |= entry.flags;
  }
  return flags | UndefinedFlagsOfShift(bucket.row, instance, test);
}

bool IsApproximate(const Bucket& bucket) {
  static constexpr Mnemonic kRows[] = {
#define EXCLUDE_PRECISION(row, reason) Mnemonic::k##row,
#include "tests/cpu/fuzz/exclusions.inc"
  };
  return std::find(std::begin(kRows), std::end(kRows), bucket.row) != std::end(kRows);
}

bool FaultAddressIsCompared(const Bucket& bucket) {
  static constexpr Mnemonic kRows[] = {
#define EXCLUDE_FAULT_ADDRESS(row, reason) Mnemonic::k##row,
#include "tests/cpu/fuzz/exclusions.inc"
  };
  return std::find(std::begin(kRows), std::end(kRows), bucket.row) == std::end(kRows);
}

bool FaultsAreCompared(const Bucket& bucket) {
  static constexpr Mnemonic kNowhere[] = {
#define EXCLUDE_FAULTS(row, reason) Mnemonic::k##row,
#include "tests/cpu/fuzz/exclusions.inc"
  };
  static constexpr Mnemonic kElsewhere[] = {
#define EXCLUDE_FAULTS_ELSEWHERE(row, reason) Mnemonic::k##row,
#include "tests/cpu/fuzz/exclusions.inc"
  };
  auto has = [&](auto& rows) {
    return std::find(std::begin(rows), std::end(rows), bucket.row) != std::end(rows);
  };
  return !has(kNowhere) && (IsModelledProcessor() || !has(kElsewhere));
}

const char* WhyExcluded(const Bucket& bucket) {
  if (string_view(bucket.chapter) == "missing") return "a row of what is missing";
  for (const RowReason& entry : kExcluded) {
    if (entry.row == bucket.row) return entry.reason;
  }
  for (const RowReason& entry : kExcludedElsewhere) {
    if (entry.row == bucket.row && !IsModelledProcessor()) return entry.reason;
  }
  return nullptr;
}

}  // namespace elfin::fuzz
