// SSSE3: horizontal sums, signs, byte shuffles, with XMM and MMX registers. (SDM vol. 1, 5.8)
#pragma once

#include "jit/semantics/sse3.h"
#include "jit/semantics/sse_int.h"

namespace elfin::semantics {

/// PSHUFB: bytes of the destination by index; zero where an index has its top bit set. The upper
/// half of what MMX registers give is not looked at.
template <class M, class I>
void Pshufb(M& m, const I& insn) {
  constexpr uint64_t used = kIsMmx<I> ? 0x8787'8787'8787'8787 : 0x8f8f'8f8f'8f8f'8f8f;
  VectorBinary(m, insn, [&](auto a, auto indices) {
    return m.VSwizzle(a, m.And(indices, m.VConst(used, used)));
  });
}

/// operation(even lanes, odd lanes) of destination and source, the destination's first.
template <class S, class M, class I, class Operation>
void Horizontal(M& m, const I& insn, Operation operation) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    if constexpr (kIsMmx<I>) {
      auto both = m.VInterleaveLow(I64x2{}, a, b);
      return operation(m.VPick(S{}, both, both, LaneSequence<S>(0, 2)),
                       m.VPick(S{}, both, both, LaneSequence<S>(1, 2)));
    } else {
      return operation(m.VPick(S{}, a, b, LaneSequence<S>(0, 2)),
                       m.VPick(S{}, a, b, LaneSequence<S>(1, 2)));
    }
  });
}
/// PHADDW, PHADDD.
template <class S, class M, class I>
void PackedHorizontalAdd(M& m, const I& insn) {
  Horizontal<S>(m, insn, [&](auto even, auto odd) { return m.VAdd(S{}, even, odd); });
}
/// PHSUBW, PHSUBD: even lanes less the odd ones.
template <class S, class M, class I>
void PackedHorizontalSub(M& m, const I& insn) {
  Horizontal<S>(m, insn, [&](auto even, auto odd) { return m.VSub(S{}, even, odd); });
}
template <class M, class I>
void Phaddsw(M& m, const I& insn) {
  Horizontal<I16x8>(m, insn, [&](auto even, auto odd) { return m.VAddSatS(I16x8{}, even, odd); });
}
template <class M, class I>
void Phsubsw(M& m, const I& insn) {
  Horizontal<I16x8>(m, insn, [&](auto even, auto odd) { return m.VSubSatS(I16x8{}, even, odd); });
}

/// PMADDUBSW: unsigned bytes of the destination × signed ones of the source, neighbours added,
/// saturated. No product is too large for 16 bits.
template <class M, class I>
void Pmaddubsw(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    auto eight = m.Const(kBits64, 8);
    auto even_a = m.And(a, m.VConst(0x00ff'00ff'00ff'00ff, 0x00ff'00ff'00ff'00ff));
    auto even_b = m.VShrS(I16x8{}, m.VShl(I16x8{}, b, eight), eight);
    auto even = m.VMul(I16x8{}, even_a, even_b);
    auto odd = m.VMul(I16x8{}, m.VShrU(I16x8{}, a, eight), m.VShrS(I16x8{}, b, eight));
    return m.VAddSatS(I16x8{}, even, odd);
  });
}

/// PMULHRSW: (a × b + 2^14) >> 15, which for -32768 squared is -32768.
template <class M, class I>
void Pmulhrsw(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    auto least = m.VConst(0x8000'8000'8000'8000, 0x8000'8000'8000'8000);
    auto both_least = m.And(m.VEq(I16x8{}, a, least), m.VEq(I16x8{}, b, least));
    return m.Xor(m.VMulQ15S(I16x8{}, a, b), both_least);
  });
}

/// PABSB, PABSW, PABSD.
template <class S, class M, class I>
void PackedAbs(M& m, const I& insn) {
  if (!BeginVector(m, insn)) return;
  SetVector(m, insn, m.VAbs(S{}, GetVector<1>(m, insn)));
}

/// PSIGNB, PSIGNW, PSIGND: the destination × the source's sign.
template <class S, class M, class I>
void PackedSign(M& m, const I& insn) {
  VectorBinary(m, insn, [&](auto a, auto b) {
    auto zero = m.VConst(0, 0);
    auto negative = m.VGtS(S{}, zero, b);
    auto with_sign = m.VSub(S{}, m.Xor(a, negative), negative);
    return m.And(with_sign, m.Not(m.VEq(S{}, b, zero)));
  });
}

/// PALIGNR: destination above source, shifted down by bytes.
template <class M, class I>
void Palignr(M& m, const I& insn) {
  const auto count = static_cast<unsigned>(insn.raw.immediate) & 0xff;
  VectorBinary(m, insn, [&](auto a, auto b) {
    if constexpr (kIsMmx<I>) {
      return m.VShiftBytesDown(m.VInterleaveLow(I64x2{}, b, a), count > 16 ? 16 : count);
    } else {
      if (count > 16) return m.VShiftBytesDown(a, count > 32 ? 16 : count - 16);
      return m.VPick(I8x16{}, b, a, LaneSequence<I8x16>(count, 1));
    }
  });
}

}  // namespace elfin::semantics
