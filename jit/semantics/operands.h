// InsnView: a decoded instruction as a semantic function sees it. Width and operand form are
// constants of the type, so that both machines branch on them in C++ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "decoder/guest_insn.h"
#include "jit/semantics/machine.h"

namespace elfin::semantics {

using decoder::GuestInsn;
using decoder::OperandForm;
using decoder::OperandKind;

/// The general registers by their numbers.
enum Gpr : uint8_t { kRax, kRcx, kRdx, kRbx, kRsp, kRbp, kRsi, kRdi };

template <class M, unsigned kWidthBytes, OperandForm kOperandForm>
struct InsnView {
  static constexpr OperandForm kForm = kOperandForm;
  /// The operand width (kBits8 … kBits64); rows without widths see kBits64 and don't use it.
  static constexpr Width<(kWidthBytes == 0 ? 64 : kWidthBytes * 8)> width{};
  static constexpr unsigned kBytes = width.bytes;

  const GuestInsn& raw;
  /// Effective address of the memory operand, already checked. Meaningless without one.
  typename M::template Int<64> address;

  static constexpr OperandKind Kind(unsigned n) { return decoder::FormOperand(kForm, n); }
  static constexpr bool IsMemory(unsigned n) {
    return Kind(n) == OperandKind::kMemory || Kind(n) == OperandKind::kMemoryFull;
  }
  static constexpr bool IsRegister(unsigned n) { return Kind(n) == OperandKind::kRegister; }
  static constexpr bool IsImmediate(unsigned n) { return Kind(n) == OperandKind::kImmediate; }

  bool Has(decoder::PrefixBits prefix) const { return (raw.prefixes & prefix) != 0; }

  /// Operand N as an integer of width `w` (register, memory or immediate).
  template <unsigned N, class W>
  auto Get(M& m, W w) const {
    if constexpr (IsMemory(N)) {
      return m.Load(w, address);
    } else if constexpr (IsRegister(N)) {
      return m.GetReg(w, raw.reg[N]);
    } else {
      static_assert(IsImmediate(N));
      return m.Const(w, static_cast<uint64_t>(raw.immediate));
    }
  }
  /// Writes general register or memory operand N; 32-bit register writes clear the upper half.
  template <unsigned N, class T>
  void Set(M& m, T value) const {
    if constexpr (IsMemory(N)) {
      m.Store(address, value);
    } else {
      static_assert(IsRegister(N));
      m.SetGpr(raw.reg[N], value);
    }
  }

  auto Dst(M& m) const { return Get<0>(m, width); }
  auto Src(M& m) const { return Get<1>(m, width); }
  auto Third(M& m) const { return Get<2>(m, width); }
  template <class T>
  void SetDst(M& m, T value) const {
    Set<0>(m, value);
  }
};

template <class M, class W>
auto ReadGpr(M& m, W w, Gpr number) {
  return m.GetReg(w, decoder::GprOffset(number));
}
template <class M, class T>
void WriteGpr(M& m, Gpr number, T value) {
  m.SetGpr(decoder::GprOffset(number), value);
}
/// AH: the high byte that MUL, DIV, LAHF and CBW use implicitly.
inline constexpr uint16_t kAhOffset = decoder::GprOffset(kRax) + 1;

}  // namespace elfin::semantics
