#include "tests/cpu/fuzz/blocks.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "decoder/insn_decoder.h"
#include "jit/semantics/operands.h"
#include "runtime/base/check.h"
#include "tests/cpu/fuzz/addressing.h"
#include "tests/cpu/fuzz/encoding_bytes.h"
#include "tests/cpu/fuzz/floating_state.h"
#include "tests/cpu/fuzz/layout.h"
#include "tests/cpu/fuzz/row_hints.h"
#include "tests/cpu/fuzz/values.h"

namespace elfin::fuzz {

using decoder::GuestInsn;
using decoder::Mnemonic;
using decoder::OperandKind;
using std::string_view;

namespace {

constexpr unsigned kInnerCounter = 12, kOuterCounter = 14;
constexpr unsigned kBases[] = {5, 13}, kIndices[] = {7, 15};
constexpr uint8_t kJumpNear = 0xe9, kCallNear = 0xe8, kJrcxz = 0xe3, kRet = 0xc3, kInt3 = 0xcc;

bool IsReserved(unsigned gpr) {
  static constexpr unsigned kReserved[] = {4, 5, 7, 12, 13, 14, 15};
  return std::find(std::begin(kReserved), std::end(kReserved), gpr) != std::end(kReserved);
}

bool StartsWithOneOf(string_view name, std::initializer_list<string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](string_view start) { return name.substr(0, start.size()) == start; });
}

/// Rows that would leave the zones, change what is reserved, or take more than a block should.
bool IsUnfit(const Bucket& bucket, string_view name) {
  if (bucket.encodings.empty() || WhyExcluded(bucket) != nullptr || IsApproximate(bucket))
    return true;
  return StartsWithOneOf(name, {"Invalid", "NotImplemented", "TooLong", "BlockEnd", "MovToSegment",
                                "MovPrivileged", "PushSegment", "Popfw", "Popfq", "Enter", "Leave",
                                "Xlat", "Maskmov", "Ldmxcsr", "Stmxcsr"});
}

/// A piece of code; target: the piece that a jump goes to, as its number.
struct Piece {
  std::vector<uint8_t> bytes;  // a jump's distance is the last of them
  int target = -1;
};

}  // namespace

/// Puts one block together.
class BlockBuilder {
 public:
  BlockBuilder(const BlockMaker& maker, Random& random) : maker_(maker), random_(random) {}

  bool undefined() const { return undefined_; }
  uint64_t ignored_flags() const { return ignored_flags_; }

  std::vector<uint8_t> Make() {
    const unsigned count = 5 + static_cast<unsigned>(random_.Below(26));
    MakeLoops(count);
    calls_ = random_.Chance(15);
    all_defined_ = random_.Chance(60);
    for (unsigned n = 0; n < count; ++n) {
      place_.push_back(static_cast<int>(pieces_.size()));
      for (Loop& loop : loops_) {
        if (loop.head == n) BeginLoop(loop);
      }
      AddStep();
      for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
        if (loop->tail == n) EndLoop(*loop);
      }
    }
    place_.push_back(static_cast<int>(pieces_.size()));
    pieces_.push_back({{kInt3}});
    for (const auto& [piece, step] : forward_)
      pieces_[piece].target = place_[std::min(step, count)];
    if (calls_) AddFunction();
    return Assemble();
  }

 private:
  struct Loop {
    unsigned head, tail, counter;
    int begin = 0;
  };

  void MakeLoops(unsigned count) {
    if (!random_.Chance(45)) return;
    const auto head = static_cast<unsigned>(random_.Below(count));
    const auto tail = head + static_cast<unsigned>(random_.Below(count - head));
    loops_.push_back({head, tail, kOuterCounter});
    if (!random_.Chance(40)) return;
    // Within the first one, or behind it.
    const bool within = random_.Chance(60);
    const unsigned from = within ? head : tail + 1, to = within ? tail + 1 : count;
    if (from >= to) return;
    const auto inner = from + static_cast<unsigned>(random_.Below(to - from));
    loops_.push_back(
        {inner, inner + static_cast<unsigned>(random_.Below(to - inner)), kInnerCounter});
  }

  void BeginLoop(Loop& loop) {
    const auto reg = static_cast<uint8_t>(loop.counter - 8);
    const auto rounds = static_cast<uint8_t>(1 + random_.Below(4));
    Add({0x41, static_cast<uint8_t>(0xb8 | reg), rounds, 0, 0, 0});  // MOV
    loop.begin = static_cast<int>(pieces_.size());
    Add({0x41, 0x83, static_cast<uint8_t>(0xe8 | reg), 1});  // SUB …, 1
  }
  void EndLoop(const Loop& loop) {
    // TEST counter, counter: its sign ends the loop also where a jump led past BeginLoop.
    Add({0x45, 0x85, static_cast<uint8_t>(0xc0 | (loop.counter - 8) * 9)});
    pieces_.push_back({{0x0f, 0x8f, 0, 0, 0, 0}, loop.begin});  // JG
  }

  void Add(std::vector<uint8_t> bytes) { pieces_.push_back({std::move(bytes)}); }
  void Forward(std::vector<uint8_t> bytes) {
    const auto step = static_cast<unsigned>(place_.size());
    forward_.push_back({pieces_.size(), step + static_cast<unsigned>(random_.Below(6))});
    pieces_.push_back({std::move(bytes), 0});
  }

  void AddStep() {
    const uint64_t kind = random_.Below(100);
    if (kind < 13) {
      const auto condition = static_cast<uint8_t>(0x80 | random_.Below(16));
      AddInsn(random_.Chance(60) ? BlockMaker::kCompute : BlockMaker::kVector);
      Forward({0x0f, condition, 0, 0, 0, 0});
    } else if (kind < 14) {
      Forward({kJumpNear, 0, 0, 0, 0});
    } else if (kind < 15) {
      Forward({kJrcxz, 0});
    } else if (kind < 18 && calls_) {
      call_pieces_.push_back(pieces_.size());
      pieces_.push_back({{kCallNear, 0, 0, 0, 0}, 0});
    } else if (kind < 20 && calls_) {
      call_pieces_.push_back(pieces_.size());
      pieces_.push_back({{0x4c, 0x8d, 0x1d, 0, 0, 0, 0}, 0});  // LEA r11, [rip + …]
      Add({0x41, 0xff, 0xd3});                                 // CALL r11
    } else if (kind < 24) {
      AddIndirectJump();
    } else {
      AddInsn();
    }
  }

  /// To one place, or to one of two.
  void AddIndirectJump() {
    const auto condition = static_cast<uint8_t>(0x40 | random_.Below(16));
    const bool chooses = random_.Chance(60);
    if (chooses) AddInsn(BlockMaker::kCompute);
    Forward({0x4c, 0x8d, 0x1d, 0, 0, 0, 0});  // LEA r11, [rip + …]
    if (chooses) {
      Forward({0x4c, 0x8d, 0x15, 0, 0, 0, 0});  // LEA r10, [rip + …]
      Add({0x4d, 0x0f, condition, 0xda});       // CMOVcc r11, r10
    }
    Add({0x41, 0xff, 0xe3});  // JMP r11
  }

  void AddFunction() {
    const int begin = static_cast<int>(pieces_.size());
    for (uint64_t left = random_.Below(5); left > 0; --left) AddInsn(BlockMaker::kCompute);
    Add({kRet});
    for (const size_t piece : call_pieces_) pieces_[piece].target = begin;
  }

  void AddInsn() {
    static constexpr BlockMaker::Kind kMix[] = {
        BlockMaker::kCompute,  BlockMaker::kCompute,  BlockMaker::kCompute,  BlockMaker::kCompute,
        BlockMaker::kCompute,  BlockMaker::kCompute,  BlockMaker::kUseFlags, BlockMaker::kUseFlags,
        BlockMaker::kUseFlags, BlockMaker::kUseFlags, BlockMaker::kMove,     BlockMaker::kMove,
        BlockMaker::kMove,     BlockMaker::kShift,    BlockMaker::kShift,    BlockMaker::kBits,
        BlockMaker::kVector,   BlockMaker::kVector,   BlockMaker::kVector,   BlockMaker::kNumbers};
    AddInsn(random_.Pick(kMix));
  }
  void AddInsn(BlockMaker::Kind kind) {
    const auto& buckets = maker_.buckets_[kind];
    Instance instance;
    for (;;) {
      const Bucket& bucket = *buckets[random_.Below(buckets.size())];
      const bool divides = bucket.row == Mnemonic::kDiv || bucket.row == Mnemonic::kIdiv;
      if (divides && !random_.Chance(10)) continue;
      if (!MakeInstance(random_, bucket, kCode, &instance) || !Fit(bucket, &instance)) continue;
      const uint64_t flags = UndefinedFlags(bucket, instance, Case{});
      if (flags != 0 && all_defined_) continue;
      ignored_flags_ |= flags;
      undefined_ |= flags != 0;
      Add({instance.bytes, instance.bytes + instance.insn.length});
      return;
    }
  }

  /// Makes the instance's operands those of blocks. False: it can't be done.
  bool Fit(const Bucket& bucket, Instance* instance) {
    const GuestInsn& insn = instance->insn;
    if (RunsElsewhere(*instance) || DiffersByProcessor(*instance)) return false;
    // PUSH and POP with 16 bits leave the stack misaligned, which is fine; rsp is theirs.
    for (unsigned n = 0; n < 2; ++n) {
      const bool writes = n == 0 || bucket.row == Mnemonic::kXchg ||
                          bucket.row == Mnemonic::kXadd || bucket.row == Mnemonic::kMulx;
      const bool is_register = decoder::FormOperand(insn.form, n) == OperandKind::kRegister;
      if (writes && is_register && insn.reg[n] < 128 && IsReserved(insn.reg[n] / 8)) return false;
    }
    if (!bucket.HasMemory()) return true;
    const bool bit_test = insn.mnemonic >= Mnemonic::kBt && insn.mnemonic <= Mnemonic::kBtc;
    if (bit_test && decoder::FormOperand(insn.form, 1) == OperandKind::kRegister) return false;
    return AimOperand(bucket, instance);
  }

  bool AimOperand(const Bucket& bucket, Instance* instance) {
    ZydisDecodedInstruction raw;
    if (!DecodeRaw(instance->bytes, &raw)) return false;
    if ((raw.attributes & ZYDIS_ATTRIB_HAS_MODRM) == 0 || raw.raw.modrm.mod % 3 == 0) return false;
    if (instance->insn.segment != decoder::kZeroOffset) return false;
    uint8_t& modrm = instance->bytes[raw.raw.modrm.offset];
    const bool sib = (raw.attributes & ZYDIS_ATTRIB_HAS_SIB) != 0;
    if (sib) {
      uint8_t& byte = instance->bytes[raw.raw.modrm.offset + 1];
      byte = static_cast<uint8_t>((byte & 0xf8) | (kBases[0] & 7));
      if (instance->insn.index != decoder::kZeroOffset) {
        byte = static_cast<uint8_t>((byte & 0xc7) | (kIndices[0] & 7) << 3);
      }
    } else {
      modrm = static_cast<uint8_t>((modrm & 0xf8) | (kBases[0] & 7));
    }
    const unsigned align = random_.Chance(4) ? 1 : random_.Chance(50) ? 16 : 8;
    const bool needs = string_view(bucket.chapter).substr(0, 3) == "sse";
    auto displacement = static_cast<int32_t>(random_.Below(176)) - 64;
    displacement &= -static_cast<int32_t>(needs && align == 8 ? 16 : align);
    memcpy(instance->bytes + instance->displacement_at, &displacement, instance->displacement_size);
    if (!Redecode(bucket, kCode, instance)) return false;
    const GuestInsn& insn = instance->insn;
    const unsigned base = GprNumber(insn.base), index = GprNumber(insn.index);
    return (base == kBases[0] || base == kBases[1]) &&
           (index == 16 || index == kIndices[0] || index == kIndices[1]);
  }

  std::vector<uint8_t> Assemble() {
    std::vector<size_t> at;
    std::vector<uint8_t> code;
    for (const Piece& piece : pieces_) {
      at.push_back(code.size());
      code.insert(code.end(), piece.bytes.begin(), piece.bytes.end());
    }
    for (size_t n = 0; n < pieces_.size(); ++n) {
      const Piece& piece = pieces_[n];
      if (piece.target < 0) continue;
      const size_t next = at[n] + piece.bytes.size();
      const auto distance = static_cast<int32_t>(at[static_cast<size_t>(piece.target)] - next);
      const size_t size = piece.bytes[0] == kJrcxz ? 1 : 4;
      if (size == 1 && distance > 127) continue;  // to the next instruction then
      memcpy(code.data() + next - size, &distance, size);
    }
    return code;
  }

  const BlockMaker& maker_;
  Random& random_;
  std::vector<Piece> pieces_;
  std::vector<int> place_;  // of each step: its first piece
  std::vector<Loop> loops_;
  std::vector<std::pair<size_t, unsigned>> forward_;  // jump, the step it goes to
  std::vector<size_t> call_pieces_;
  bool calls_ = false;
  bool all_defined_ = false;
  bool undefined_ = false;
  uint64_t ignored_flags_ = 0;
};

BlockMaker::BlockMaker(const std::vector<Bucket>& buckets) {
  for (const Bucket& bucket : buckets) {
    const string_view chapter = bucket.chapter;
    const string_view name = decoder::ColumnsOf(bucket.row).name;
    if (IsUnfit(bucket, name)) continue;
    if (StartsWithOneOf(name, {"Adc", "Sbb", "Cmov", "Set", "Lahf", "Sahf", "Pushfq", "Rcl", "Rcr",
                               "Cmc", "Stc", "Clc"})) {
      buckets_[kUseFlags].push_back(&bucket);
    } else if (chapter == "arith") {
      buckets_[kCompute].push_back(&bucket);
    } else if (chapter == "move") {
      buckets_[kMove].push_back(&bucket);
    } else if (chapter == "shift") {
      buckets_[kShift].push_back(&bucket);
    } else if (chapter == "bmi") {
      buckets_[kBits].push_back(&bucket);
    } else if (chapter == "sse_float") {
      buckets_[kNumbers].push_back(&bucket);
    } else if (chapter.substr(0, 3) == "sse") {
      buckets_[kVector].push_back(&bucket);
    }
  }
}

void BlockMaker::Make(Random& random, Case* test, bool* undefined) const {
  *test = Case{};
  for (;;) {
    BlockBuilder builder(*this, random);
    const std::vector<uint8_t> code = builder.Make();
    if (code.size() > kMaxCodeSize) continue;
    memcpy(test->code, code.data(), code.size());
    test->code_size = static_cast<uint32_t>(code.size());
    test->ignored_flags = builder.ignored_flags();
    *undefined = builder.undefined();
    break;
  }
  Registers& before = test->before;
  for (uint64_t& reg : before.gpr) reg = InterestingInteger(random);
  const auto& numbers = buckets_[kNumbers];
  FillFloatingState(random, *numbers[random.Below(numbers.size())], &before);
  if (random.Chance(70)) before.fx[kFxMxcsr] |= 0x20;  // PE: most operations are plain then
  before.rip = kCode + random.Below(kCodeEnd - kCode - kMaxCodeSize);
  before.gpr[semantics::kRsp] = kStack + 2048 + random.Below(64) * 8;
  before.gpr[kBases[0]] = kData + 1024 + random.Below(32) * 16;
  before.gpr[kBases[1]] = kData + kPageSize - 64 + random.Below(8) * 16;
  for (const unsigned index : kIndices) before.gpr[index] = random.Below(4) * 16;
  for (const unsigned counter : {kInnerCounter, kOuterCounter}) before.gpr[counter] &= 3;
  before.rflags = (random.Next() & cpu::kArithmeticFlags) | cpu::kFlagFixed | cpu::kFlagIf;
}

}  // namespace elfin::fuzz
