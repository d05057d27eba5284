// Handlers: one function for each row × width × operand form, made from the row's semantics over
// ValueMachine, and the step from one to the next.
//
//     handler(state, insn) → does insn → tail-calls the next instruction's handler
//
// clang has [[clang::musttail]], so a chain of handlers is a chain of jumps. g++ 12 has not: there
// a handler returns the next instruction and Run's loop calls it (kHandlersReturn).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "decoder/columns.h"
#include "jit/semantics/operands.h"
#include "runtime/cpu/decode_cache.h"
#include "runtime/cpu/shadow_stack.h"
#include "runtime/cpu/value_machine.h"

namespace elfin::cpu {

using decoder::GuestInsn;

/// Null: the cpu leaves; the reason is in CpuContext.
using Handler = const GuestInsn* (*)(CpuState* state, const GuestInsn* insn);

inline Handler HandlerOf(const GuestInsn* insn) { return reinterpret_cast<Handler>(insn->handler); }

#if defined(__clang__) && defined(__wasm__)
#define ELFIN_DISPATCH(state, insn) [[clang::musttail]] return HandlerOf(insn)(state, insn)
inline constexpr bool kHandlersReturn = false;
#else
#define ELFIN_DISPATCH(state, insn) return insn
inline constexpr bool kHandlersReturn = true;
#endif

struct HandlerEntry {
  uint32_t key;  // form | width << 16
  Handler handler;
};
constexpr uint32_t HandlerKey(decoder::OperandForm form, unsigned width_bytes) {
  return form | width_bytes << 16;
}
struct HandlerList {
  const HandlerEntry* entries = nullptr;
  size_t count = 0;
};

/// Ends a handler whose instruction was left: trap or exit is in the state. Charges the block's
/// instructions that were completed and sets rip to this one.
const GuestInsn* LeaveAtInsn(CpuState* state, const GuestInsn* insn);
/// The same behind the instruction (int3).
const GuestInsn* LeaveBehindInsn(CpuState* state, const GuestInsn* insn);
/// The slow half of a block's end; see handler.cc. Null: leave.
const GuestInsn* FollowLink(CpuState* state, const GuestInsn* insn, bool taken);
const GuestInsn* FollowIndirect(CpuState* state, const GuestInsn* insn, uint64_t target);
/// To any address, from nowhere in particular.
const GuestInsn* FollowAddress(CpuState* state, uint64_t address);
const GuestInsn* LeaveForBudget(CpuState* state, uint64_t rip);

/// Effective address of insn's memory operand.
template <decoder::OperandKind kKind>
uint64_t EffectiveAddress(const CpuState* state, const GuestInsn* insn) {
  auto reg = [&](uint16_t offset) {
    return *reinterpret_cast<const uint64_t*>(reinterpret_cast<const uint8_t*>(state) + offset);
  };
  uint64_t address = reg(insn->base) + static_cast<uint64_t>(insn->displacement);
  if constexpr (kKind == decoder::OperandKind::kMemoryFull) {
    address += reg(insn->index) << insn->scale_shift;
    if (insn->prefixes & decoder::kAddress32) address = static_cast<uint32_t>(address);
    address += reg(insn->segment);
  }
  return address;
}

constexpr unsigned MemoryOperand(decoder::OperandForm form) {
  for (unsigned n = 0; n < 4; ++n) {
    const auto kind = decoder::FormOperand(form, n);
    if (kind == decoder::OperandKind::kMemory || kind == decoder::OperandKind::kMemoryFull)
      return n;
  }
  return 4;
}

/// Checks the memory operand as the row's rule says. False: the trap is in the state.
template <class Row, unsigned kWidth, decoder::OperandForm kForm>
bool ProbeOperand(ValueMachine& m, uint64_t address) {
  constexpr decoder::MemoryRule rule = Row::kMemory;
  if constexpr (rule.check == decoder::kChecked) {
    constexpr auto access = MemoryOperand(kForm) == 0 ? rule.access : decoder::Access::kRead;
    constexpr bool less = rule.mmx_bytes != 0 && kWidth == 8;
    constexpr unsigned bytes = less ? rule.mmx_bytes : rule.bytes != 0 ? rule.bytes : kWidth;
    if constexpr (rule.align != 0 && bytes >= rule.align) {
      if (m.RaiseIf((address & (rule.align - 1)) != 0, TrapKind::kGeneralProtection)) return false;
    }
    return m.Probe(address, bytes, access);
  }
  return true;
}

template <class Row, unsigned kWidth, decoder::OperandForm kForm>
const GuestInsn* Handle(CpuState* state, const GuestInsn* insn) {
  ValueMachine m(state, insn);
  uint64_t address = 0;
  constexpr unsigned memory = MemoryOperand(kForm);
  if constexpr (memory < 4) {
    address = EffectiveAddress<decoder::FormOperand(kForm, memory)>(state, insn);
    if (!ProbeOperand<Row, kWidth, kForm>(m, address)) return LeaveAtInsn(state, insn);
  }
  Row::Apply(m, semantics::InsnView<ValueMachine, kWidth, kForm>{*insn, address});
  if (__builtin_expect(m.stopped(), 0)) {
    return m.behind() ? LeaveBehindInsn(state, insn) : LeaveAtInsn(state, insn);
  }

  if constexpr (Row::kEnd == decoder::kGoesOn) {
    ELFIN_DISPATCH(state, (insn + 1));
  } else {
    state->budget -= insn->index_in_block + 1;
    using Target = ValueMachine::Target;
    const GuestInsn* next = nullptr;
    if (__builtin_expect(state->budget < 0, 0)) {
      const uint64_t rip = m.next() == Target::kTaken      ? static_cast<uint64_t>(insn->immediate)
                           : m.next() == Target::kIndirect ? m.target()
                                                           : insn->next_address();
      if (m.next() == Target::kExit) return nullptr;
      return LeaveForBudget(state, rip);
    }
    switch (m.next()) {
      case Target::kTaken:
        next = insn->link.taken;
        if (__builtin_expect(next == nullptr, 0)) next = FollowLink(state, insn, true);
        break;
      case Target::kFallthrough:
        next = memory < 4 ? nullptr : insn->link.fallthrough;  // an operand takes the links' place
        if (__builtin_expect(next == nullptr, 0)) next = FollowLink(state, insn, false);
        break;
      case Target::kIndirect:
        next = FollowIndirect(state, insn, m.target());
        break;
      case Target::kExit:
        return nullptr;
    }
    if (__builtin_expect(next == nullptr, 0)) return nullptr;
    RestoreShadowStack(ContextOf(*state).shadow_stack);
    ELFIN_DISPATCH(state, next);
  }
}

/// The handlers of a row: every width × every form of its columns.
template <class Row>
struct RowHandlers {
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
    return std::array<HandlerEntry, sizeof...(kIndex)>{
        HandlerEntry{HandlerKey(FormAt(kIndex / kWidthCount), WidthAt(kIndex % kWidthCount)),
                     &Handle<Row, WidthAt(kIndex % kWidthCount), FormAt(kIndex / kWidthCount)>}...};
  }
  static constexpr auto kEntries = Make(std::make_index_sequence<kCount>());
  static constexpr HandlerList kList{kEntries.data(), kEntries.size()};
};

/// A row of the table as a type. Used by the handlers_*.cc files:
///   #define INSN ELFIN_ROW_TYPE
///   #include "jit/instructions/<chapter>.inc"
#define ELFIN_ROW_TYPE(name, zydis, function, widths, forms, memory, end, level, note)          \
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
    static constexpr decoder::BlockEnd kEnd = decoder::end;                                     \
    template <class Machine, class View>                                                        \
    static void Apply(Machine& m, const View& insn) {                                           \
      using namespace semantics; /* NOLINT(google-build-using-namespace): template arguments */ \
      function(m, insn);                                                                        \
    }                                                                                           \
  };
#define ELFIN_ROW_HANDLERS(name, ...) RowHandlers<Row##name>::kList,

}  // namespace elfin::cpu
