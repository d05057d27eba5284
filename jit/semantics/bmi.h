// Bit manipulation in general registers: POPCNT, LZCNT, BMI1, BMI2; MOVBE; ADX.
// (SDM vol. 1, 5.1.16 and 5.1.17)
//
// Flags that the manual leaves undefined are set as AND sets them; those of LZCNT and TZCNT are
// clear, as on processors.
#pragma once

#include "jit/semantics/bit.h"
#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"
#include "jit/semantics/shift.h"
#include "runtime/cpu/integer_helpers.h"

namespace elfin::semantics {

/// ZF and CF as given, all others clear.
template <class M, class B>
void WriteZeroAndCarry(M& m, B zero, B carry) {
  // The result words 0 and 1: the first has ZF, and PF to be corrected; the second has neither.
  auto zero_bit = m.FromBit(kBits64, zero);
  auto parity_fix = m.Shl(zero_bit, m.Const(kBits64, 8));
  auto carry_word = CarryWordOfBits(m, carry, m.ConstBit(false));
  WriteFlags(m, WordFlags{m.Xor(zero_bit, m.Const(kBits64, 1)), m.Or(carry_word, parity_fix)});
}

template <class M, class I>
void Popcnt(M& m, const I& insn) {
  auto source = insn.Src(m);
  insn.SetDst(m, m.Popcnt(source));
  WriteZeroAndCarry(m, m.IsZero(source), m.ConstBit(false));
}

/// LZCNT, TZCNT: the width for a source of zero, which CF tells.
template <class M, class I, class Count>
void CountZeros(M& m, const I& insn, Count count) {
  auto source = insn.Src(m);
  auto result = count(source);
  insn.SetDst(m, result);
  WriteZeroAndCarry(m, m.IsZero(result), m.IsZero(source));
}
template <class M, class I>
void Lzcnt(M& m, const I& insn) {
  CountZeros(m, insn, [&](auto source) { return m.Clz(source); });
}
template <class M, class I>
void Tzcnt(M& m, const I& insn) {
  CountZeros(m, insn, [&](auto source) { return m.Ctz(source); });
}

/// ANDN: dst ← ~first & second.
template <class M, class I>
void Andn(M& m, const I& insn) {
  auto result = m.And(m.Not(insn.Src(m)), insn.Third(m));
  insn.SetDst(m, result);
  WriteFlags(m, LogicFlags{result, insn.width});
}

/// The lowest `count` bits of value; count: any number below 256.
template <class M, class I, class T>
auto KeepLowBits(M& m, const I& insn, T value, T count) {
  auto bits = m.Const(insn.width, I::width.bits);
  auto within = m.And(count, m.Const(insn.width, I::width.bits - 1));
  auto mask = m.Sub(m.Shl(m.Const(insn.width, 1), within), m.Const(insn.width, 1));
  return m.Select(m.LtU(count, bits), m.And(value, mask), value);
}
/// Bits 8n … 8n + 7 of value.
template <class M, class I, class T>
auto ByteOf(M& m, const I& insn, T value, unsigned n) {
  return m.And(m.ShrU(value, m.Const(insn.width, 8 * n)), m.Const(insn.width, 0xff));
}

/// BEXTR: the second operand from bit `start` on, `length` bits; both are bytes of the third.
template <class M, class I>
void Bextr(M& m, const I& insn) {
  auto source = insn.Src(m);
  auto control = insn.Third(m);
  auto start = ByteOf(m, insn, control, 0);
  auto length = ByteOf(m, insn, control, 1);
  auto shifted = m.ShrU(source, m.And(start, m.Const(insn.width, I::width.bits - 1)));
  auto reaches = m.LtU(start, m.Const(insn.width, I::width.bits));
  auto from_start = m.Select(reaches, shifted, m.Const(insn.width, 0));
  auto result = KeepLowBits(m, insn, from_start, length);
  insn.SetDst(m, result);
  WriteFlags(m, LogicFlags{result, insn.width});
}

/// BZHI: the bits below the number that the third operand's lowest byte gives.
template <class M, class I>
void Bzhi(M& m, const I& insn) {
  auto source = insn.Src(m);
  auto count = ByteOf(m, insn, insn.Third(m), 0);
  auto beyond = m.LeU(m.Const(insn.width, I::width.bits), count);
  auto result = KeepLowBits(m, insn, source, count);
  insn.SetDst(m, result);
  WriteFlags(m, ResultFlags{result, beyond, m.ConstBit(false), insn.width});
}

/// BLSI: the lowest one alone. CF: there is one.
template <class M, class I>
void Blsi(M& m, const I& insn) {
  auto source = insn.Src(m);
  auto result = m.And(source, m.Neg(source));
  insn.SetDst(m, result);
  auto carry = m.Not(m.IsZero(source));
  WriteFlags(m, ResultFlags{result, carry, m.ConstBit(false), insn.width});
}
/// BLSMSK, BLSR: by source - 1; CF: there is no one.
template <class M, class I, class Operation>
void WithLess(M& m, const I& insn, Operation operation) {
  auto source = insn.Src(m);
  auto result = operation(source, m.Sub(source, m.Const(insn.width, 1)));
  insn.SetDst(m, result);
  WriteFlags(m, ResultFlags{result, m.IsZero(source), m.ConstBit(false), insn.width});
}
/// BLSMSK: ones up to the lowest one.
template <class M, class I>
void Blsmsk(M& m, const I& insn) {
  WithLess(m, insn, [&](auto source, auto less) { return m.Xor(source, less); });
}
/// BLSR: without the lowest one.
template <class M, class I>
void Blsr(M& m, const I& insn) {
  WithLess(m, insn, [&](auto source, auto less) { return m.And(source, less); });
}

/// MULX: rDX × third operand; the upper half to operand 0, the lower to operand 1, where they are
/// one the upper half stays.
template <class M, class I>
void Mulx(M& m, const I& insn) {
  auto left = ReadGpr(m, insn.width, kRdx);
  auto right = insn.Third(m);
  insn.template Set<1>(m, m.Mul(left, right));
  insn.SetDst(m, m.MulHighU(left, right));
}

/// PDEP, PEXT.
template <class M, class I, class Function>
void MoveBits(M& m, const I& insn, Function function) {
  auto source = m.ZeroExtend(kBits64, insn.Src(m));
  auto mask = m.ZeroExtend(kBits64, insn.Third(m));
  insn.SetDst(m, m.Truncate(insn.width, m.Helper(function, source, mask)));
}
template <class M, class I>
void Pdep(M& m, const I& insn) {
  MoveBits(m, insn, &cpu::DepositBits);
}
template <class M, class I>
void Pext(M& m, const I& insn) {
  MoveBits(m, insn, &cpu::ExtractBits);
}

/// RORX, SARX, SHLX, SHRX: no flags.
template <class M, class I, class Shift>
void ShiftWithoutFlags(M& m, const I& insn, Shift shift) {
  auto value = insn.Src(m);
  auto count = m.And(insn.Third(m), m.Const(insn.width, I::width.bits - 1));
  insn.SetDst(m, shift(value, count));
}
template <class M, class I>
void Rorx(M& m, const I& insn) {
  ShiftWithoutFlags(m, insn, [&](auto value, auto count) { return m.Rotr(value, count); });
}
template <class M, class I>
void Sarx(M& m, const I& insn) {
  ShiftWithoutFlags(m, insn, [&](auto value, auto count) { return m.ShrS(value, count); });
}
template <class M, class I>
void Shlx(M& m, const I& insn) {
  ShiftWithoutFlags(m, insn, [&](auto value, auto count) { return m.Shl(value, count); });
}
template <class M, class I>
void Shrx(M& m, const I& insn) {
  ShiftWithoutFlags(m, insn, [&](auto value, auto count) { return m.ShrU(value, count); });
}

template <class M, class I>
void Movbe(M& m, const I& insn) {
  insn.SetDst(m, m.ByteSwap(insn.Src(m)));
}

/// dst ← dst + src + carry_in; returns the carry out.
template <class M, class I>
auto AddWithCarry(M& m, const I& insn, typename M::Bit carry_in) {
  auto left = insn.Dst(m);
  auto right = insn.Src(m);
  auto sum = m.Add(m.Add(left, right), m.FromBit(insn.width, carry_in));
  insn.SetDst(m, sum);
  auto either = m.And(m.Or(left, right), m.Not(sum));
  return TopBit(m, m.Or(m.And(left, right), either));
}
/// ADCX: ADC that touches no flag but CF.
template <class M, class I>
void Adcx(M& m, const I& insn) {
  WriteCarryOnly(m, AddWithCarry(m, insn, ReadCf(m)));
}
/// ADOX: the same with OF for its carry.
template <class M, class I>
void Adox(M& m, const I& insn) {
  auto carry = ReadCf(m);
  WriteCarryAndOverflow(m, carry, AddWithCarry(m, insn, ReadOf(m)));
}

}  // namespace elfin::semantics
