// The floating-point part of the Machine's vocabulary, and when a plain operation is all that SSE
// asks for.
//
// Shapes: F32 and F64 are scalars (comparisons give Bits), F32x4 and F64x2 vectors (V128;
// comparisons give lanes of all ones or zeros). Operations are WebAssembly's, rounded to nearest;
// which NaN comes out is nobody's business, since NaNs never stay (see below).
//
//   FFromBits FToBits (shape, a)       scalars ↔ Int<32>, Int<64>
//   FConst(shape, number)
//   FAdd FSub FMul FDiv (shape, a, b)  FSqrt FAbs (shape, a)
//   FNearest FFloor FCeil FTrunc (shape, a)    to an integral number; FNearest: halves to even
//   FLt FLe FEq FNe (shape, a, b)      → mask
//   FSelect(shape, mask, a, b)         FNone(mask) → Bit: no lane is set
//   FFromInt(shape, i)                 signed
//   FToInt(width, a)                   truncates; unspecified out of range
//   FPromote(a) FDemote(a)             F32 ↔ F64
//   VFloatsFromInts(a)                 I32x4 → F32x4
//   VDoublesFromLowInts(a)             lanes 0 and 1 of I32x4 → F64x2
//   VToInts(shape, a)                  truncated to I32x4; two lanes have zeros above
//   VPromoteLow(a) VDemote(a)          lanes 0 and 1 of F32x4 ↔ F64x2
//
// What SSE adds to IEEE's default: NaNs are chosen by operand order, results and flags depend on
// MXCSR, and flags are sticky. So an instruction computes plainly and asks whether that was all:
// ordinary operands and results, MXCSR rounding to nearest with denormals, and "inexact" masked and
// already noted (most programs' second operation finds it set). Otherwise a helper in
// runtime/cpu/float_helpers.h does it exactly: results, flags and traps are always the processor's.
#pragma once

#include "jit/semantics/vector.h"
#include "runtime/cpu/float_helpers.h"

namespace elfin::semantics {

template <unsigned kLaneBits>
struct ScalarShape {
  static constexpr Width<kLaneBits> lane{};
  static constexpr unsigned bits = kLaneBits;
  static constexpr unsigned count = 1;
  static constexpr bool is_scalar = true;
};
using F32 = ScalarShape<32>;
using F64 = ScalarShape<64>;

template <class S>
inline constexpr double kSmallestNormal = S::bits == 32 ? 0x1p-126 : 0x1p-1022;

/// Operand N as a number or a vector of numbers.
template <class S, unsigned N, class M, class I>
auto GetFloats(M& m, const I& insn) {
  if constexpr (S::is_scalar) {
    return m.FFromBits(S{}, insn.template Get<N>(m, S::lane));
  } else {
    return insn.template Get<N>(m, kBits128);
  }
}
/// A number's or vector's bits.
template <class S, class M, class T>
auto BitsOf(M& m, T a) {
  if constexpr (S::is_scalar) {
    return m.FToBits(S{}, a);
  } else {
    return a;
  }
}

/// Whether denormal operands have to be told apart: they set MXCSR's DE, which translated code
/// leaves alone where the result is ordinary.
template <class M>
constexpr bool NotesDenormals() {
  if constexpr (requires { M::kNotesDenormals; }) return M::kNotesDenormals;
  return true;
}

template <class S, class M, class T>
auto IsDenormal(M& m, T a) {
  if constexpr (!NotesDenormals<M>() && S::is_scalar) return m.ConstBit(false);
  if constexpr (!NotesDenormals<M>() && !S::is_scalar) return m.VConst(0, 0);
  auto small = m.FLt(S{}, m.FAbs(S{}, a), m.FConst(S{}, kSmallestNormal<S>));
  return m.And(small, m.FNe(S{}, a, m.FConst(S{}, 0)));
}
template <class S, class M, class T>
auto IsUnordered(M& m, T a, T b) {
  return m.Or(m.FNe(S{}, a, a), m.FNe(S{}, b, b));
}
/// A number's bits without the sign, which order as the magnitudes do; twice that.
template <class S, class M, class T>
auto DoubledMagnitude(M& m, T a) {
  return m.Shl(m.FToBits(S{}, a), m.Const(S::lane, 1));
}
template <class S>
inline constexpr uint64_t kDoubledInfinity = S::bits == 32 ? 0xff00'0000 : 0xffe0'0000'0000'0000;
template <class S>
inline constexpr uint64_t kDoubledSmallestNormal =
    S::bits == 32 ? 0x0100'0000 : 0x0020'0000'0000'0000;

/// Not infinity, not NaN.
template <class S, class M, class T>
auto IsFinite(M& m, T a) {
  if constexpr (S::is_scalar) {
    return m.LtU(DoubledMagnitude<S>(m, a), m.Const(S::lane, kDoubledInfinity<S>));
  } else {
    return m.FLt(S{}, m.FAbs(S{}, a), m.FConst(S{}, __builtin_inf()));
  }
}
/// Finite and above what rounding could have lifted from the denormal range.
template <class S, class M, class T>
auto IsOrdinary(M& m, T a) {
  if constexpr (S::is_scalar) {
    // One comparison for both ends.
    constexpr uint64_t low = kDoubledSmallestNormal<S> + 1;
    auto above = m.Sub(DoubledMagnitude<S>(m, a), m.Const(S::lane, low));
    return m.LtU(above, m.Const(S::lane, kDoubledInfinity<S> - low));
  } else {
    auto large = m.FLt(S{}, m.FConst(S{}, kSmallestNormal<S>), m.FAbs(S{}, a));
    return m.And(large, IsFinite<S>(m, a));
  }
}

template <class M>
auto MxcsrIs(M& m, uint32_t mask, uint32_t value) {
  auto mxcsr = m.GetReg(kBits32, kMxcsrOffset);
  return m.Eq(m.And(mxcsr, m.Const(kBits32, mask)), m.Const(kBits32, value));
}
inline constexpr uint32_t kPrecisionNoted =
    cpu::float80::kPrecision | cpu::float80::kPrecision << cpu::soft_float::kMaskShift;
inline constexpr uint32_t kUnderflowMask = cpu::float80::kUnderflow << cpu::soft_float::kMaskShift;
inline constexpr uint32_t kDenormalMask = cpu::float80::kDenormal << cpu::soft_float::kMaskShift;
/// `ordinary`, found without a look at denormal operands where they are not told apart: then MXCSR
/// has to take them as they are, without a trap.
template <class M>
auto UnlessDenormalsMatter(M& m, typename M::Bit ordinary) {
  if constexpr (NotesDenormals<M>()) {
    return ordinary;
  } else {
    constexpr uint32_t zeros = cpu::soft_float::kDenormalsAreZero;
    return m.And(ordinary, MxcsrIs(m, zeros | kDenormalMask, kDenormalMask));
  }
}
/// An inexact result has no consequences, whatever the rounding mode.
template <class M>
auto InexactIsNoted(M& m) {
  return MxcsrIs(m, kPrecisionNoted, kPrecisionNoted);
}
/// A result that is not tiny has none at all.
template <class M>
auto RoundsPlainly(M& m) {
  constexpr uint32_t modes = cpu::soft_float::kRoundingControl | cpu::soft_float::kFlushToZero |
                             cpu::soft_float::kDenormalsAreZero;
  constexpr uint32_t masks = kUnderflowMask | (NotesDenormals<M>() ? 0 : kDenormalMask);
  return MxcsrIs(m, modes | kPrecisionNoted | masks, kPrecisionNoted | masks);
}

/// m.Helper, and #XM when it met an unmasked exception; the caller tests m.Left().
template <class M, class Function, class... Arguments>
auto FloatHelper(M& m, Function function, Arguments... arguments) {
  auto result = m.Helper(function, arguments...);
  auto trap = m.GetReg(kBits32, offsetof(cpu::CpuState, float_trap));
  (void)m.RaiseIf(m.Ne(trap, m.Const(kBits32, 0)), cpu::TrapKind::kSimd);
  return result;
}

}  // namespace elfin::semantics
