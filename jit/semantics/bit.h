// Bit tests and scans. (SDM vol. 2A: BT, BTC, BTR, BTS, BSF, BSR)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"
#include "jit/semantics/shift.h"

namespace elfin::semantics {

enum class BitOperation : uint8_t { kTest, kSet, kReset, kComplement };

/// CF ← value's bit; the other flags stay (OF, SF, AF and PF are undefined, ZF is not).
template <class M, class B>
void WriteCarryOnly(M& m, B carry) {
  auto overflow = ReadOf(m);
  WriteCarryAndOverflow(m, carry, overflow);
}

template <BitOperation kOperation, class M, class T, class W>
auto ApplyBit(M& m, T value, T bit, W) {
  auto mask = m.Shl(m.Const(W{}, 1), bit);
  if constexpr (kOperation == BitOperation::kSet) {
    return m.Or(value, mask);
  } else if constexpr (kOperation == BitOperation::kReset) {
    return m.And(value, m.Not(mask));
  } else {
    return m.Xor(value, mask);
  }
}

/// The operand's address with bytes added, before it is cut to 32 bits by a 67h prefix and the
/// segment's base added.
template <class M, class I>
auto AddToAddress(M& m, const I& insn, typename M::template Int<64> bytes) {
  if (!insn.Has(decoder::kAddress32)) return m.Add(insn.address, bytes);
  auto segment = m.GetReg(kBits64, insn.raw.segment);
  auto offset = m.Truncate(kBits32, m.Add(m.Sub(insn.address, segment), bytes));
  return m.Add(m.ZeroExtend(kBits64, offset), segment);
}

/// BT, BTS, BTR, BTC. With a memory operand and a register offset the offset is signed and reaches
/// any bit of the bit string that starts at the operand; otherwise it counts modulo the width.
template <BitOperation kOperation, class M, class I>
void BitTest(M& m, const I& insn) {
  auto offset = insn.Src(m);
  auto bit = m.And(offset, m.Const(insn.width, I::width.bits - 1));
  if constexpr (I::IsMemory(0)) {
    auto address = insn.address;
    if constexpr (I::IsRegister(1)) {
      constexpr unsigned log = I::kBytes == 8 ? 6 : I::kBytes == 4 ? 5 : 4;
      auto words = m.ShrS(m.SignExtend(kBits64, offset), m.Const(kBits64, log));
      address = AddToAddress(m, insn, m.Shl(words, m.Const(kBits64, log - 3)));
    }
    constexpr auto access = kOperation == BitOperation::kTest ? Access::kRead : Access::kReadWrite;
    if (!m.Probe(address, I::kBytes, access)) return;
    auto value = m.Load(insn.width, address);
    if constexpr (kOperation != BitOperation::kTest) {
      m.Store(address, ApplyBit<kOperation>(m, value, bit, insn.width));
    }
    WriteCarryOnly(m, FlagBit(m, m.ZeroExtend(kBits64, m.ShrU(value, bit)), 0));
  } else {
    auto value = insn.Dst(m);
    if constexpr (kOperation != BitOperation::kTest) {
      insn.SetDst(m, ApplyBit<kOperation>(m, value, bit, insn.width));
    }
    WriteCarryOnly(m, FlagBit(m, m.ZeroExtend(kBits64, m.ShrU(value, bit)), 0));
  }
}

/// BSF, BSR: a source of zero sets ZF and leaves the destination alone (as processors do), all 64
/// bits of it. The other flags are undefined; we set them from the source.
template <class M, class I, class Count>
void BitScan(M& m, const I& insn, Count count) {
  auto source = insn.Src(m);
  auto none = m.IsZero(source);
  m.If(m.Not(none), [&] { insn.SetDst(m, count(source)); });
  WriteFlags(m, LogicFlags{source, insn.width});
}

template <class M, class I>
void Bsf(M& m, const I& insn) {
  BitScan(m, insn, [&](auto source) { return m.Ctz(source); });
}

template <class M, class I>
void Bsr(M& m, const I& insn) {
  BitScan(m, insn, [&](auto source) {
    return m.Sub(m.Const(insn.width, I::width.bits - 1), m.Clz(source));
  });
}

}  // namespace elfin::semantics
