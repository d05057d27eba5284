#include "tests/cpu/fuzz/encodings.h"

#include <cstring>
#include <map>
#include <string_view>
#include <tuple>

#include "decoder/columns.h"
#include "decoder/insn_decoder.h"
#include "tests/cpu/fuzz/encoding_bytes.h"
#include "tests/cpu/fuzz/layout.h"

namespace elfin::fuzz {
namespace {

using decoder::GuestInsn;
using decoder::Mnemonic;
using decoder::OperandForm;
using decoder::OperandKind;

struct Row {
  const char* name;
  const char* chapter;
};
constexpr Row kRows[] = {
#define INSN(name, ...) {#name, "move"},
#include "jit/instructions/move.inc"
#undef INSN
#define INSN(name, ...) {#name, "arith"},
#include "jit/instructions/arith.inc"
#undef INSN
#define INSN(name, ...) {#name, "shift"},
#include "jit/instructions/shift.inc"
#undef INSN
#define INSN(name, ...) {#name, "control"},
#include "jit/instructions/control.inc"
#undef INSN
#define INSN(name, ...) {#name, "string"},
#include "jit/instructions/string.inc"
#undef INSN
#define INSN(name, ...) {#name, "system"},
#include "jit/instructions/system.inc"
#undef INSN
#define INSN(name, ...) {#name, "x87"},
#include "jit/instructions/x87.inc"
#undef INSN
#define INSN(name, ...) {#name, "sse_move"},
#include "jit/instructions/sse_move.inc"
#undef INSN
#define INSN(name, ...) {#name, "sse_float"},
#include "jit/instructions/sse_float.inc"
#undef INSN
#define INSN(name, ...) {#name, "sse_int"},
#include "jit/instructions/sse_int.inc"
#undef INSN
#define INSN(name, ...) {#name, "mmx"},
#include "jit/instructions/mmx.inc"
#undef INSN
#define INSN(name, ...) {#name, "bmi"},
#include "jit/instructions/bmi.inc"
#undef INSN
#define INSN(name, ...) {#name, "sse3"},
#include "jit/instructions/sse3.inc"
#undef INSN
#define INSN(name, ...) {#name, "sse4"},
#include "jit/instructions/sse4.inc"
#undef INSN
#define INSN(name, ...) {#name, "crypto"},
#include "jit/instructions/crypto.inc"
#undef INSN
#define INSN(name, ...) {#name, "missing"},
#include "jit/instructions/missing.inc"
#undef INSN
};
static_assert(sizeof(kRows) / sizeof(kRows[0]) == static_cast<size_t>(Mnemonic::kCount));

OperandForm PlainForm(OperandForm form) {
  unsigned plain = 0;
  for (unsigned n = 0; n < 4; ++n) {
    OperandKind kind = decoder::FormOperand(form, n);
    if (kind == OperandKind::kMemoryFull) kind = OperandKind::kMemory;
    plain |= static_cast<unsigned>(kind) << (3 * n);
  }
  return static_cast<OperandForm>(plain);
}

using BucketKey = std::tuple<Mnemonic, uint8_t, OperandForm>;

/// Opcodes whose register forms mean something else for each ModRM.rm.
bool RmMatters(const Encoding& e) {
  if (e.map == 0) return e.opcode >= 0xd8 && e.opcode <= 0xdf;
  return e.map == 1 &&
         (e.opcode == 0x01 || e.opcode == 0xae || e.opcode == 0xc7 || e.opcode == 0x1e);
}

bool IsPrefixByte(uint8_t map, uint8_t opcode) {
  if (map == 1) return opcode == 0x38 || opcode == 0x3a || opcode == 0x0f;
  if (map != 0) return false;
  switch (opcode) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf0:
    case 0xf2:
    case 0xf3:
    case 0x0f:
    case 0x62:
    case 0xc4:
    case 0xc5:
      return true;
    default:
      return opcode >= 0x40 && opcode <= 0x4f;
  }
}

unsigned PutBare(uint8_t* to, const Encoding& e) {
  unsigned size = 0;
  if (e.narrow) to[size++] = 0x66;
  if (e.prefix != 0 && !e.vex) to[size++] = e.prefix;
  size += PutOpcode(to + size, e, e.rex_w ? 0x48 : 0, 0);
  if (e.has_modrm) {
    const unsigned low = e.memory ? 3u : 0xc0u | e.rm;  // [rbx]
    to[size++] = static_cast<uint8_t>(e.reg << 3 | low);
  }
  return size;
}

class Collector {
 public:
  explicit Collector(std::vector<Bucket>* buckets) : buckets_(*buckets) {
    for (size_t n = 0; n < buckets_.size(); ++n) {
      index_[{buckets_[n].row, buckets_[n].width, buckets_[n].form}] = n;
    }
  }

  void Enter(const Encoding& e) {
    uint8_t bytes[16] = {};
    const unsigned size = PutBare(bytes, e);
    memset(bytes + size, 0x11, sizeof(bytes) - size);
    GuestInsn insn;
    if (decoder::DecodeInsn(bytes, 15, static_cast<uint32_t>(kCode), decoder::GuestMode::k64Bit,
                            &insn) != decoder::DecodeOutcome::kDecoded) {
      return;
    }
    if ((e.vex || e.narrow) && !IsGeneral(insn.mnemonic)) return;
    for (auto& [key, n] : Range(insn)) buckets_[n].encodings.push_back(e);
  }

 private:
  /// Whether VEX, or 66 together with another prefix, is of interest: in general registers.
  static bool IsGeneral(Mnemonic row) {
    return std::string_view(kRows[static_cast<size_t>(row)].chapter) == "bmi" ||
           row == Mnemonic::kCrc32 || row == Mnemonic::kCrc32OfByte;
  }
  /// The plain bucket and the one with full addressing.
  std::vector<std::pair<BucketKey, size_t>> Range(const GuestInsn& insn) {
    std::vector<std::pair<BucketKey, size_t>> found;
    for (const auto& form : decoder::kFormBits) {
      if (PlainForm(form.form) != PlainForm(insn.form)) continue;
      const auto at = index_.find({insn.mnemonic, insn.width, form.form});
      if (at != index_.end()) found.emplace_back(at->first, at->second);
    }
    return found;
  }

  std::vector<Bucket>& buckets_;
  std::map<BucketKey, size_t> index_;
};

void CollectModrm(Collector& collector, Encoding e) {
  for (unsigned reg = 0; reg < 8; ++reg) {
    e.reg = static_cast<uint8_t>(reg);
    e.memory = true;
    collector.Enter(e);
    e.memory = false;
    e.any_rm = !RmMatters(e);
    for (unsigned rm = 0; rm < (e.any_rm ? 1u : 8u); ++rm) {
      e.rm = static_cast<uint8_t>(rm);
      collector.Enter(e);
    }
  }
}

bool HasModrm(const Encoding& e) {
  // Zydis knows for what it can decode; what it can't decode with any ModRM has no bucket but
  // Invalid.
  for (unsigned modrm : {0x03u, 0xc0u, 0x0bu, 0x13u, 0x1bu, 0x23u, 0x2bu, 0x33u, 0x3bu, 0xe8u}) {
    uint8_t bytes[16] = {};
    Encoding bare = e;
    bare.has_modrm = false;
    const unsigned size = PutBare(bytes, bare);
    bytes[size] = static_cast<uint8_t>(modrm);
    ZydisDecodedInstruction raw;
    if (DecodeRaw(bytes, &raw)) return (raw.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0;
  }
  return true;
}

/// With an opcode's prefixes: VEX, and 66 besides a prefix that is part of it.
void CollectMore(Collector& collector, Encoding e) {
  e.has_modrm = true;
  if (e.prefix == 0xf2 || e.prefix == 0xf3) {
    e.narrow = true;
    CollectModrm(collector, e);
    e.narrow = false;
  }
  if (e.map < 2) return;
  e.vex = true;
  CollectModrm(collector, e);
}

void Collect(std::vector<Bucket>* buckets) {
  Collector collector(buckets);
  for (unsigned map = 0; map < 4; ++map) {
    for (unsigned opcode = 0; opcode < 256; ++opcode) {
      if (IsPrefixByte(static_cast<uint8_t>(map), static_cast<uint8_t>(opcode))) continue;
      for (unsigned prefix : {0x00u, 0x66u, 0xf2u, 0xf3u}) {
        for (bool rex_w : {false, true}) {
          Encoding e{};
          e.map = static_cast<uint8_t>(map);
          e.opcode = static_cast<uint8_t>(opcode);
          e.prefix = static_cast<uint8_t>(prefix);
          e.rex_w = rex_w;
          e.has_modrm = HasModrm(e);
          if (e.has_modrm) {
            CollectModrm(collector, e);
          } else {
            collector.Enter(e);
          }
          CollectMore(collector, e);
        }
      }
    }
  }
}

void AddBuckets(Mnemonic row, std::vector<Bucket>* buckets) {
  const auto& columns = decoder::ColumnsOf(row);
  for (unsigned width : {0u, 1u, 2u, 4u, 8u, 16u}) {
    if (width == 0 ? columns.widths != decoder::kNoWidth : (columns.widths & width) == 0) continue;
    for (const auto& form : decoder::kFormBits) {
      if ((columns.forms & form.bit) == 0) continue;
      buckets->push_back({row,
                          static_cast<uint8_t>(width),
                          form.form,
                          kRows[static_cast<size_t>(row)].chapter,
                          {}});
    }
  }
}

}  // namespace

std::string Bucket::Name() const {
  std::string name = kRows[static_cast<size_t>(row)].name;
  if (width != 0) name += ' ' + std::to_string(width * 8);
  static constexpr char kLetters[] = {'?', 'R', 'M', 'X', 'I'};
  std::string letters;
  for (unsigned n = 0; n < 4; ++n) {
    const OperandKind kind = decoder::FormOperand(form, n);
    if (kind != OperandKind::kNone) letters += kLetters[static_cast<unsigned>(kind)];
  }
  return letters.empty() ? name : name + ' ' + letters;
}

bool Bucket::HasMemory() const {
  for (unsigned n = 0; n < 4; ++n) {
    const OperandKind kind = decoder::FormOperand(form, n);
    if (kind == OperandKind::kMemory || kind == OperandKind::kMemoryFull) return true;
  }
  return false;
}

std::vector<Bucket> AllBuckets() {
  std::vector<Bucket> buckets;
  for (unsigned n = 0; n < static_cast<unsigned>(Mnemonic::kCount); ++n) {
    AddBuckets(static_cast<Mnemonic>(n), &buckets);
  }
  Collect(&buckets);
  return buckets;
}

}  // namespace elfin::fuzz
