// Floating-point arithmetic and comparisons of SSE and SSE2. (SDM vol. 1, 5.5.1 and 5.6.1)
//
// float_lanes.h tells how the exact results, flags and traps of x86 come about.
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/float_lanes.h"

namespace elfin::semantics {

using FloatOperation = cpu::soft_float::Operation;
using NanRule = cpu::soft_float::NanRule;

/// The helper that computes a two-operand operation of shape S exactly.
template <class S>
constexpr auto ExactFunction() {
  if constexpr (S::is_scalar) {
    if constexpr (S::bits == 32) return &cpu::ComputeFloat;
    if constexpr (S::bits == 64) return &cpu::ComputeDouble;
  } else {
    if constexpr (S::bits == 32) return &cpu::ComputeFloats;
    if constexpr (S::bits == 64) return &cpu::ComputeDoubles;
  }
}
template <class S, class M, class T>
auto ComputeExactly(M& m, FloatOperation operation, T a, T b) {
  return FloatHelper(m, ExactFunction<S>(), BitsOf<S>(m, a), BitsOf<S>(m, b),
                     m.Const(kBits32, static_cast<uint32_t>(operation)));
}

/// dst ← plain where `ordinary` says that it is right, otherwise what the exact operation gives.
template <class S, class M, class I, class T, class Bits>
void FinishFloat(M& m, const I& insn, FloatOperation operation, T a, T b, Bits plain,
                 typename M::Bit ordinary) {
  auto result = PlainOrExact(
      m, ordinary, [&] { return plain; }, [&] { return ComputeExactly<S>(m, operation, a, b); });
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

/// Whether inf came from inf: then nothing overflowed.
template <class S, class M, class T>
auto IsInheritedInfinity(M& m, T plain, T a, T b) {
  return m.And(IsInfinite<S>(m, plain), m.Or(IsInfinite<S>(m, a), IsInfinite<S>(m, b)));
}

/// ADD, SUB: nothing but "inexact" can be new where operands are no denormals and the result is
/// finite.
template <class S, FloatOperation kOperation, class M, class I>
void AddOrSubtract(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto plain = kOperation == FloatOperation::kAdd ? m.FAdd(S{}, a, b) : m.FSub(S{}, a, b);
  if constexpr (LeavesForExactFloats<M>()) {
    m.LeaveUnless(RoundsPlainly(m));
    m.LeaveUnless(CancelsItself<S>(m, plain), [&] {
      return InAllLanes(m, m.Or(IsFinite<S>(m, plain), IsInheritedInfinity<S>(m, plain, a, b)));
    });
    m.SetReg(insn.raw.reg[0], BitsOf<S>(m, plain));
  } else {
    auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), m.Not(IsFinite<S>(m, plain)));
    auto ordinary = m.And(RoundsPlainly(m), m.FNone(odd));
    FinishFloat<S>(m, insn, kOperation, a, b, BitsOf<S>(m, plain), ordinary);
  }
}
template <class S, class M, class I>
void FloatAdd(M& m, const I& insn) {
  AddOrSubtract<S, FloatOperation::kAdd>(m, insn);
}
template <class S, class M, class I>
void FloatSubtract(M& m, const I& insn) {
  AddOrSubtract<S, FloatOperation::kSubtract>(m, insn);
}

/// Whether a product or quotient is exact though it is 0 or infinite.
template <class S, FloatOperation kOperation, class M, class T>
auto IsExactExtreme(M& m, T plain, T a, T b) {
  constexpr bool multiplies = kOperation == FloatOperation::kMultiply;
  auto by_b = multiplies ? IsZeroFloat<S>(m, b) : IsInfinite<S>(m, b);
  auto zero = m.And(IsZeroFloat<S>(m, plain), m.Or(IsZeroFloat<S>(m, a), by_b));
  // A quotient by 0 is infinite, too: that has a flag of its own.
  if constexpr (multiplies) return m.Or(zero, IsInheritedInfinity<S>(m, plain, a, b));
  return m.Or(zero, m.And(IsInfinite<S>(m, plain), IsInfinite<S>(m, a)));
}

/// MUL, DIV: the result can also underflow.
template <class S, FloatOperation kOperation, class M, class I>
void MultiplyOrDivide(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto plain = kOperation == FloatOperation::kMultiply ? m.FMul(S{}, a, b) : m.FDiv(S{}, a, b);
  if constexpr (LeavesForExactFloats<M>()) {
    m.LeaveUnless(RoundsPlainly(m));
    m.LeaveUnless(IsTame<S>(m, plain), [&] {
      return InAllLanes(
          m, m.Or(IsOrdinary<S>(m, plain), IsExactExtreme<S, kOperation>(m, plain, a, b)));
    });
    m.SetReg(insn.raw.reg[0], BitsOf<S>(m, plain));
  } else {
    auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), m.Not(IsOrdinary<S>(m, plain)));
    auto ordinary = m.And(RoundsPlainly(m), m.FNone(odd));
    FinishFloat<S>(m, insn, kOperation, a, b, BitsOf<S>(m, plain), ordinary);
  }
}
template <class S, class M, class I>
void FloatMultiply(M& m, const I& insn) {
  MultiplyOrDivide<S, FloatOperation::kMultiply>(m, insn);
}
template <class S, class M, class I>
void FloatDivide(M& m, const I& insn) {
  MultiplyOrDivide<S, FloatOperation::kDivide>(m, insn);
}

template <class S, class M, class I>
void FloatSquareRoot(M& m, const I& insn) {
  auto a = GetFloats<S, 1>(m, insn);
  auto plain = m.FSqrt(S{}, a);
  if constexpr (LeavesForExactFloats<M>()) {
    m.LeaveUnless(RoundsPlainly(m));
    m.LeaveUnless(CancelsItself<S>(m, plain),
                  [&] { return InAllLanes(m, m.FEq(S{}, plain, plain)); });
    m.SetReg(insn.raw.reg[0], BitsOf<S>(m, plain));
  } else {
    auto odd = m.Or(IsDenormal<S>(m, a), m.Not(IsFinite<S>(m, plain)));
    auto ordinary = m.And(RoundsPlainly(m), m.FNone(odd));
    FinishFloat<S>(m, insn, FloatOperation::kSquareRoot, a, a, BitsOf<S>(m, plain), ordinary);
  }
}

/// Whether NaNs among the operands of a comparison raise nothing new.
template <class S, class M, class T>
auto NansAreHarmless(M& m, T a, T b, NanRule rule) {
  auto noted = InvalidIsNoted(m);
  if constexpr (S::is_scalar) {
    if (rule == NanRule::kSignalingIsInvalid) {
      return m.Or(noted, m.And(m.Not(IsSignaling<S>(m, a)), m.Not(IsSignaling<S>(m, b))));
    }
  }
  return noted;
}
/// Leaves where `compared` a and b would raise something. For machines that leave.
template <class S, class M, class T>
void CompareQuietly(M& m, T a, T b, NanRule rule) {
  m.LeaveUnless(TakesDenormals(m));
  m.LeaveUnless(m.FNone(IsUnordered<S>(m, a, b)),
                [&] { return NansAreHarmless<S>(m, a, b, rule); });
}
/// dst ← plain, which is right for all operands; only flags may be missing.
template <class S, class M, class I, class T, class Bits>
void FinishComparison(M& m, const I& insn, FloatOperation operation, T a, T b, Bits plain,
                      NanRule rule) {
  if constexpr (LeavesForExactFloats<M>()) {
    CompareQuietly<S>(m, a, b, rule);
    m.SetReg(insn.raw.reg[0], plain);
  } else {
    auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), IsUnordered<S>(m, a, b));
    FinishFloat<S>(m, insn, operation, a, b, plain, m.FNone(odd));
  }
}

/// MIN, MAX: the second operand where neither is beyond the other.
template <class S, FloatOperation kOperation, class M, class I>
void MinOrMax(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto beyond = kOperation == FloatOperation::kMin ? m.FLt(S{}, a, b) : m.FLt(S{}, b, a);
  auto plain = m.FSelect(S{}, beyond, a, b);
  FinishComparison<S>(m, insn, kOperation, a, b, BitsOf<S>(m, plain), NanRule::kAnyIsInvalid);
}
template <class S, class M, class I>
void FloatMin(M& m, const I& insn) {
  MinOrMax<S, FloatOperation::kMin>(m, insn);
}
template <class S, class M, class I>
void FloatMax(M& m, const I& insn) {
  MinOrMax<S, FloatOperation::kMax>(m, insn);
}

/// The mask of a CMPPS predicate, as the lanes' bits.
template <class S, class M, class T>
auto PredicateMask(M& m, unsigned predicate, T a, T b) {
  auto holds = [&](unsigned base) {
    switch (base) {
      case 0:
        return m.FEq(S{}, a, b);
      case 1:
        return m.FLt(S{}, a, b);
      case 2:
        return m.FLe(S{}, a, b);
      default:
        return IsUnordered<S>(m, a, b);
    }
  };
  auto mask = holds(predicate & 3);
  if ((predicate & 4) != 0) mask = m.Not(mask);
  if constexpr (S::is_scalar) {
    return m.Neg(m.FromBit(S::lane, mask));
  } else {
    return mask;
  }
}

/// CMPPS, CMPSS, CMPPD, CMPSD: all ones or zeros.
template <class S, class M, class I>
void FloatCompareMask(M& m, const I& insn) {
  const unsigned predicate = static_cast<unsigned>(insn.raw.immediate) & 7;
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  const auto operation =
      static_cast<FloatOperation>(static_cast<uint32_t>(FloatOperation::kEqual) + predicate);
  const bool orders = (predicate & 3) == 1 || (predicate & 3) == 2;
  FinishComparison<S>(m, insn, operation, a, b, PredicateMask<S>(m, predicate, a, b),
                      orders ? NanRule::kAnyIsInvalid : NanRule::kSignalingIsInvalid);
}

/// soft_float::Relation of two numbers, as Int<32>.
template <class S, NanRule kRule, class M, class T>
auto RelationOf(M& m, T a, T b) {
  using cpu::soft_float::Relation;
  auto relation = [&](Relation value) { return m.Const(kBits32, static_cast<uint32_t>(value)); };
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), IsUnordered<S>(m, a, b));
  return m.Either(
      m.Not(odd),
      [&] {
        auto not_equal =
            m.Select(m.FLt(S{}, a, b), relation(Relation::kLess), relation(Relation::kGreater));
        return m.Select(m.FEq(S{}, a, b), relation(Relation::kEqual), not_equal);
      },
      [&] {
        auto rule = m.Const(kBits32, static_cast<uint32_t>(kRule));
        if constexpr (S::bits == 32) {
          return FloatHelper(m, &cpu::CompareFloats, BitsOf<S>(m, a), BitsOf<S>(m, b), rule);
        } else {
          return FloatHelper(m, &cpu::CompareDoubles, BitsOf<S>(m, a), BitsOf<S>(m, b), rule);
        }
      });
}

/// COMISS and its like: ZF PF CF = 000 greater, 001 less, 100 equal, 111 unordered; OF SF AF clear.
template <class S, NanRule kRule, class M, class I>
void CompareToFlags(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  if constexpr (LeavesForExactFloats<M>()) {
    CompareQuietly<S>(m, a, b, kRule);
    WriteFlags(m, FloatFlags<S, decltype(a)>{a, b});
  } else {
    auto relation = m.ZeroExtend(kBits64, RelationOf<S, kRule>(m, a, b));
    if (m.Left()) return;
    // The numbers of the relations: bit 0 is CF, bit 1 is ZF.
    auto one = m.Const(kBits64, 1);
    WriteFlags(m, FloatFlagWords(m, m.And(relation, one), m.ShrU(relation, one)));
  }
}
template <class S, class M, class I>
void Comis(M& m, const I& insn) {
  CompareToFlags<S, NanRule::kAnyIsInvalid>(m, insn);
}
template <class S, class M, class I>
void Ucomis(M& m, const I& insn) {
  CompareToFlags<S, NanRule::kSignalingIsInvalid>(m, insn);
}

/// RCPSS, RSQRTSS, RCPPS, RSQRTPS: an approximation, lane by lane.
template <class S, class M, class I, class Function>
void Estimate(M& m, const I& insn, Function function) {
  if constexpr (S::is_scalar) {
    m.SetReg(insn.raw.reg[0], m.Helper(function, insn.template Get<1>(m, kBits32)));
  } else {
    auto source = insn.template Get<1>(m, kBits128);
    auto result = source;
    for (unsigned n = 0; n < S::count; ++n) {
      result = m.VReplace(I32x4{}, n, result, m.Helper(function, m.VExtract(I32x4{}, n, source)));
    }
    m.SetReg(insn.raw.reg[0], result);
  }
}
template <class S, class M, class I>
void Reciprocal(M& m, const I& insn) {
  Estimate<S>(m, insn, &cpu::ReciprocalEstimate);
}
template <class S, class M, class I>
void ReciprocalRoot(M& m, const I& insn) {
  Estimate<S>(m, insn, &cpu::ReciprocalRootEstimate);
}

}  // namespace elfin::semantics
