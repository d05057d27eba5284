// MMX: the moves and the state; arithmetic is in sse_int.h. (SDM vol. 1, chapter 9)
#pragma once

#include "jit/semantics/sse_move.h"
#include "jit/semantics/vector.h"

namespace elfin::semantics {

/// EMMS: the x87 registers are free again.
template <class M, class I>
void Emms(M& m, const I&) {
  if (!BeginMmx(m)) return;
  m.SetReg(offsetof(cpu::CpuState, x87_top), m.Const(kBits8, 0));
  m.SetReg(offsetof(cpu::CpuState, x87_valid), m.Const(kBits8, 0));
}

/// MOVD, MOVQ, MOVDQ2Q to an MMX register, with zeros above.
template <unsigned kBits, class M, class I>
void MoveToMmx(M& m, const I& insn) {
  if (!BeginMmx(m)) return;
  auto value = m.ZeroExtend(kBits64, insn.template Get<1>(m, Width<kBits>{}));
  EnterMmxState(m);
  WriteMmx(m, insn.raw.reg[0], value);
}
/// MOVD, MOVQ, MOVNTQ from an MMX register to a general one or to memory.
template <unsigned kBits, class M, class I>
void MoveFromMmx(M& m, const I& insn) {
  if (!BeginMmx(m)) return;
  insn.template Set<0>(m, m.GetReg(Width<kBits>{}, insn.raw.reg[1]));
  EnterMmxState(m);
}
template <class M, class I>
void Movq2dq(M& m, const I& insn) {
  if (!BeginMmx(m)) return;
  m.SetReg(insn.raw.reg[0], m.VZeroExtend(m.GetReg(kBits64, insn.raw.reg[1])));
  EnterMmxState(m);
}

}  // namespace elfin::semantics
