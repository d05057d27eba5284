// Multiplication and division. (SDM vol. 2A: MUL, IMUL, DIV, IDIV)
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"

namespace elfin::semantics {

enum class Signedness : uint8_t { kUnsigned, kSigned };

/// Writes a double-width result to rDX:rAX (8 bits: AX).
template <class M, class W, class T>
void WriteWide(M& m, W, T low, T high) {
  if constexpr (W::bits == 8) {
    m.SetReg(decoder::GprOffset(kRax), low);
    m.SetReg(kAhOffset, high);
  } else {
    WriteGpr(m, kRax, low);
    WriteGpr(m, kRdx, high);
  }
}

/// MUL and one-operand IMUL. CF = OF = the upper half says something that the lower doesn't. SF,
/// ZF, AF and PF are undefined; we set them from the lower half.
template <Signedness kSign, class M, class I>
void MulWide(M& m, const I& insn) {
  auto left = ReadGpr(m, insn.width, kRax);
  auto right = insn.Dst(m);
  auto low = m.Mul(left, right);
  if constexpr (kSign == Signedness::kSigned) {
    auto high = m.MulHighS(left, right);
    WriteWide(m, insn.width, low, high);
    auto lost = m.Ne(high, m.ShrS(low, m.Const(insn.width, I::width.bits - 1)));
    WriteFlags(m, ResultFlags{low, lost, lost, insn.width});
  } else {
    auto high = m.MulHighU(left, right);
    WriteWide(m, insn.width, low, high);
    auto lost = m.Not(m.IsZero(high));
    WriteFlags(m, ResultFlags{low, lost, lost, insn.width});
  }
}

/// IMUL with two or three operands: the last two are multiplied.
template <class M, class I>
void Imul(M& m, const I& insn) {
  constexpr bool three = I::Kind(2) != OperandKind::kNone;
  auto left = insn.template Get<(three ? 1 : 0)>(m, insn.width);
  auto right = insn.template Get<(three ? 2 : 1)>(m, insn.width);
  auto low = m.Mul(left, right);
  auto lost = m.Ne(m.MulHighS(left, right), m.ShrS(low, m.Const(insn.width, I::width.bits - 1)));
  insn.SetDst(m, low);
  WriteFlags(m, ResultFlags{low, lost, lost, insn.width});
}

/// DIV: rDX:rAX ÷ operand; quotient to rAX, remainder to rDX; #DE where the quotient doesn't fit.
/// Flags are undefined; we leave them.
template <class M, class I>
void Div(M& m, const I& insn) {
  auto divisor = insn.Dst(m);
  auto low = ReadGpr(m, insn.width, kRax);
  auto high = [&] {
    if constexpr (I::kBytes == 1) {
      return m.GetReg(kBits8, kAhOffset);
    } else {
      return ReadGpr(m, insn.width, kRdx);
    }
  }();
  // high >= divisor covers division by zero as well.
  if (m.RaiseIf(m.LeU(divisor, high), cpu::TrapKind::kDivide)) return;
  auto quotient = m.DivWideU(high, low, divisor);
  WriteWide(m, insn.width, quotient, m.Sub(low, m.Mul(quotient, divisor)));
}

/// IDIV: signed, rounding towards zero. Computed on magnitudes.
template <class M, class I>
void Idiv(M& m, const I& insn) {
  auto divisor = insn.Dst(m);
  auto low = ReadGpr(m, insn.width, kRax);
  auto high = [&] {
    if constexpr (I::kBytes == 1) {
      return m.GetReg(kBits8, kAhOffset);
    } else {
      return ReadGpr(m, insn.width, kRdx);
    }
  }();
  auto zero = m.Const(insn.width, 0);
  auto negative_dividend = m.LtS(high, zero);
  auto negative_divisor = m.LtS(divisor, zero);
  auto negative_quotient = m.Xor(negative_dividend, negative_divisor);
  auto borrow = m.FromBit(insn.width, m.Ne(low, zero));
  auto dividend_low = m.Select(negative_dividend, m.Neg(low), low);
  auto dividend_high = m.Select(negative_dividend, m.Sub(m.Neg(high), borrow), high);
  auto magnitude = m.Select(negative_divisor, m.Neg(divisor), divisor);
  if (m.RaiseIf(m.LeU(magnitude, dividend_high), cpu::TrapKind::kDivide)) return;
  auto quotient = m.DivWideU(dividend_high, dividend_low, magnitude);
  auto remainder = m.Sub(dividend_low, m.Mul(quotient, magnitude));
  // The largest magnitude of a negative quotient is 2^(n-1), of a positive one 2^(n-1) - 1.
  auto limit = m.Add(m.Const(insn.width, (uint64_t{1} << (I::width.bits - 1)) - 1),
                     m.FromBit(insn.width, negative_quotient));
  if (m.RaiseIf(m.LtU(limit, quotient), cpu::TrapKind::kDivide)) return;
  WriteWide(m, insn.width, m.Select(negative_quotient, m.Neg(quotient), quotient),
            m.Select(negative_dividend, m.Neg(remainder), remainder));
}

}  // namespace elfin::semantics
