// Binary arithmetic and logic. (SDM vol. 1, 5.1.2, 5.1.4)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"

namespace elfin::semantics {

template <class M, class I>
void Add(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  auto sum = m.Add(left, right);
  insn.SetDst(m, sum);
  WriteFlags(m, AddFlags{left, right, sum, insn.width});
}

template <class M, class I>
void Adc(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  auto sum = m.Add(m.Add(left, right), m.FromBit(insn.width, ReadCf(m)));
  insn.SetDst(m, sum);
  WriteFlags(m, AddWithCarryFlags{left, right, sum, insn.width});
}

template <class M, class I>
void Sub(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  auto difference = m.Sub(left, right);
  insn.SetDst(m, difference);
  WriteFlags(m, SubFlags{left, right, difference, insn.width});
}

template <class M, class I>
void Sbb(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  auto difference = m.Sub(m.Sub(left, right), m.FromBit(insn.width, ReadCf(m)));
  insn.SetDst(m, difference);
  WriteFlags(m, SubWithBorrowFlags{left, right, difference, insn.width});
}

template <class M, class I>
void Cmp(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  WriteFlags(m, SubFlags{left, right, m.Sub(left, right), insn.width});
}

/// INC and DEC leave CF alone: the carry word keeps its top bit, the bit below follows from it and
/// OF.
template <class M, class I, class F>
void WriteFlagsButCarry(M& m, const I&, const F& flags) {
  auto carry = m.And(m.flags().CarryWord(m), m.Const(kBits64, kCarryOut));
  auto word = flags.CarryWord(m);
  // OF = bit 63 ^ bit 62 has to survive the exchange of bit 63.
  auto overflow = m.And(m.Xor(word, m.Shl(word, m.Const(kBits64, 1))), m.Const(kBits64, kCarryOut));
  auto into = m.ShrU(m.Xor(carry, overflow), m.Const(kBits64, 1));
  auto rest = m.And(word, m.Const(kBits64, 8));
  WriteFlags(m, WordFlags{flags.ResultWord(m), m.Or(m.Or(carry, into), rest)});
}

template <class M, class I>
void Inc(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto one = m.Const(insn.width, 1);
  auto sum = m.Add(left, one);
  insn.SetDst(m, sum);
  WriteFlagsButCarry(m, insn, AddFlags{left, one, sum, insn.width});
}

template <class M, class I>
void Dec(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto one = m.Const(insn.width, 1);
  auto difference = m.Sub(left, one);
  insn.SetDst(m, difference);
  WriteFlagsButCarry(m, insn, SubFlags{left, one, difference, insn.width});
}

template <class M, class I>
void Neg(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto zero = m.Const(insn.width, 0);
  auto result = m.Sub(zero, value);
  insn.SetDst(m, result);
  WriteFlags(m, SubFlags{zero, value, result, insn.width});
}

template <class M, class I>
void Xadd(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  auto sum = m.Add(left, right);
  insn.template Set<1>(m, left);
  insn.SetDst(m, sum);
  WriteFlags(m, AddFlags{left, right, sum, insn.width});
}

template <class M, class I>
void And(M& m, const I& insn) {
  auto result = m.And(insn.Dst(m), insn.Src(m));
  insn.SetDst(m, result);
  WriteFlags(m, LogicFlags{result, insn.width});
}

template <class M, class I>
void Or(M& m, const I& insn) {
  auto result = m.Or(insn.Dst(m), insn.Src(m));
  insn.SetDst(m, result);
  WriteFlags(m, LogicFlags{result, insn.width});
}

template <class M, class I>
void Xor(M& m, const I& insn) {
  auto result = m.Xor(insn.Dst(m), insn.Src(m));
  insn.SetDst(m, result);
  WriteFlags(m, LogicFlags{result, insn.width});
}

template <class M, class I>
void Test(M& m, const I& insn) {
  WriteFlags(m, LogicFlags{m.And(insn.Dst(m), insn.Src(m)), insn.width});
}

template <class M, class I>
void Not(M& m, const I& insn) {
  insn.SetDst(m, m.Not(insn.Dst(m)));
}

}  // namespace elfin::semantics
