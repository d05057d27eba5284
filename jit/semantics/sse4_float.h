// Floating-point arithmetic of SSE4.1: ROUND, dot products. (SDM vol. 1, 5.10.3 and 5.10.8)
#pragma once

#include "jit/semantics/sse_float.h"

namespace elfin::semantics {

/// A number or a vector, rounded to integral numbers.
template <class S, class M, class T>
auto RoundPlainly(M& m, cpu::float80::Rounding rounding, T a) {
  using cpu::float80::Rounding;
  switch (rounding) {
    case Rounding::kDown:
      return m.FFloor(S{}, a);
    case Rounding::kUp:
      return m.FCeil(S{}, a);
    case Rounding::kTowardZero:
      return m.FTrunc(S{}, a);
    case Rounding::kNearest:
      break;
  }
  return m.FNearest(S{}, a);
}
template <class S>
constexpr auto ExactRounding() {
  if constexpr (S::is_scalar) {
    if constexpr (S::bits == 32) return &cpu::RoundFloat;
    if constexpr (S::bits == 64) return &cpu::RoundDouble;
  } else {
    if constexpr (S::bits == 32) return &cpu::RoundFloats;
    if constexpr (S::bits == 64) return &cpu::RoundDoubles;
  }
}

/// ROUNDSS, ROUNDSD, ROUNDPS, ROUNDPD. The immediate: bits 1, 0 the rounding, or MXCSR's if bit 2
/// is set; bit 3: inexact results are not told of. Denormals raise nothing, but DAZ clears them.
template <class S, class M, class I>
void RoundToIntegral(M& m, const I& insn) {
  const auto control = static_cast<uint32_t>(insn.raw.immediate) & 0xf;
  const bool by_mxcsr = (control & cpu::kRoundByMxcsr) != 0;
  const auto rounding =
      static_cast<cpu::float80::Rounding>(by_mxcsr ? 0 : control & cpu::kRoundingField);
  auto a = GetFloats<S, 1>(m, insn);
  auto plain = RoundPlainly<S>(m, rounding, a);
  auto ordinary =
      m.And(MxcsrIs(m, cpu::soft_float::kDenormalsAreZero, 0), m.FNone(m.FNe(S{}, a, a)));
  if ((control & cpu::kRoundQuietly) == 0) {
    auto exact = m.FNone(m.FNe(S{}, plain, a));
    ordinary = m.And(ordinary, m.Or(exact, InexactIsNoted(m)));
  }
  if (by_mxcsr) ordinary = m.And(ordinary, MxcsrIs(m, cpu::soft_float::kRoundingControl, 0));
  auto result = PlainOrExact(
      m, ordinary, [&] { return BitsOf<S>(m, plain); },
      [&] {
        return FloatHelper(m, ExactRounding<S>(), BitsOf<S>(m, a), m.Const(kBits32, control));
      });
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

/// DPPS, DPPD: the immediate's upper half chooses the products, its lower half the lanes that get
/// their sum; other lanes get 0.
template <class S, class M, class I>
void DotProduct(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto control = m.Const(kBits32, static_cast<uint64_t>(insn.raw.immediate) & 0xff);
  auto result = [&] {
    if constexpr (S::bits == 32) {
      return FloatHelper(m, &cpu::DotFloats, a, b, control);
    } else {
      return FloatHelper(m, &cpu::DotDoubles, a, b, control);
    }
  }();
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

}  // namespace elfin::semantics
