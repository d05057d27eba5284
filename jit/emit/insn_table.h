// Which function emits an instruction: the rows of jit/instructions.inc over EmitMachine.
//
// Chapters that are left to the interpreter (x87, MMX, string and system instructions, …) have no
// emitters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "decoder/columns.h"
#include "jit/emit/emit_machine.h"
#include "jit/semantics/operands.h"

namespace elfin::jit {

using decoder::GuestInsn;

/// Appends insn's operations. m.unsupported() afterwards: the interpreter has to do it.
using Emitter = void (*)(EmitMachine& m, const GuestInsn& insn);

/// Null: the interpreter's.
Emitter EmitterFor(const GuestInsn& insn);

struct EmitterEntry {
  uint32_t key;  // form | width << 16
  Emitter emitter;
};
struct EmitterList {
  const EmitterEntry* entries = nullptr;
  size_t count = 0;
};

inline IntValue<64> EmitAddress(EmitMachine& m, const GuestInsn& insn, bool full) {
  auto displacement = m.Const(kBits64, static_cast<uint64_t>(insn.displacement));
  auto address = m.GetReg(kBits64, insn.base);
  if (full) {
    auto scale = m.Const(kBits64, insn.scale_shift);
    address = m.Add(address, m.Shl(m.GetReg(kBits64, insn.index), scale));
  }
  address = m.Add(address, displacement);
  if (full) {
    if ((insn.prefixes & decoder::kAddress32) != 0) {
      address = m.ZeroExtend(kBits64, m.Truncate(kBits32, address));
    }
    address = m.Add(address, m.GetReg(kBits64, insn.segment));
  }
  return address;
}

constexpr unsigned EmittedMemoryOperand(decoder::OperandForm form) {
  for (unsigned n = 0; n < 4; ++n) {
    const auto kind = decoder::FormOperand(form, n);
    if (kind == decoder::OperandKind::kMemory || kind == decoder::OperandKind::kMemoryFull)
      return n;
  }
  return 4;
}

template <class Row, unsigned kWidth, decoder::OperandForm kForm>
void Emit(EmitMachine& m, const GuestInsn& insn) {
  IntValue<64> address{kNoOp};
  constexpr unsigned memory = EmittedMemoryOperand(kForm);
  if constexpr (memory < 4) {
    constexpr bool full = decoder::FormOperand(kForm, memory) == decoder::OperandKind::kMemoryFull;
    address = EmitAddress(m, insn, full);
    constexpr decoder::MemoryRule rule = Row::kMemory;
    if constexpr (rule.check == decoder::kChecked) {
      constexpr auto access = memory == 0 ? rule.access : decoder::Access::kRead;
      constexpr bool less = rule.mmx_bytes != 0 && kWidth == 8;
      constexpr unsigned bytes = less ? rule.mmx_bytes : rule.bytes != 0 ? rule.bytes : kWidth;
      if constexpr (rule.align != 0 && bytes >= rule.align) {
        auto low = m.And(m.Truncate(kBits32, address), m.Const(kBits32, rule.align - 1));
        (void)m.RaiseIf(m.Ne(low, m.Const(kBits32, 0)), cpu::TrapKind::kGeneralProtection);
      }
      (void)m.Probe(address, bytes, access);
    }
  }
  Row::Apply(m, semantics::InsnView<EmitMachine, kWidth, kForm>{insn, address});
}

/// The emitters of a row: every width × every form of its columns.
template <class Row>
struct RowEmitters {
  static constexpr size_t kWidthCount =
      Row::kWidths == 0 ? 1 : static_cast<size_t>(__builtin_popcount(Row::kWidths));
  static constexpr size_t FormCount() {
    size_t count = 0;
    for (const auto& form : decoder::kFormBits) count += (Row::kForms & form.bit) != 0;
    return count;
  }
  static constexpr size_t kCount = kWidthCount * FormCount();
  static constexpr unsigned WidthAt(size_t n) {
    for (unsigned bit = 0; bit < 5; ++bit) {
      if ((Row::kWidths >> bit & 1) != 0 && n-- == 0) return 1u << bit;
    }
    return 0;
  }
  static constexpr decoder::OperandForm FormAt(size_t n) {
    for (const auto& form : decoder::kFormBits) {
      if ((Row::kForms & form.bit) != 0 && n-- == 0) return form.form;
    }
    return 0;
  }
  template <size_t... kIndex>
  static constexpr auto Make(std::index_sequence<kIndex...>) {
    return std::array<EmitterEntry, sizeof...(kIndex)>{
        EmitterEntry{FormAt(kIndex / kWidthCount) | WidthAt(kIndex % kWidthCount) << 16,
                     &Emit<Row, WidthAt(kIndex % kWidthCount), FormAt(kIndex / kWidthCount)>}...};
  }
  static constexpr auto kEntries = Make(std::make_index_sequence<kCount>());
  static constexpr EmitterList kList{kEntries.data(), kEntries.size()};
};

/// A row of the table as a type; see runtime/cpu/handler.h, which does the same for the
/// interpreter.
#define ELFIN_EMITTER_ROW(name, zydis, function, widths, forms, memory, end, level, note)       \
  struct Row##name {                                                                            \
    static constexpr uint32_t kWidths = [] {                                                    \
      using namespace decoder; /* NOLINT(google-build-using-namespace): the column's names */   \
      return static_cast<uint32_t>(widths);                                                     \
    }();                                                                                        \
    static constexpr uint32_t kForms = [] {                                                     \
      using namespace decoder; /* NOLINT(google-build-using-namespace): the column's names */   \
      return static_cast<uint32_t>(forms);                                                      \
    }();                                                                                        \
    static constexpr decoder::MemoryRule kMemory = decoder::memory;                             \
    template <class Machine, class View>                                                        \
    static void Apply(Machine& m, const View& insn) {                                           \
      using namespace semantics; /* NOLINT(google-build-using-namespace): template arguments */ \
      function(m, insn);                                                                        \
    }                                                                                           \
  };
#define ELFIN_EMITTER_LIST(name, ...) RowEmitters<Row##name>::kList,

extern const EmitterList kMoveEmitters[];
extern const EmitterList kArithEmitters[];
extern const EmitterList kShiftEmitters[];
extern const EmitterList kControlEmitters[];
extern const EmitterList kSystemEmitters[];
extern const EmitterList kSseMoveEmitters[];
extern const EmitterList kSseFloatEmitters[];
extern const EmitterList kSseIntEmitters[];
extern const EmitterList kBmiEmitters[];
extern const EmitterList kSse3Emitters[];
extern const EmitterList kSse4Emitters[];
extern const EmitterList kCryptoEmitters[];

}  // namespace elfin::jit
