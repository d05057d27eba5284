// Floating-point arithmetic and comparisons of SSE and SSE2. (SDM vol. 1, 5.5.1 and 5.6.1)
//
// float_lanes.h tells how the exact results, flags and traps of x86 come about.
#pragma once

#include "jit/semantics/flags.h"
#include "jit/semantics/float_lanes.h"

namespace elfin::semantics {

using FloatOperation = cpu::soft_float::Operation;

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
  auto result = m.Either(
      ordinary, [&] { return plain; }, [&] { return ComputeExactly<S>(m, operation, a, b); });
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

/// ADD, SUB: nothing but "inexact" can be new where operands are no denormals and the result is
/// finite.
template <class S, FloatOperation kOperation, class M, class I>
void AddOrSubtract(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto plain = kOperation == FloatOperation::kAdd ? m.FAdd(S{}, a, b) : m.FSub(S{}, a, b);
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), m.Not(IsFinite<S>(m, plain)));
  auto ordinary = m.And(RoundsPlainly(m), m.FNone(odd));
  FinishFloat<S>(m, insn, kOperation, a, b, BitsOf<S>(m, plain), ordinary);
}
template <class S, class M, class I>
void FloatAdd(M& m, const I& insn) {
  AddOrSubtract<S, FloatOperation::kAdd>(m, insn);
}
template <class S, class M, class I>
void FloatSubtract(M& m, const I& insn) {
  AddOrSubtract<S, FloatOperation::kSubtract>(m, insn);
}

/// MUL, DIV: the result can also underflow.
template <class S, FloatOperation kOperation, class M, class I>
void MultiplyOrDivide(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto plain = kOperation == FloatOperation::kMultiply ? m.FMul(S{}, a, b) : m.FDiv(S{}, a, b);
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), m.Not(IsOrdinary<S>(m, plain)));
  auto ordinary = m.And(RoundsPlainly(m), m.FNone(odd));
  FinishFloat<S>(m, insn, kOperation, a, b, BitsOf<S>(m, plain), ordinary);
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
  auto odd = m.Or(IsDenormal<S>(m, a), m.Not(IsFinite<S>(m, plain)));
  auto ordinary = m.And(RoundsPlainly(m), m.FNone(odd));
  FinishFloat<S>(m, insn, FloatOperation::kSquareRoot, a, a, BitsOf<S>(m, plain), ordinary);
}

/// MIN, MAX: the second operand where neither is beyond the other.
template <class S, FloatOperation kOperation, class M, class I>
void MinOrMax(M& m, const I& insn) {
  auto a = GetFloats<S, 0>(m, insn);
  auto b = GetFloats<S, 1>(m, insn);
  auto beyond = kOperation == FloatOperation::kMin ? m.FLt(S{}, a, b) : m.FLt(S{}, b, a);
  auto plain = m.FSelect(S{}, beyond, a, b);
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), IsUnordered<S>(m, a, b));
  auto ordinary = UnlessDenormalsMatter(m, m.FNone(odd));
  FinishFloat<S>(m, insn, kOperation, a, b, BitsOf<S>(m, plain), ordinary);
}
template <class S, class M, class I>
void FloatMin(M& m, const I& insn) {
  MinOrMax<S, FloatOperation::kMin>(m, insn);
}
template <class S, class M, class I>
void FloatMax(M& m, const I& insn) {
  MinOrMax<S, FloatOperation::kMax>(m, insn);
}

/// The mask of a CMPPS predicate for ordered operands, as the lanes' bits.
template <class S, class M, class T>
auto OrderedPredicate(M& m, unsigned predicate, T a, T b) {
  auto holds = [&](unsigned base) {
    switch (base) {
      case 0:
        return m.FEq(S{}, a, b);
      case 1:
        return m.FLt(S{}, a, b);
      case 2:
        return m.FLe(S{}, a, b);
      default:
        return m.FNe(S{}, a, a);  // nothing is unordered here
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
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), IsUnordered<S>(m, a, b));
  const auto operation =
      static_cast<FloatOperation>(static_cast<uint32_t>(FloatOperation::kEqual) + predicate);
  auto ordinary = UnlessDenormalsMatter(m, m.FNone(odd));
  FinishFloat<S>(m, insn, operation, a, b, OrderedPredicate<S>(m, predicate, a, b), ordinary);
}

/// soft_float::Relation of two numbers, as Int<32>.
template <class S, cpu::soft_float::NanRule kRule, class M, class T>
auto RelationOf(M& m, T a, T b) {
  using cpu::soft_float::Relation;
  auto relation = [&](Relation value) { return m.Const(kBits32, static_cast<uint32_t>(value)); };
  auto odd = m.Or(m.Or(IsDenormal<S>(m, a), IsDenormal<S>(m, b)), IsUnordered<S>(m, a, b));
  return m.Either(
      UnlessDenormalsMatter(m, m.Not(odd)),
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
template <class S, cpu::soft_float::NanRule kRule, class M, class I>
void CompareToFlags(M& m, const I& insn) {
  auto relation = m.ZeroExtend(
      kBits64, RelationOf<S, kRule>(m, GetFloats<S, 0>(m, insn), GetFloats<S, 1>(m, insn)));
  if (m.Left()) return;
  // The numbers of the relations: bit 0 is CF, bit 1 is ZF. Of the result words 0 and 1 the first
  // has ZF and PF, the second neither; "equal" corrects PF.
  auto one = m.Const(kBits64, 1);
  auto zero_flag = m.ShrU(relation, one);
  auto carry = m.And(relation, one);
  auto parity_fix = m.And(zero_flag, m.Xor(carry, one));
  auto carry_word = m.And(m.Neg(carry), m.Const(kBits64, kCarryOut | kCarryIn));
  carry_word = m.Or(carry_word, m.Shl(parity_fix, m.Const(kBits64, 8)));
  WriteFlags(m, WordFlags{m.Xor(zero_flag, one), carry_word});
}
template <class S, class M, class I>
void Comis(M& m, const I& insn) {
  CompareToFlags<S, cpu::soft_float::NanRule::kAnyIsInvalid>(m, insn);
}
template <class S, class M, class I>
void Ucomis(M& m, const I& insn) {
  CompareToFlags<S, cpu::soft_float::NanRule::kSignalingIsInvalid>(m, insn);
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
