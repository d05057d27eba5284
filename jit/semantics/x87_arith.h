// x87 arithmetic, transcendental functions and comparisons. (SDM vol. 1, 5.2.2 to 5.2.4)
#pragma once

#include "jit/semantics/x87_move.h"

namespace elfin::semantics {

using cpu::X87Binary;
using cpu::X87Compare;
using cpu::X87Split;
using cpu::X87TopTwo;
using cpu::X87Unary;

template <class M, class I>
void X87TwoRegisters(M& m, const I& insn, X87Binary operation, unsigned pops) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87ArithmeticRegister, operation, m.Const(kBits32, insn.raw.reg[0]),
           m.Const(kBits32, insn.raw.reg[1]), m.Const(kBits32, pops));
}

template <class M, class I>
void X87TopAndMemory(M& m, const I& insn, X87Binary operation, X87Format format) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87ArithmeticMemory, operation, format, insn.address);
}

/// FADD st(i), st(j) and the other five operations.
template <X87Binary kOperation, class M, class I>
void FarithRegister(M& m, const I& insn) {
  X87TwoRegisters(m, insn, kOperation, 0);
}
/// FADDP, …
template <X87Binary kOperation, class M, class I>
void FarithRegisterPop(M& m, const I& insn) {
  X87TwoRegisters(m, insn, kOperation, 1);
}

// FADD m32, FADD m64, FIADD m16, FIADD m32, …: st(0) is the destination.
template <X87Binary kOperation, class M, class I>
void FarithFloat32(M& m, const I& insn) {
  X87TopAndMemory(m, insn, kOperation, X87Format::kFloat32);
}
template <X87Binary kOperation, class M, class I>
void FarithFloat64(M& m, const I& insn) {
  X87TopAndMemory(m, insn, kOperation, X87Format::kFloat64);
}
template <X87Binary kOperation, class M, class I>
void FarithInteger16(M& m, const I& insn) {
  X87TopAndMemory(m, insn, kOperation, X87Format::kInteger16);
}
template <X87Binary kOperation, class M, class I>
void FarithInteger32(M& m, const I& insn) {
  X87TopAndMemory(m, insn, kOperation, X87Format::kInteger32);
}

template <X87Unary kOperation, class M, class I>
void Funary(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87ArithmeticUnary, kOperation);
}

template <X87TopTwo kOperation, class M, class I>
void FtopTwo(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87ArithmeticTopTwo, kOperation);
}

template <X87Split kOperation, class M, class I>
void Fsplit(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87ArithmeticSplit, kOperation);
}

/// FCOM, FUCOM.
template <X87Compare kKind, class M, class I>
void FcomRegister(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87CompareRegister, kKind, X87LastRegister(m, insn), m.Const(kBits32, 0));
}
/// FCOMP, FUCOMP.
template <X87Compare kKind, class M, class I>
void FcompRegister(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87CompareRegister, kKind, X87LastRegister(m, insn), m.Const(kBits32, 1));
}
/// FCOMPP, FUCOMPP: with st(1), both are popped.
template <X87Compare kKind, class M, class I>
void FcomPopBoth(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87CompareRegister, kKind, m.Const(kBits32, 1), m.Const(kBits32, 2));
}

/// FCOM, FICOM.
template <X87Format kFormat, class M, class I>
void FcomMemory(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87CompareMemory, kFormat, insn.address, m.Const(kBits32, 0));
}
/// FCOMP, FICOMP.
template <X87Format kFormat, class M, class I>
void FcompMemory(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87CompareMemory, kFormat, insn.address, m.Const(kBits32, 1));
}

/// The answer goes to ZF, PF and CF; the other arithmetic flags are cleared.
template <class M, class I>
void X87CompareToFlags(M& m, const I& insn, X87Compare kind, unsigned pops) {
  if (!X87Begin(m, insn)) return;
  auto flags =
      m.Helper(cpu::X87CompareToFlags, kind, X87LastRegister(m, insn), m.Const(kBits32, pops));
  WriteArithmeticFlags(m, flags);
}

/// FCOMI, FUCOMI.
template <X87Compare kKind, class M, class I>
void Fcomi(M& m, const I& insn) {
  X87CompareToFlags(m, insn, kKind, 0);
}
/// FCOMIP, FUCOMIP.
template <X87Compare kKind, class M, class I>
void Fcomip(M& m, const I& insn) {
  X87CompareToFlags(m, insn, kKind, 1);
}

template <class M, class I>
void Ftst(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87CompareZero);
}

template <class M, class I>
void Fxam(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87Examine);
}

}  // namespace elfin::semantics
