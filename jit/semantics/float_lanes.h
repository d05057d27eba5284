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
//
// A machine that builds code has no helper calls in it (a call in a loop costs all vector registers
// their place, and WebAssembly's engines don't know that it is rare): it leaves the instruction to
// the interpreter. So that this stays rare, it looks twice: at a test of a few operations (IsTame),
// and where that fails at all that needs no flag (IsPlain…).
//
//   kLeavesForExactFloats              the machine has LeaveUnless(bit) and
//   LeaveUnless(likely, precisely)     … unless likely or, looked at only then, precisely()
#pragma once

#include "jit/semantics/flags.h"
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

/// Whether the machine leaves what isn't plain to another (above). Denormal operands, which set
/// MXCSR's DE, are then not told apart where the result is ordinary.
template <class M>
constexpr bool LeavesForExactFloats() {
  if constexpr (requires { M::kLeavesForExactFloats; }) return M::kLeavesForExactFloats;
  return false;
}
template <class M>
constexpr bool NotesDenormals() {
  return !LeavesForExactFloats<M>();
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

/// NaNs that are invalid operands even of quiet operations: without the fraction's top bit.
template <class S, class M, class T>
auto IsSignaling(M& m, T a) {
  constexpr uint64_t quiet =
      kDoubledInfinity<S> | (S::bits == 32 ? 0x0080'0000 : uint64_t{1} << 52);
  auto doubled = DoubledMagnitude<S>(m, a);
  return m.And(m.LtU(m.Const(S::lane, kDoubledInfinity<S>), doubled),
               m.LtU(doubled, m.Const(S::lane, quiet)));
}

/// Not infinity, not NaN.
template <class S, class M, class T>
auto IsFinite(M& m, T a) {
  return m.FLt(S{}, m.FAbs(S{}, a), m.FConst(S{}, __builtin_inf()));
}
/// Finite and above what rounding could have lifted from the denormal range.
template <class S, class M, class T>
auto IsOrdinary(M& m, T a) {
  auto large = m.FLt(S{}, m.FConst(S{}, kSmallestNormal<S>), m.FAbs(S{}, a));
  return m.And(large, IsFinite<S>(m, a));
}

/// The integer lanes of a shape's numbers.
template <class S>
using IntegersOf = Shape<S::bits, false>;

/// Of all lanes, in few operations: neither 0 nor near a format's ends. Vectors: their magnitudes
/// are between about 2^-511 and 2^512 (2^-63 and 2^64), where the exponent's two top bits differ.
template <class S, class M, class T>
auto IsTame(M& m, T a) {
  if constexpr (S::is_scalar) {
    // The exponent's top eight (seven) bits are neither all 0 nor all 1; the sign is above them.
    auto exponent = m.ShrU(m.FToBits(S{}, a), m.Const(S::lane, S::bits == 32 ? 24 : 55));
    auto above =
        m.And(m.Add(exponent, m.Const(S::lane, 1)), m.Const(S::lane, S::bits == 32 ? 0x7e : 0xfe));
    return m.Ne(above, m.Const(S::lane, 0));
  } else {
    using I = IntegersOf<S>;
    auto doubled = m.VAdd(I{}, a, a);
    auto differ = m.Xor(doubled, m.VAdd(I{}, doubled, doubled));
    return m.Eq(m.VBitmask(I{}, differ), m.Const(kBits32, (1u << I::count) - 1));
  }
}
/// Of all lanes, in few operations: neither infinity nor NaN. The caller has found that results are
/// rounded to nearest, so that differences of equals are +0.
template <class S, class M, class T>
auto CancelsItself(M& m, T a) {
  auto difference = m.FSub(S{}, a, a);
  if constexpr (S::is_scalar) {
    return m.FEq(S{}, difference, difference);
  } else {
    using I = IntegersOf<S>;
    return m.IsZero(m.VBitmask(I{}, m.VAdd(I{}, difference, difference)));
  }
}
template <class S, class M, class T>
auto IsInfinite(M& m, T a) {
  return m.FEq(S{}, m.FAbs(S{}, a), m.FConst(S{}, __builtin_inf()));
}
template <class S, class M, class T>
auto IsZeroFloat(M& m, T a) {
  return m.FEq(S{}, a, m.FConst(S{}, 0));
}
/// Whether a mask of IsInfinite and its like is set in all lanes.
template <class M, class Mask>
auto InAllLanes(M& m, Mask mask) {
  return m.FNone(m.Not(mask));
}

template <class M>
auto MxcsrIs(M& m, uint32_t mask, uint32_t value) {
  return m.Eq(m.And(m.MxcsrModes(), m.Const(kBits32, mask)), m.Const(kBits32, value));
}
inline constexpr uint32_t kPrecisionNoted =
    cpu::float80::kPrecision | cpu::float80::kPrecision << cpu::soft_float::kMaskShift;
inline constexpr uint32_t kUnderflowMask = cpu::float80::kUnderflow << cpu::soft_float::kMaskShift;
inline constexpr uint32_t kDenormalMask = cpu::float80::kDenormal << cpu::soft_float::kMaskShift;
/// Denormal operands are taken as they are, without a trap.
template <class M>
auto TakesDenormals(M& m) {
  return MxcsrIs(m, cpu::soft_float::kDenormalsAreZero | kDenormalMask, kDenormalMask);
}
/// `ordinary`, found without a look at denormal operands where they are not told apart.
template <class M>
auto UnlessDenormalsMatter(M& m, typename M::Bit ordinary) {
  if constexpr (NotesDenormals<M>()) {
    return ordinary;
  } else {
    return m.And(ordinary, TakesDenormals(m));
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

/// "Invalid" has no consequences any more.
template <class M>
auto InvalidIsNoted(M& m) {
  constexpr uint32_t noted = cpu::float80::kInvalid | cpu::float80::kInvalid
                                                          << cpu::soft_float::kMaskShift;
  return MxcsrIs(m, noted, noted);
}

/// The flags of COMISS and its like from CF and ZF, as numbers: ZF PF CF = 000 greater, 001 less,
/// 100 equal, 111 unordered; OF SF AF clear.
template <class M>
auto FloatFlagWords(M& m, typename M::template Int<64> carry, typename M::template Int<64> zero) {
  // Of the result words 0 and 1 the first has ZF and PF, the second neither; "equal" corrects PF.
  auto one = m.Const(kBits64, 1);
  auto parity_fix = m.And(zero, m.Xor(carry, one));
  auto word = m.And(m.Neg(carry), m.Const(kBits64, kCarryOut | kCarryIn));
  return WordFlags{m.Xor(zero, one), m.Or(word, m.Shl(parity_fix, m.Const(kBits64, 8)))};
}
/// The same as a description: two numbers (of shape S) that were compared.
template <class S, class T>
struct FloatFlags {
  static constexpr S shape{};
  T left, right;
  /// CF, ZF, PF.
  template <class M>
  auto Below(M& m) const {
    return m.Not(m.FLe(S{}, right, left));
  }
  template <class M>
  auto EqualOrUnordered(M& m) const {
    return m.Not(m.Or(m.FLt(S{}, left, right), m.FLt(S{}, right, left)));
  }
  template <class M>
  auto Unordered(M& m) const {
    return IsUnordered<S>(m, left, right);
  }
  template <class M>
  auto Words(M& m) const {
    return FloatFlagWords(m, m.FromBit(kBits64, Below(m)), m.FromBit(kBits64, EqualOrUnordered(m)));
  }
  template <class M>
  auto ResultWord(M& m) const {
    return Words(m).result;
  }
  template <class M>
  auto CarryWord(M& m) const {
    return Words(m).carry;
  }
};

/// plain() where `ordinary` says that it is right, otherwise what exact() gives. The caller tests
/// m.Left().
template <class M, class Plain, class Exact>
auto PlainOrExact(M& m, typename M::Bit ordinary, Plain plain, Exact exact) {
  if constexpr (LeavesForExactFloats<M>()) {
    m.LeaveUnless(ordinary);
    return plain();
  } else {
    return m.Either(ordinary, plain, exact);
  }
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
