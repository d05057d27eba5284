// x87 loads, stores, exchanges and conditional moves, and what all x87 instructions begin with.
// (SDM vol. 1, 5.2.1 and 8.3.3)
//
// What they do to the register stack is a helper's work (runtime/cpu/x87_ops.h), the same for both
// machines.
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"
#include "runtime/cpu/x87_ops.h"

namespace elfin::semantics {

using cpu::X87Format;

/// #MF if an earlier instruction left an unmasked exception. False: the instruction is left.
template <class M>
bool X87Wait(M& m) {
  auto status = m.GetReg(kBits16, offsetof(cpu::CpuState, x87_status));
  auto pending = m.Ne(m.And(status, m.Const(kBits16, cpu::kX87Summary)), m.Const(kBits16, 0));
  return !m.RaiseIf(pending, cpu::TrapKind::kX87);
}

/// The beginning of an instruction that is not a control instruction: waits, then notes where it is
/// and where its memory operand. The decoder leaves FOP in the immediate.
template <class M, class I>
bool X87Begin(M& m, const I& insn) {
  if (!X87Wait(m)) return false;
  m.SetReg(offsetof(cpu::CpuState, x87_instruction), m.Const(kBits64, insn.raw.address));
  m.SetReg(offsetof(cpu::CpuState, x87_opcode),
           m.Const(kBits16, static_cast<uint64_t>(insn.raw.immediate)));
  if constexpr (I::IsMemory(0)) m.SetReg(offsetof(cpu::CpuState, x87_data), insn.address);
  return true;
}

/// The stack index that the last register operand names.
template <class M, class I>
auto X87LastRegister(M& m, const I& insn) {
  return m.Const(kBits32, insn.raw.reg[I::IsRegister(1) ? 1 : 0]);
}

/// FLD st(i).
template <class M, class I>
void FldRegister(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87LoadRegister, X87LastRegister(m, insn));
}

/// FLD, FILD, FBLD.
template <X87Format kFormat, class M, class I>
void FldMemory(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87LoadMemory, kFormat, insn.address);
}

/// FLD1, FLDPI, …
template <cpu::X87Constant kConstant, class M, class I>
void FldConstant(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87LoadConstant, kConstant);
}

/// Stores st(0) in a register or in memory, then pops.
template <class M, class I>
void X87StoreTop(M& m, const I& insn, X87Format format, unsigned pops) {
  if (!X87Begin(m, insn)) return;
  if constexpr (I::IsMemory(0)) {
    m.Helper(cpu::X87StoreMemory, format, insn.address, m.Const(kBits32, pops));
  } else {
    m.Helper(cpu::X87StoreRegister, X87LastRegister(m, insn), m.Const(kBits32, pops));
  }
}

/// FST st(i), FSTP st(i).
template <class M, class I>
void FstRegister(M& m, const I& insn) {
  X87StoreTop(m, insn, X87Format::kFloat80, 0);
}
template <class M, class I>
void FstpRegister(M& m, const I& insn) {
  X87StoreTop(m, insn, X87Format::kFloat80, 1);
}

template <class M, class I>
void Fstpnce(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87StorePopUnchecked, X87LastRegister(m, insn));
}

/// FST, FIST.
template <X87Format kFormat, class M, class I>
void FstMemory(M& m, const I& insn) {
  X87StoreTop(m, insn, kFormat, 0);
}
/// FSTP, FISTP, FISTTP, FBSTP.
template <X87Format kFormat, class M, class I>
void FstpMemory(M& m, const I& insn) {
  X87StoreTop(m, insn, kFormat, 1);
}

template <class M, class I>
void Fxch(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87Exchange, X87LastRegister(m, insn));
}

template <Condition kCondition, class M, class I>
void Fcmovcc(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  auto move = m.FromBit(kBits32, TestCondition<kCondition>(m));
  m.Helper(cpu::X87ConditionalMove, X87LastRegister(m, insn), move);
}

template <class M, class I>
void Ffree(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87Free, X87LastRegister(m, insn), m.Const(kBits32, 0));
}
/// FFREEP: undocumented, but assemblers and processors know it.
template <class M, class I>
void Ffreep(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87Free, X87LastRegister(m, insn), m.Const(kBits32, 1));
}

/// FINCSTP (1), FDECSTP (7).
template <unsigned kAmount, class M, class I>
void FrotateStack(M& m, const I& insn) {
  if (!X87Begin(m, insn)) return;
  m.Helper(cpu::X87Rotate, m.Const(kBits32, kAmount));
}

}  // namespace elfin::semantics
