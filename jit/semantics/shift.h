// Shifts and rotates. (SDM vol. 2B: SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD)
//
// The count is masked to 5 bits (6 for 64-bit operands). A masked count of 0 changes nothing, flags
// included. OF is defined for a count of 1; for others we set it as processors do: from the same
// formula.
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"

namespace elfin::semantics {

/// The masked count as a 64-bit value; from CL or an immediate (operand N).
template <unsigned N, class M, class I>
auto MaskedCount(M& m, const I& insn) {
  auto count = m.ZeroExtend(kBits64, insn.template Get<N>(m, kBits8));
  return m.And(count, m.Const(kBits64, I::kBytes == 8 ? 63 : 31));
}

/// Runs body where the count is not 0. Immediate counts are decided when decoding.
template <unsigned N, class M, class I, class Body>
void UnlessZeroCount(M& m, const I& insn, typename M::template Int<64> count, Body body) {
  if constexpr (I::IsImmediate(N)) {
    if ((insn.raw.immediate & (I::kBytes == 8 ? 63 : 31)) != 0) body();
  } else {
    m.If(m.Not(m.IsZero(count)), body);
  }
}

/// A 32-bit destination register loses its upper half even where the masked count is 0.
template <class M, class I>
void TouchDst(M& m, const I& insn) {
  if constexpr (I::IsRegister(0) && I::kBytes == 4) insn.SetDst(m, insn.Dst(m));
}

template <class M, class T>
auto TopBit(M& m, T value) {
  return m.LtS(value, m.Xor(value, value));
}

/// Narrow operands are shifted in 64 bits, where no masked count is too large.
template <class M, class I>
void Shl(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto count = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<1>(m, insn, count, [&] {
    auto wide = m.ZeroExtend(kBits64, value);
    auto result = m.Truncate(insn.width, m.Shl(wide, count));
    // The last bit out: bit (width - count), or 0 where the count is larger than the width.
    auto before = m.Shl(wide, m.Sub(count, m.Const(kBits64, 1)));
    auto carry = FlagBit(m, before, I::width.bits - 1);
    insn.SetDst(m, result);
    WriteFlags(m, ResultFlags{result, carry, m.Xor(carry, TopBit(m, result)), insn.width});
  });
}

template <class M, class I>
void Shr(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto count = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<1>(m, insn, count, [&] {
    auto wide = m.ZeroExtend(kBits64, value);
    auto before = m.ShrU(wide, m.Sub(count, m.Const(kBits64, 1)));
    auto result = m.Truncate(insn.width, m.ShrU(before, m.Const(kBits64, 1)));
    insn.SetDst(m, result);
    // OF is the operand's top bit for a count of 1, the result's two top bits' difference in
    // general.
    auto next = m.Shl(result, m.Const(insn.width, 1));
    auto overflow = TopBit(m, m.Xor(result, next));
    WriteFlags(m, ResultFlags{result, FlagBit(m, before, 0), overflow, insn.width});
  });
}

template <class M, class I>
void Sar(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto count = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<1>(m, insn, count, [&] {
    auto before = m.ShrS(m.SignExtend(kBits64, value), m.Sub(count, m.Const(kBits64, 1)));
    auto result = m.Truncate(insn.width, m.ShrS(before, m.Const(kBits64, 1)));
    insn.SetDst(m, result);
    WriteFlags(m, ResultFlags{result, FlagBit(m, before, 0), m.ConstBit(false), insn.width});
  });
}

/// Rotates change only CF and OF.
template <class M, class B>
void WriteCarryAndOverflow(M& m, B carry, B overflow) {
  auto kept = m.And(m.flags().CarryWord(m), m.Const(kBits64, ~(kCarryOut | kCarryIn)));
  auto word = m.Or(CarryWordOfBits(m, carry, overflow), kept);
  WriteFlags(m, WordFlags{m.flags().ResultWord(m), word});
}

template <class M, class I>
void Rol(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto count = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<1>(m, insn, count, [&] {
    auto within = m.And(m.Truncate(insn.width, count), m.Const(insn.width, I::width.bits - 1));
    auto result = m.Rotl(value, within);
    insn.SetDst(m, result);
    auto carry = FlagBit(m, m.ZeroExtend(kBits64, result), 0);
    WriteCarryAndOverflow(m, carry, m.Xor(carry, TopBit(m, result)));
  });
}

template <class M, class I>
void Ror(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto count = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<1>(m, insn, count, [&] {
    auto within = m.And(m.Truncate(insn.width, count), m.Const(insn.width, I::width.bits - 1));
    auto result = m.Rotr(value, within);
    insn.SetDst(m, result);
    auto overflow = TopBit(m, m.Xor(result, m.Shl(result, m.Const(insn.width, 1))));
    WriteCarryAndOverflow(m, TopBit(m, result), overflow);
  });
}

/// RCL and RCR rotate through CF: width + 1 bits, so the count is taken modulo that (8 and 16
/// bits).
template <class M, class I>
auto CountThroughCarry(M& m, const I&, typename M::template Int<64> count) {
  if constexpr (I::kBytes >= 4) {
    return count;
  } else {
    // count is at most 31: subtract width + 1 as often as it fits.
    auto modulus = m.Const(kBits64, I::width.bits + 1);
    auto reduce = [&](auto c) { return m.Select(m.LeU(modulus, c), m.Sub(c, modulus), c); };
    return reduce(reduce(reduce(count)));
  }
}

template <class M, class I>
void Rcl(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto masked = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  auto count = CountThroughCarry(m, insn, masked);
  UnlessZeroCount<1>(m, insn, masked, [&] {
    auto wide = m.ZeroExtend(kBits64, value);
    auto carry_in = m.FromBit(kBits64, ReadCf(m));
    auto one = m.Const(kBits64, 1);
    auto none = m.IsZero(count);
    // value << count, CF at bit (count - 1), value >> (width + 1 - count) below; out: bit (width -
    // count).
    auto less = m.And(m.Sub(count, one), m.Const(kBits64, 63));
    auto up = m.Shl(m.Or(m.Shl(wide, one), carry_in), less);
    if constexpr (I::kBytes == 8) {
      // The bit that << 1 loses comes back from below for counts above 1.
      up = m.Or(m.Shl(m.Shl(wide, less), one), m.Shl(carry_in, less));
    }
    auto back = m.Sub(m.Const(kBits64, I::width.bits), less);
    auto down = m.Select(m.IsZero(less), m.Const(kBits64, 0),
                         m.ShrU(wide, m.And(back, m.Const(kBits64, 63))));
    auto result = m.Truncate(insn.width, m.Select(none, wide, m.Or(up, down)));
    auto out = m.And(
        m.ShrU(wide, m.And(m.Sub(m.Const(kBits64, I::width.bits), count), m.Const(kBits64, 63))),
        one);
    auto carry = m.Not(m.IsZero(m.Select(none, carry_in, out)));
    insn.SetDst(m, result);
    WriteCarryAndOverflow(m, carry, m.Xor(carry, TopBit(m, result)));
  });
}

template <class M, class I>
void Rcr(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto masked = MaskedCount<1>(m, insn);
  TouchDst(m, insn);
  auto count = CountThroughCarry(m, insn, masked);
  UnlessZeroCount<1>(m, insn, masked, [&] {
    auto wide = m.ZeroExtend(kBits64, value);
    auto carry_in = m.FromBit(kBits64, ReadCf(m));
    auto one = m.Const(kBits64, 1);
    auto none = m.IsZero(count);
    // value >> count, CF at bit (width - count), value << (width + 1 - count) above; out: bit
    // (count - 1).
    auto less = m.And(m.Sub(count, one), m.Const(kBits64, 63));
    auto down = m.ShrU(m.ShrU(wide, less), one);
    auto place = m.And(m.Sub(m.Const(kBits64, I::width.bits), count), m.Const(kBits64, 63));
    auto middle = m.Shl(carry_in, place);
    auto up = m.Select(m.IsZero(less), m.Const(kBits64, 0), m.Shl(m.Shl(wide, place), one));
    auto result = m.Truncate(insn.width, m.Select(none, wide, m.Or(m.Or(down, middle), up)));
    auto out = m.And(m.ShrU(wide, less), one);
    auto carry = m.Not(m.IsZero(m.Select(none, carry_in, out)));
    insn.SetDst(m, result);
    auto overflow = TopBit(m, m.Xor(result, m.Shl(result, m.Const(insn.width, 1))));
    WriteCarryAndOverflow(m, carry, overflow);
  });
}

/// SHLD, SHRD with 16 bits and a count above 16 have undefined results; we do what AMD's processors
/// do: a 48-bit string in which the source stands twice is shifted. OF is undefined for counts
/// above 1: as for SHL and SHR.
template <class M, class I>
void Shld(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto source = insn.Src(m);
  auto count = MaskedCount<2>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<2>(m, insn, count, [&] {
    auto wide = m.ZeroExtend(kBits64, value);
    auto fill = m.ZeroExtend(kBits64, source);
    auto back = m.And(m.Sub(m.Const(kBits64, I::width.bits), count), m.Const(kBits64, 63));
    auto string = m.Or(m.Shl(wide, count), m.ShrU(fill, back));
    auto carry = FlagBit(m, m.ShrU(wide, back), 0);
    if constexpr (I::kBytes == 2) {
      auto line =
          m.Or(m.Shl(wide, m.Const(kBits64, 32)), m.Or(m.Shl(fill, m.Const(kBits64, 16)), fill));
      string = m.ShrU(line, m.Sub(m.Const(kBits64, 32), count));
      carry = m.And(FlagBit(m, m.ShrU(line, m.Sub(m.Const(kBits64, 48), count)), 0),
                    m.LeU(count, m.Const(kBits64, 16)));
    }
    auto result = m.Truncate(insn.width, string);
    insn.SetDst(m, result);
    WriteFlags(m, ResultFlags{result, carry, m.Xor(carry, TopBit(m, result)), insn.width});
  });
}

template <class M, class I>
void Shrd(M& m, const I& insn) {
  auto value = insn.Dst(m);
  auto source = insn.Src(m);
  auto count = MaskedCount<2>(m, insn);
  TouchDst(m, insn);
  UnlessZeroCount<2>(m, insn, count, [&] {
    auto wide = m.ZeroExtend(kBits64, value);
    auto fill = m.ZeroExtend(kBits64, source);
    auto back = m.And(m.Sub(m.Const(kBits64, I::width.bits), count), m.Const(kBits64, 63));
    auto string = m.Or(m.ShrU(wide, count), m.Shl(fill, back));
    auto carry = FlagBit(m, m.ShrU(wide, m.Sub(count, m.Const(kBits64, 1))), 0);
    if constexpr (I::kBytes == 2) {
      auto line =
          m.Or(m.Shl(fill, m.Const(kBits64, 32)), m.Or(m.Shl(fill, m.Const(kBits64, 16)), wide));
      string = m.ShrU(line, count);
      carry = m.And(FlagBit(m, m.ShrU(line, m.Sub(count, m.Const(kBits64, 1))), 0),
                    m.LeU(count, m.Const(kBits64, 16)));
    }
    auto result = m.Truncate(insn.width, string);
    insn.SetDst(m, result);
    auto overflow = TopBit(m, m.Xor(result, m.Shl(result, m.Const(insn.width, 1))));
    WriteFlags(m, ResultFlags{result, carry, overflow, insn.width});
  });
}

}  // namespace elfin::semantics
