// SSE4.1 and SSE4.2 but for their floating-point arithmetic (sse4_float.h). (SDM vol.
// 1, 5.10, 5.11)
#pragma once

#include "jit/semantics/bmi.h"
#include "jit/semantics/ssse3.h"
#include "runtime/cpu/carryless.h"
#include "runtime/cpu/string_compare.h"

namespace elfin::semantics {

/// PMULDQ: the even lanes, signed.
template <class M, class I>
void Pmuldq(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMulEvenS(I32x4{}, a, b); });
}
template <class M, class I>
void Pmulld(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VMul(I32x4{}, a, b); });
}

/// The lowest 16 / kTimes bytes of operand 1; above them anything.
template <unsigned kTimes, class M, class I>
auto GetLowLanes(M& m, const I& insn) {
  if constexpr (!I::IsMemory(1)) {
    return insn.template Get<1>(m, kBits128);
  } else if constexpr (kTimes == 8) {
    return m.VZeroExtend(m.ZeroExtend(kBits32, m.Load(kBits16, insn.address)));
  } else {
    return m.VZeroExtend(m.Load(Width<128 / kTimes>{}, insn.address));
  }
}
/// Lanes of shape S to kTimes their width.
template <class S, unsigned kTimes, class M, class Extend>
auto ExtendLanes(M& m, typename M::V128 a, Extend extend) {
  auto wider = extend(S{}, a);
  if constexpr (kTimes == 2) {
    return wider;
  } else {
    return ExtendLanes<Shape<2 * S::bits, false>, kTimes / 2>(m, wider, extend);
  }
}
template <class S, unsigned kTimes, class M, class I>
void MoveSignExtended(M& m, const I& insn) {
  auto source = GetLowLanes<kTimes>(m, insn);
  auto extend = [&](auto shape, auto a) { return m.VExtendLowS(shape, a); };
  m.SetReg(insn.raw.reg[0], ExtendLanes<S, kTimes>(m, source, extend));
}
template <class S, unsigned kTimes, class M, class I>
void MoveZeroExtended(M& m, const I& insn) {
  auto source = GetLowLanes<kTimes>(m, insn);
  auto extend = [&](auto shape, auto a) { return m.VExtendLowU(shape, a); };
  m.SetReg(insn.raw.reg[0], ExtendLanes<S, kTimes>(m, source, extend));
}
/// PMOVSXBW and its like, PMOVZXBW and its like: the shape is the source's.
template <class S, class M, class I>
void MoveSignExtendedBy2(M& m, const I& insn) {
  MoveSignExtended<S, 2>(m, insn);
}
template <class S, class M, class I>
void MoveZeroExtendedBy2(M& m, const I& insn) {
  MoveZeroExtended<S, 2>(m, insn);
}
template <class S, class M, class I>
void MoveSignExtendedBy4(M& m, const I& insn) {
  MoveSignExtended<S, 4>(m, insn);
}
template <class S, class M, class I>
void MoveZeroExtendedBy4(M& m, const I& insn) {
  MoveZeroExtended<S, 4>(m, insn);
}
template <class S, class M, class I>
void MoveSignExtendedBy8(M& m, const I& insn) {
  MoveSignExtended<S, 8>(m, insn);
}
template <class S, class M, class I>
void MoveZeroExtendedBy8(M& m, const I& insn) {
  MoveZeroExtended<S, 8>(m, insn);
}

/// BLENDPS, BLENDPD, PBLENDW: lanes of the source where the immediate has ones.
template <class S, class M, class I>
void BlendByImmediate(M& m, const I& insn) {
  auto lanes = LaneSequence<S>(0, 1);
  for (unsigned n = 0; n < S::count; ++n) {
    if ((static_cast<uint64_t>(insn.raw.immediate) >> n & 1) != 0) lanes[n] += S::count;
  }
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VPick(S{}, a, b, lanes); });
}
/// BLENDVPS, BLENDVPD, PBLENDVB: lanes of the source where XMM0's have their top bit set.
template <class S, class M, class I>
void BlendByXmm0(M& m, const I& insn) {
  auto mask = m.VGtS(S{}, m.VConst(0, 0), m.GetReg(kBits128, decoder::VectorOffset(0)));
  VectorBinary(m, insn, [&](auto a, auto b) { return m.VSelect(mask, b, a); });
}

/// A lane's number in an immediate.
template <class S, class I>
unsigned LaneNumber(const I& insn) {
  return static_cast<unsigned>(insn.raw.immediate) & (S::count - 1);
}
/// PEXTRB, PEXTRD, PEXTRQ, EXTRACTPS: to memory, or with zeros above to a general register.
template <class S, class M, class I>
void ExtractLane(M& m, const I& insn) {
  auto lane = m.VExtract(S{}, LaneNumber<S>(insn), insn.template Get<1>(m, kBits128));
  if constexpr (I::IsMemory(0) || S::bits >= 32) {
    insn.template Set<0>(m, lane);
  } else {
    insn.template Set<0>(m, m.ZeroExtend(kBits32, lane));
  }
}
/// PINSRB, PINSRD, PINSRQ.
template <class S, class M, class I>
void InsertLane(M& m, const I& insn) {
  auto value = insn.template Get<1>(m, S::lane);
  auto vector = insn.template Get<0>(m, kBits128);
  m.SetReg(insn.raw.reg[0], m.VReplace(S{}, LaneNumber<S>(insn), vector, value));
}
/// INSERTPS: from lane (immediate's bits 7, 6; memory has but one) to lane (5, 4); then the lanes
/// of bits 3 … 0 are cleared.
template <class M, class I>
void Insertps(M& m, const I& insn) {
  auto value = [&] {
    if constexpr (I::IsMemory(1)) {
      return m.Load(kBits32, insn.address);
    } else {
      return m.VExtract(I32x4{}, PickBits(insn, 3), insn.template Get<1>(m, kBits128));
    }
  }();
  auto inserted = m.VReplace(I32x4{}, PickBits(insn, 2), insn.template Get<0>(m, kBits128), value);
  auto kept = [&](unsigned lane) {
    return (static_cast<uint64_t>(insn.raw.immediate) >> lane & 1) != 0 ? 0 : 0xffff'ffffu;
  };
  auto mask = m.VConst(uint64_t{kept(3)} << 32 | kept(2), uint64_t{kept(1)} << 32 | kept(0));
  m.SetReg(insn.raw.reg[0], m.And(inserted, mask));
}

/// PTEST: ZF: source has no bit of the destination; CF: it has no other.
template <class M, class I>
void Ptest(M& m, const I& insn) {
  auto a = insn.template Get<0>(m, kBits128);
  auto b = insn.template Get<1>(m, kBits128);
  auto zero = m.Not(m.VAnyTrue(m.And(a, b)));
  auto carry = m.Not(m.VAnyTrue(m.And(m.Not(a), b)));
  WriteZeroAndCarry(m, zero, carry);
}

template <class M, class I>
void Mpsadbw(M& m, const I& insn) {
  auto control = m.Const(kBits32, static_cast<uint64_t>(insn.raw.immediate) & 0xff);
  VectorBinary(m, insn, [&](auto a, auto b) { return m.Helper(&cpu::SlidingSums, a, b, control); });
}
template <class M, class I>
void Phminposuw(M& m, const I& insn) {
  m.SetReg(insn.raw.reg[0], m.Helper(&cpu::LeastWord, insn.template Get<1>(m, kBits128)));
}

/// What string_compare.h answers.
enum class StringEnd : uint8_t { kExplicit, kZero };
template <StringEnd kEnd, class M, class I>
auto CompareStringOperands(M& m, const I& insn) {
  auto a = insn.template Get<0>(m, kBits128);
  auto b = insn.template Get<1>(m, kBits128);
  auto control = m.Const(kBits32, static_cast<uint64_t>(insn.raw.immediate) & 0xff);
  if constexpr (kEnd == StringEnd::kZero) {
    return m.Helper(&cpu::CompareTerminatedStrings, a, b, control);
  } else {
    auto length_a = m.SignExtend(kBits64, ReadGpr(m, insn.width, kRax));
    auto length_b = m.SignExtend(kBits64, ReadGpr(m, insn.width, kRdx));
    return m.Helper(&cpu::CompareStrings, a, b, length_a, length_b, control);
  }
}
/// PCMPESTRI, PCMPISTRI: the index to ECX.
template <StringEnd kEnd, class M, class I>
void CompareStringsToIndex(M& m, const I& insn) {
  auto answer = CompareStringOperands<kEnd>(m, insn);
  auto index = m.ShrU(answer, m.Const(kBits64, cpu::kCompareIndexShift));
  WriteGpr(m, kRcx, m.And(m.Truncate(kBits32, index), m.Const(kBits32, 0xff)));
  WriteArithmeticFlags(m, m.ShrU(answer, m.Const(kBits64, cpu::kCompareFlagsShift)));
}
/// PCMPESTRM, PCMPISTRM: the mask to XMM0, as bits or (immediate's bit 6) as lanes.
template <StringEnd kEnd, class M, class I>
void CompareStringsToMask(M& m, const I& insn) {
  constexpr uint16_t xmm0 = decoder::VectorOffset(0);
  auto answer = CompareStringOperands<kEnd>(m, insn);
  auto bits = m.VZeroExtend(m.And(answer, m.Const(kBits64, 0xffff)));
  // Each lane gets the mask's byte that has its bit, and asks for the bit.
  if ((insn.raw.immediate & 0x40) == 0) {
    m.SetReg(xmm0, bits);
  } else if ((insn.raw.immediate & 1) == 0) {
    constexpr std::array<uint8_t, 16> bytes = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    auto own = m.VConst(0x8040'2010'0804'0201, 0x8040'2010'0804'0201);
    auto spread = m.VPick(I8x16{}, bits, bits, bytes);
    m.SetReg(xmm0, m.VEq(I8x16{}, m.And(spread, own), own));
  } else {
    auto own = m.VConst(0x0080'0040'0020'0010, 0x0008'0004'0002'0001);
    auto spread = m.VPick(I16x8{}, bits, bits, LaneSequence<I16x8>(0, 0));
    m.SetReg(xmm0, m.VEq(I16x8{}, m.And(spread, own), own));
  }
  WriteArithmeticFlags(m, m.ShrU(answer, m.Const(kBits64, cpu::kCompareFlagsShift)));
}

/// CRC32: of a source of kBits bits, or where that is 0 of the operand width.
template <unsigned kBits, class M, class I>
void Crc32(M& m, const I& insn) {
  constexpr auto width = Width<(kBits == 0 ? I::width.bits : kBits)>{};
  auto data = m.ZeroExtend(kBits64, insn.template Get<1>(m, width));
  auto crc = insn.template Get<0>(m, kBits32);
  insn.SetDst(m, m.Helper(&cpu::AddToCrc32c, crc, data, m.Const(kBits32, width.bytes)));
}

}  // namespace elfin::semantics
