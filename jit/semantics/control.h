// Jumps, calls, returns, traps. (SDM vol. 1, 5.1.7)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"
#include "jit/semantics/stack.h"

namespace elfin::semantics {

/// Whether the upper bits of an address don't repeat bit 47. A jump to such an address is #GP at
/// the jump.
template <class M>
auto IsNonCanonical(M& m, typename M::template Int<64> address) {
  if constexpr (requires { m.MayBeNonCanonical(address); }) {
    return m.MayBeNonCanonical(address);
  } else {
    auto sixteen = m.Const(kBits64, 16);
    return m.Ne(m.ShrS(m.Shl(address, sixteen), sixteen), address);
  }
}

/// JMP near: relative, or through a register or memory.
template <class M, class I>
void Jmp(M& m, const I& insn) {
  if constexpr (I::IsImmediate(0)) {
    m.JumpDirect();
  } else {
    auto target = insn.template Get<0>(m, kBits64);
    if (m.RaiseIf(IsNonCanonical(m, target), cpu::TrapKind::kGeneralProtection)) return;
    m.JumpIndirect(target, JumpKind::kJump);
  }
}

template <Condition kCondition, class M, class I>
void Jcc(M& m, const I&) {
  m.BranchDirect(TestCondition<kCondition>(m));
}

template <class M, class I>
void Call(M& m, const I& insn) {
  auto back = m.Const(kBits64, insn.raw.next_address());
  if constexpr (I::IsImmediate(0)) {
    if (!PushValue(m, back, kBits64)) return;
    m.JumpDirect();
  } else {
    auto target = insn.template Get<0>(m, kBits64);
    auto top = m.Sub(ReadGpr(m, kBits64, kRsp), m.Const(kBits64, 8));
    if (!m.Probe(top, 8, Access::kWrite)) return;
    if (m.RaiseIf(IsNonCanonical(m, target), cpu::TrapKind::kGeneralProtection)) return;
    m.Store(top, back);
    WriteGpr(m, kRsp, top);
    m.JumpIndirect(target, JumpKind::kCall);
  }
}

/// RET, RET n.
template <class M, class I>
void Ret(M& m, const I& insn) {
  auto top = ReadGpr(m, kBits64, kRsp);
  if (!m.Probe(top, 8, Access::kRead)) return;
  auto target = m.Load(kBits64, top);
  if (m.RaiseIf(IsNonCanonical(m, target), cpu::TrapKind::kGeneralProtection)) return;
  uint64_t drop = 8;
  if constexpr (I::IsImmediate(0)) drop += static_cast<uint64_t>(insn.raw.immediate) & 0xffff;
  WriteGpr(m, kRsp, m.Add(top, m.Const(kBits64, drop)));
  m.JumpIndirect(target, JumpKind::kReturn);
}

/// The counter of LOOP and JRCXZ: rcx, or ecx with a 67h prefix.
template <class M, class I>
auto ReadCounter(M& m, const I& insn) {
  if (insn.Has(decoder::kAddress32)) return m.ZeroExtend(kBits64, ReadGpr(m, kBits32, kRcx));
  return ReadGpr(m, kBits64, kRcx);
}

template <class M, class I>
auto CountDown(M& m, const I& insn) {
  auto less = m.Sub(ReadCounter(m, insn), m.Const(kBits64, 1));
  if (insn.Has(decoder::kAddress32)) {
    WriteGpr(m, kRcx, m.Truncate(kBits32, less));
    return m.IsZero(m.Truncate(kBits32, less));
  }
  WriteGpr(m, kRcx, less);
  return m.IsZero(less);
}

/// JCXZ, JECXZ, JRCXZ.
template <class M, class I>
void Jrcxz(M& m, const I& insn) {
  m.BranchDirect(m.IsZero(ReadCounter(m, insn)));
}

template <class M, class I>
void Loop(M& m, const I& insn) {
  m.BranchDirect(m.Not(CountDown(m, insn)));
}
template <class M, class I>
void Loope(M& m, const I& insn) {
  auto equal = ReadZf(m);
  m.BranchDirect(m.And(m.Not(CountDown(m, insn)), equal));
}
template <class M, class I>
void Loopne(M& m, const I& insn) {
  auto equal = ReadZf(m);
  m.BranchDirect(m.And(m.Not(CountDown(m, insn)), m.Not(equal)));
}

template <class M, class I>
void Nop(M&, const I&) {}

/// Instructions that only trap.
template <cpu::TrapKind kKind, class M, class I>
void RaiseTrap(M& m, const I&) {
  m.Raise(kKind);
}

/// INT n: 3 and 4 are the breakpoint and the overflow trap, the others go through gates that user
/// mode may not use.
template <class M, class I>
void IntN(M& m, const I& insn) {
  switch (insn.raw.immediate & 0xff) {
    case static_cast<int>(cpu::TrapKind::kBreakpoint):
      return m.RaiseBehind(cpu::TrapKind::kBreakpoint);
    case static_cast<int>(cpu::TrapKind::kOverflow):
      return m.RaiseBehind(cpu::TrapKind::kOverflow);
    default:
      return m.Raise(cpu::TrapKind::kGeneralProtection);
  }
}

/// INT3 and INT1 are traps, not faults: rip is behind them.
template <cpu::TrapKind kKind, class M, class I>
void RaiseBehind(M& m, const I&) {
  m.RaiseBehind(kKind);
}

/// The pseudo instruction at the end of a block that no instruction ends: goes on behind it.
template <class M, class I>
void BlockEnd(M& m, const I&) {
  m.Next();
}

}  // namespace elfin::semantics
