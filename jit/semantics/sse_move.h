// Moves between XMM registers, general registers and memory; shuffles; MXCSR.
// (SDM vol. 1, 5.5.1 and 5.6.1)
#pragma once

#include "jit/semantics/vector.h"

namespace elfin::semantics {

/// Offset of an XMM register's upper half.
constexpr uint16_t UpperHalf(uint16_t offset) { return static_cast<uint16_t>(offset + 8); }

/// MOVAPS, MOVUPS, MOVDQA, MOVNTPS and their like: 128 bits; the row says whether they must be
/// aligned.
template <class M, class I>
void MoveVector(M& m, const I& insn) {
  insn.template Set<0>(m, insn.template Get<1>(m, kBits128));
}

/// MOVSS, MOVSD: from memory with zeros above, otherwise only the lowest lane.
template <unsigned kBits, class M, class I>
void MoveScalar(M& m, const I& insn) {
  auto value = insn.template Get<1>(m, Width<kBits>{});
  if constexpr (I::IsMemory(0)) {
    m.Store(insn.address, value);
  } else if constexpr (I::IsMemory(1)) {
    m.SetReg(insn.raw.reg[0], m.VZeroExtend(value));
  } else {
    m.SetReg(insn.raw.reg[0], value);
  }
}

/// MOVD, MOVQ with an XMM destination: zeros above. The source can be a general register.
template <unsigned kBits, class M, class I>
void MoveToXmm(M& m, const I& insn) {
  m.SetReg(insn.raw.reg[0], m.VZeroExtend(insn.template Get<1>(m, Width<kBits>{})));
}
/// MOVD, MOVQ from an XMM register to a general one or to memory.
template <unsigned kBits, class M, class I>
void MoveFromXmm(M& m, const I& insn) {
  insn.template Set<0>(m, m.GetReg(Width<kBits>{}, insn.raw.reg[1]));
}

/// MOVLPS, MOVLPD: the lower half from or to memory.
template <class M, class I>
void MoveLowHalf(M& m, const I& insn) {
  if constexpr (I::IsMemory(0)) {
    m.Store(insn.address, m.GetReg(kBits64, insn.raw.reg[1]));
  } else {
    m.SetReg(insn.raw.reg[0], m.Load(kBits64, insn.address));
  }
}
/// MOVHPS, MOVHPD: the upper half from or to memory.
template <class M, class I>
void MoveHighHalf(M& m, const I& insn) {
  if constexpr (I::IsMemory(0)) {
    m.Store(insn.address, m.GetReg(kBits64, UpperHalf(insn.raw.reg[1])));
  } else {
    m.SetReg(UpperHalf(insn.raw.reg[0]), m.Load(kBits64, insn.address));
  }
}
template <class M, class I>
void Movhlps(M& m, const I& insn) {
  m.SetReg(insn.raw.reg[0], m.GetReg(kBits64, UpperHalf(insn.raw.reg[1])));
}
template <class M, class I>
void Movlhps(M& m, const I& insn) {
  m.SetReg(UpperHalf(insn.raw.reg[0]), m.GetReg(kBits64, insn.raw.reg[1]));
}

/// MOVMSKPS, MOVMSKPD: the lanes' signs.
template <class S, class M, class I>
void MoveMask(M& m, const I& insn) {
  insn.template Set<0>(m, m.VBitmask(S{}, insn.template Get<1>(m, kBits128)));
}

/// UNPCKLPS, PUNPCKLBW and their like.
template <class S, class M, class I>
void UnpackLow(M& m, const I& insn) {
  if constexpr (kIsMmx<I> && I::IsMemory(1)) {  // reads only what it uses
    if (!BeginMmx(m)) return;
    auto source = m.VZeroExtend(m.Load(kBits32, insn.address));
    SetVector(m, insn, m.VInterleaveLow(S{}, GetVector<0>(m, insn), source));
  } else {
    VectorBinary(m, insn, [&](auto a, auto b) { return m.VInterleaveLow(S{}, a, b); });
  }
}
/// The high ones. Interleaving the whole of two MMX registers leaves their upper halves in the
/// upper half.
template <class S, class M, class I>
void UnpackHigh(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    if constexpr (kIsMmx<I>) {
      return m.VShiftBytesDown(m.VInterleaveLow(S{}, a, b), 8);
    } else {
      return m.VInterleaveHigh(S{}, a, b);
    }
  });
}

/// Two bits of an immediate.
template <class I>
uint8_t PickBits(const I& insn, unsigned n) {
  return static_cast<uint8_t>(static_cast<uint64_t>(insn.raw.immediate) >> (2 * n) & 3);
}

template <class M, class I>
void Shufps(M& m, const I& insn) {
  const std::array<uint8_t, 4> lanes = {PickBits(insn, 0), PickBits(insn, 1),
                                        static_cast<uint8_t>(PickBits(insn, 2) + 4),
                                        static_cast<uint8_t>(PickBits(insn, 3) + 4)};
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VPick(I32x4{}, a, b, lanes); });
}
template <class M, class I>
void Shufpd(M& m, const I& insn) {
  const unsigned bits = PickBits(insn, 0);
  const std::array<uint8_t, 2> lanes = {static_cast<uint8_t>(bits & 1),
                                        static_cast<uint8_t>((bits >> 1) + 2)};
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VPick(I64x2{}, a, b, lanes); });
}
template <class M, class I>
void Pshufd(M& m, const I& insn) {
  const std::array<uint8_t, 4> lanes = {PickBits(insn, 0), PickBits(insn, 1), PickBits(insn, 2),
                                        PickBits(insn, 3)};
  auto source = insn.template Get<1>(m, kBits128);
  m.SetReg(insn.raw.reg[0], m.VPick(I32x4{}, source, source, lanes));
}
/// PSHUFLW (first lane 0), PSHUFHW (4), PSHUFW (0, the MMX register's four lanes).
template <unsigned kFirst, class M, class I>
void ShuffleWords(M& m, const I& insn) {
  std::array<uint8_t, 8> lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  for (unsigned n = 0; n < 4; ++n)
    lanes[kFirst + n] = static_cast<uint8_t>(kFirst + PickBits(insn, n));
  if (!BeginVector(m, insn)) return;
  auto source = GetVector<1>(m, insn);
  SetVector(m, insn, m.VPick(I16x8{}, source, source, lanes));
}

/// MASKMOVDQU, MASKMOVQ: stores the bytes whose mask byte has its top bit set at [rdi]. All of the
/// bytes have to be writable, as on AMD's processors, unless none is stored.
template <class M, class I>
void MaskedMove(M& m, const I& insn) {
  if (!BeginVector(m, insn)) return;
  if constexpr (kIsMmx<I>) EnterMmxState(m);
  auto value = GetVector<0>(m, insn);
  auto mask = m.VBitmask(I8x16{}, GetVector<1>(m, insn));
  auto base = ReadGpr(m, kBits64, kRdi);
  if (insn.Has(decoder::kAddress32)) base = m.ZeroExtend(kBits64, m.Truncate(kBits32, base));
  base = m.Add(base, m.GetReg(kBits64, insn.raw.segment));
  auto bit = [&](unsigned n) {
    return m.Ne(m.And(mask, m.Const(kBits32, n)), m.Const(kBits32, 0));
  };
  m.If(bit(0xffff), [&] { (void)m.Probe(base, I::kBytes, Access::kWrite); });
  if (m.Left()) return;
  for (unsigned n = 0; n < I::kBytes; ++n) {
    m.If(bit(1u << n),
         [&] { m.Store(m.Add(base, m.Const(kBits64, n)), m.VExtract(I8x16{}, n, value)); });
  }
}

template <class M, class I>
void Stmxcsr(M& m, const I& insn) {
  m.Store(insn.address, m.GetReg(kBits32, kMxcsrOffset));
}
/// LDMXCSR: reserved bits are #GP.
template <class M, class I>
void Ldmxcsr(M& m, const I& insn) {
  auto value = m.Load(kBits32, insn.address);
  auto reserved = m.And(value, m.Const(kBits32, ~cpu::kMxcsrMask));
  if (m.RaiseIf(m.Ne(reserved, m.Const(kBits32, 0)), cpu::TrapKind::kGeneralProtection)) return;
  m.SetMxcsr(value);
}

}  // namespace elfin::semantics
