// Moves, extensions, exchanges and compare-and-exchange. (SDM vol. 1, 5.1.1)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"

namespace elfin::semantics {

template <class M, class I>
void Mov(M& m, const I& insn) {
  insn.SetDst(m, insn.Src(m));
}

/// LEA: the address of operand 1, cut to the operand width.
template <class M, class I>
void Lea(M& m, const I& insn) {
  insn.SetDst(m, m.Truncate(insn.width, insn.address));
}

template <unsigned kBits, class M, class I>
void Movzx(M& m, const I& insn) {
  insn.SetDst(m, m.ZeroExtend(insn.width, insn.template Get<1>(m, Width<kBits>{})));
}

template <unsigned kBits, class M, class I>
void Movsx(M& m, const I& insn) {
  auto value = insn.template Get<1>(m, Width<kBits>{});
  if constexpr (I::width.bits < kBits) {
    insn.SetDst(m, m.Truncate(insn.width, value));
  } else {
    insn.SetDst(m, m.SignExtend(insn.width, value));
  }
}

/// MOV from a segment register: the selector, zero-extended in a register, 16 bits in memory.
template <class M, class I>
void MovFromSegment(M& m, const I& insn) {
  auto selector = m.GetReg(kBits16, insn.raw.reg[1]);
  if constexpr (I::IsMemory(0)) {
    m.Store(insn.address, selector);
  } else {
    insn.SetDst(m, m.ZeroExtend(insn.width, selector));
  }
}

/// MOV to a segment register: the selectors that Linux has for programs. ss takes the data
/// segment's only; in the others null is good, too, and the requested level is not looked at. In
/// 64-bit mode the bases of es, cs, ss and ds are not used; loading fs or gs loads the base, which
/// is 0 in all of them.
template <class M, class I>
void MovToSegment(M& m, const I& insn) {
  constexpr uint16_t kSs = offsetof(cpu::CpuState, segment_selector[2]);
  constexpr uint16_t kFs = offsetof(cpu::CpuState, segment_selector[4]);
  auto selector = insn.template Get<1>(m, kBits16);
  auto is = [&](uint64_t wanted) { return m.Eq(selector, m.Const(kBits16, wanted)); };
  auto known = is(cpu::kUserDataSelector);
  if (insn.raw.reg[0] != kSs) {
    auto entry = m.And(selector, m.Const(kBits16, 0xfffc));
    auto has = [&](uint64_t wanted) { return m.Eq(entry, m.Const(kBits16, wanted & 0xfffc)); };
    known = m.Or(m.IsZero(entry), m.Or(has(cpu::kUserDataSelector), has(cpu::kUserCodeSelector)));
  }
  if (m.RaiseIf(m.Not(known), cpu::TrapKind::kGeneralProtection)) return;
  m.SetReg(insn.raw.reg[0], selector);
  if (insn.raw.reg[0] >= kFs) {
    const auto base =
        static_cast<uint16_t>(offsetof(cpu::CpuState, segment_base) + (insn.raw.reg[0] - kFs) * 4);
    m.SetReg(base, m.Const(kBits64, 0));
  }
}

template <class M, class I>
void Xchg(M& m, const I& insn) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  insn.template Set<1>(m, left);
  insn.SetDst(m, right);
}

/// CMOVcc: reads its source and, with 32 bits, clears the upper half whatever the condition says.
template <Condition kCondition, class M, class I>
void Cmovcc(M& m, const I& insn) {
  auto source = insn.Src(m);
  insn.SetDst(m, m.Select(TestCondition<kCondition>(m), source, insn.Dst(m)));
}

template <Condition kCondition, class M, class I>
void Setcc(M& m, const I& insn) {
  insn.SetDst(m, m.FromBit(kBits8, TestCondition<kCondition>(m)));
}

template <class M, class I>
void Bswap(M& m, const I& insn) {
  if constexpr (I::kBytes == 2) {
    insn.SetDst(m, m.Const(kBits16, 0));  // undefined in the manual; processors clear the register
  } else {
    insn.SetDst(m, m.ByteSwap(insn.Dst(m)));
  }
}

/// CBW, CWDE, CDQE: sign-extends the lower half of rAX into all of it.
template <unsigned kToBits, class M, class I>
void ExtendAccumulator(M& m, const I&) {
  auto half = ReadGpr(m, Width<kToBits / 2>{}, kRax);
  WriteGpr(m, kRax, m.SignExtend(Width<kToBits>{}, half));
}

/// CWD, CDQ, CQO: fills rDX with rAX's sign.
template <unsigned kBits, class M, class I>
void SpreadAccumulator(M& m, const I&) {
  auto value = ReadGpr(m, Width<kBits>{}, kRax);
  WriteGpr(m, kRdx, m.ShrS(value, m.Const(Width<kBits>{}, kBits - 1)));
}

/// XLAT: al ← [rbx + al].
template <class M, class I>
void Xlat(M& m, const I& insn) {
  auto index = m.ZeroExtend(kBits64, ReadGpr(m, kBits8, kRax));
  auto address = m.Add(ReadGpr(m, kBits64, kRbx), index);
  if (insn.Has(decoder::kAddress32)) {
    address = m.ZeroExtend(kBits64, m.Truncate(kBits32, address));
  }
  address = m.Add(address, m.GetReg(kBits64, insn.raw.segment));
  if (!m.Probe(address, 1, Access::kRead)) return;
  WriteGpr(m, kRax, m.Load(kBits8, address));
}

/// CMPXCHG: compares rAX with dst; equal: dst ← src, else rAX ← dst. Memory is written either way.
template <class M, class I>
void Cmpxchg(M& m, const I& insn) {
  auto expected = ReadGpr(m, insn.width, kRax);
  auto found = insn.Dst(m);
  auto source = insn.Src(m);
  auto difference = m.Sub(expected, found);
  auto equal = m.Eq(expected, found);
  m.If(
      equal, [&] { insn.SetDst(m, source); },
      [&] {
        if constexpr (I::IsMemory(0)) m.Store(insn.address, found);
        WriteGpr(m, kRax, found);
      });
  WriteFlags(m, SubFlags{expected, found, difference, insn.width});
}

/// CMPXCHG8B, CMPXCHG16B: the same for a pair (rDX:rAX against memory, rCX:rBX the new value). Only
/// ZF changes.
template <unsigned kHalfBits, class M, class I>
void CmpxchgPair(M& m, const I& insn) {
  constexpr Width<kHalfBits> half{};
  if constexpr (kHalfBits == 64) {
    auto misaligned = m.Ne(m.And(insn.address, m.Const(kBits64, 15)), m.Const(kBits64, 0));
    if (m.RaiseIf(misaligned, cpu::TrapKind::kGeneralProtection)) return;
  }
  if (!m.Probe(insn.address, kHalfBits / 4, Access::kReadWrite)) return;
  auto high_address = m.Add(insn.address, m.Const(kBits64, kHalfBits / 8));
  auto low = m.Load(half, insn.address);
  auto high = m.Load(half, high_address);
  auto equal = m.And(m.Eq(low, ReadGpr(m, half, kRax)), m.Eq(high, ReadGpr(m, half, kRdx)));
  m.If(
      equal,
      [&] {
        m.Store(insn.address, ReadGpr(m, half, kRbx));
        m.Store(high_address, ReadGpr(m, half, kRcx));
      },
      [&] {
        m.Store(insn.address, low);
        m.Store(high_address, high);
        WriteGpr(m, kRax, low);
        WriteGpr(m, kRdx, high);
      });
  auto others = m.And(AllArithmeticFlags(m), m.Const(kBits64, ~cpu::kFlagZf));
  WriteArithmeticFlags(m, m.Or(others, m.Shl(m.FromBit(kBits64, equal), m.Const(kBits64, 6))));
}

}  // namespace elfin::semantics
