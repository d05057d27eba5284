// SSE3: sums and differences across and between lanes, duplicating moves. (SDM vol. 1, 5.7)
#pragma once

#include "jit/semantics/sse_float.h"
#include "jit/semantics/sse_move.h"

namespace elfin::semantics {

/// A vector shape's lanes as integers.
template <class S>
using IntegerLanes = Shape<S::bits, false>;

/// Lane numbers for VPick: first, first + step, …
template <class S>
constexpr auto LaneSequence(unsigned first, unsigned step) {
  std::array<uint8_t, S::count> lanes{};
  for (unsigned n = 0; n < S::count; ++n) lanes[n] = static_cast<uint8_t>(first + n * step);
  return lanes;
}

/// HADDPS, HADDPD, HSUBPS, HSUBPD: each even lane with the odd one above it; the destination's
/// results come first.
template <class S, FloatOperation kOperation, class M, class I>
void CombineNeighbours(M& m, const I& insn) {
  using Lanes = IntegerLanes<S>;
  auto low = insn.template Get<0>(m, kBits128);
  auto high = insn.template Get<1>(m, kBits128);
  auto a = m.VPick(Lanes{}, low, high, LaneSequence<Lanes>(0, 2));
  auto b = m.VPick(Lanes{}, low, high, LaneSequence<Lanes>(1, 2));
  auto plain = kOperation == FloatOperation::kAdd ? m.FAdd(S{}, a, b) : m.FSub(S{}, a, b);
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), m.Not(IsFinite<S>(m, plain)));
  FinishFloat<S>(m, insn, kOperation, a, b, plain, m.And(RoundsPlainly(m), m.FNone(odd)));
}
template <class S, class M, class I>
void HorizontalAdd(M& m, const I& insn) {
  CombineNeighbours<S, FloatOperation::kAdd>(m, insn);
}
template <class S, class M, class I>
void HorizontalSubtract(M& m, const I& insn) {
  CombineNeighbours<S, FloatOperation::kSubtract>(m, insn);
}

/// ADDSUBPS, ADDSUBPD: even lanes are subtracted, odd ones added.
template <class S, class M, class I>
void AddSubtract(M& m, const I& insn) {
  constexpr uint64_t even = S::bits == 32 ? 0xffff'ffff : ~uint64_t{0};
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto mask = m.VConst(S::bits == 32 ? even : 0, even);
  auto plain = m.VSelect(mask, m.FSub(S{}, a, b), m.FAdd(S{}, a, b));
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), m.Not(IsFinite<S>(m, plain)));
  auto result = PlainOrExact(
      m, m.And(RoundsPlainly(m), m.FNone(odd)), [&] { return plain; },
      [&] {
        if constexpr (S::bits == 32) {
          return FloatHelper(m, &cpu::AddSubtractFloats, a, b);
        } else {
          return FloatHelper(m, &cpu::AddSubtractDoubles, a, b);
        }
      });
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

template <class M, class I>
void Movddup(M& m, const I& insn) {
  auto low = m.VZeroExtend(insn.template Get<1>(m, kBits64));
  m.SetReg(insn.raw.reg[0], m.VInterleaveLow(I64x2{}, low, low));
}
/// MOVSLDUP (0), MOVSHDUP (1): the even or odd lanes twice.
template <unsigned kFirst, class M, class I>
void DuplicateFloats(M& m, const I& insn) {
  constexpr std::array<uint8_t, 4> lanes = {kFirst, kFirst, kFirst + 2, kFirst + 2};
  auto source = insn.template Get<1>(m, kBits128);
  m.SetReg(insn.raw.reg[0], m.VPick(I32x4{}, source, source, lanes));
}

}  // namespace elfin::semantics
