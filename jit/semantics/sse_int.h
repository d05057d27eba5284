// Integer arithmetic on XMM and MMX registers. (SDM vol. 1, 5.4, 5.5.2 and 5.6.3)
//
// Names say what the manual's do: PackedAdd<I8x16> is PADDB. Shapes are those of XMM registers; an
// MMX register has half the lanes.
#pragma once

#include "jit/semantics/vector.h"

namespace elfin::semantics {

template <class M, class I>
void PackedAnd(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.And(a, b); });
}
/// PANDN: the destination is inverted.
template <class M, class I>
void PackedAndNot(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.And(m.Not(a), b); });
}
template <class M, class I>
void PackedOr(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Or(a, b); });
}
template <class M, class I>
void PackedXor(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Xor(a, b); });
}

template <class S, class M, class I>
void PackedAdd(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VAdd(S{}, a, b); });
}
template <class S, class M, class I>
void PackedSub(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VSub(S{}, a, b); });
}
template <class S, class M, class I>
void PackedAddSatS(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VAddSatS(S{}, a, b); });
}
template <class S, class M, class I>
void PackedAddSatU(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VAddSatU(S{}, a, b); });
}
template <class S, class M, class I>
void PackedSubSatS(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VSubSatS(S{}, a, b); });
}
template <class S, class M, class I>
void PackedSubSatU(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VSubSatU(S{}, a, b); });
}
template <class S, class M, class I>
void PackedAverage(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VAverageU(S{}, a, b); });
}
template <class S, class M, class I>
void PackedMinU(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMinU(S{}, a, b); });
}
template <class S, class M, class I>
void PackedMaxU(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMaxU(S{}, a, b); });
}
template <class S, class M, class I>
void PackedMinS(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMinS(S{}, a, b); });
}
template <class S, class M, class I>
void PackedMaxS(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMaxS(S{}, a, b); });
}
template <class S, class M, class I>
void PackedCompareEqual(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VEq(S{}, a, b); });
}
template <class S, class M, class I>
void PackedCompareGreater(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VGtS(S{}, a, b); });
}

template <class M, class I>
void Pmullw(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMul(I16x8{}, a, b); });
}
template <class M, class I>
void Pmulhw(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMulHighS(I16x8{}, a, b); });
}
template <class M, class I>
void Pmulhuw(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMulHighU(I16x8{}, a, b); });
}
template <class M, class I>
void Pmuludq(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMulEvenU(I32x4{}, a, b); });
}
template <class M, class I>
void Pmaddwd(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VDot(I16x8{}, a, b); });
}
template <class M, class I>
void Psadbw(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VSumDifferences(a, b); });
}

/// Two MMX registers side by side are one operand of a narrowing operation.
template <class M, class I, class Narrow>
void PackWith(M& m, const I& insn, Narrow narrow) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    if constexpr (kIsMmx<I>) {
      auto both = m.VInterleaveLow(I64x2{}, a, b);
      return narrow(both, both);
    } else {
      return narrow(a, b);
    }
  });
}
/// PACKSSWB, PACKSSDW; the shape is the source's.
template <class S, class M, class I>
void PackSigned(M& m, const I& insn) {
  PackWith(m, insn, [&](auto a, auto b) { return m.VNarrowS(S{}, a, b); });
}
template <class S, class M, class I>
void PackUnsigned(M& m, const I& insn) {
  PackWith(m, insn, [&](auto a, auto b) { return m.VNarrowU(S{}, a, b); });
}

/// The count of a packed shift: the low 64 bits of operand 1, or an immediate.
template <class M, class I>
auto ShiftCount(M& m, const I& insn) {
  if constexpr (I::IsImmediate(1)) {
    return m.Const(kBits64, static_cast<uint64_t>(insn.raw.immediate) & 0xff);
  } else {
    return insn.template Get<1>(m, kBits64);
  }
}

/// PSLL, PSRL: counts beyond the lane give zero.
template <class S, class M, class I, class Shift>
void ShiftLogical(M& m, const I& insn, Shift shift) {
  if (!BeginVector(m, insn)) return;
  auto count = ShiftCount(m, insn);
  auto fits = m.LtU(count, m.Const(kBits64, S::bits));
  auto shifted = shift(GetVector<0>(m, insn), m.And(count, m.Const(kBits64, S::bits - 1)));
  SetVector(m, insn, m.Select(fits, shifted, m.VConst(0, 0)));
}
template <class S, class M, class I>
void PackedShl(M& m, const I& insn) {
  ShiftLogical<S>(m, insn, [&](auto a, auto count) { return m.VShl(S{}, a, count); });
}
template <class S, class M, class I>
void PackedShrU(M& m, const I& insn) {
  ShiftLogical<S>(m, insn, [&](auto a, auto count) { return m.VShrU(S{}, a, count); });
}
/// PSRA: counts beyond the lane fill it with the sign.
template <class S, class M, class I>
void PackedShrS(M& m, const I& insn) {
  if (!BeginVector(m, insn)) return;
  auto last = m.Const(kBits64, S::bits - 1);
  auto count = ShiftCount(m, insn);
  count = m.Select(m.LtU(count, last), count, last);
  SetVector(m, insn, m.VShrS(S{}, GetVector<0>(m, insn), count));
}

template <class I>
unsigned ByteCount(const I& insn) {
  const auto count = static_cast<uint64_t>(insn.raw.immediate) & 0xff;
  return count > 16 ? 16 : static_cast<unsigned>(count);
}
template <class M, class I>
void Pslldq(M& m, const I& insn) {
  m.SetReg(insn.raw.reg[0], m.VShiftBytesUp(insn.template Get<0>(m, kBits128), ByteCount(insn)));
}
template <class M, class I>
void Psrldq(M& m, const I& insn) {
  m.SetReg(insn.raw.reg[0], m.VShiftBytesDown(insn.template Get<0>(m, kBits128), ByteCount(insn)));
}

/// PMOVMSKB: an MMX register's upper half reads as zero.
template <class M, class I>
void Pmovmskb(M& m, const I& insn) {
  if (!BeginVector(m, insn)) return;
  insn.template Set<0>(m, m.VBitmask(I8x16{}, GetVector<1>(m, insn)));
  if constexpr (kIsMmx<I>) EnterMmxState(m);
}

/// Which word an immediate names.
template <class I>
unsigned WordNumber(const I& insn) {
  return static_cast<unsigned>(insn.raw.immediate) & (kIsMmx<I> ? 3 : 7);
}
template <class M, class I>
void Pextrw(M& m, const I& insn) {
  if (!BeginVector(m, insn)) return;
  auto word = m.VExtract(I16x8{}, WordNumber(insn), GetVector<1>(m, insn));
  if constexpr (I::IsMemory(0)) {
    m.Store(insn.address, word);
  } else {
    insn.template Set<0>(m, m.ZeroExtend(kBits32, word));
  }
  if constexpr (kIsMmx<I>) EnterMmxState(m);
}
template <class M, class I>
void Pinsrw(M& m, const I& insn) {
  if (!BeginVector(m, insn)) return;
  auto word = insn.template Get<1>(m, kBits16);
  SetVector(m, insn, m.VReplace(I16x8{}, WordNumber(insn), GetVector<0>(m, insn), word));
}

}  // namespace elfin::semantics
