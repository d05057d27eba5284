// Conversions between integers, float and double. (SDM vol. 1, 5.5.1.6, 5.6.1.6)
//
// As in sse_float.h: plainly where that is all, otherwise by a helper. "Exact" is found by
// converting back.
#pragma once

#include "jit/semantics/float_lanes.h"
#include "jit/semantics/mmx.h"

namespace elfin::semantics {

using cpu::IntegerRounding;
using cpu::VectorConversion;

/// Whether integers in a scalar's or float lanes' precision: |value| ≤ 2^bits.
template <class M>
auto FitsPrecision(M& m, typename M::template Int<64> value, unsigned bits) {
  auto shifted = m.Add(value, m.Const(kBits64, uint64_t{1} << bits));
  return m.LeU(shifted, m.Const(kBits64, uint64_t{2} << bits));
}

/// CVTSI2SS, CVTSI2SD. Every 32-bit integer is a double.
template <class S, class M, class I>
void IntegerToScalar(M& m, const I& insn) {
  auto source = insn.Src(m);
  auto plain = m.FToBits(S{}, m.FFromInt(S{}, source));
  if constexpr (S::bits == 64 && I::width.bits == 32) {
    m.SetReg(insn.raw.reg[0], plain);
  } else {
    auto value = m.SignExtend(kBits64, source);
    auto ordinary = m.Or(RoundsPlainly(m), FitsPrecision(m, value, S::bits == 32 ? 24 : 53));
    auto result = PlainOrExact(
        m, ordinary, [&] { return plain; },
        [&] {
          if constexpr (S::bits == 32) {
            return FloatHelper(m, &cpu::IntegerToFloat, value);
          } else {
            return FloatHelper(m, &cpu::IntegerToDouble, value);
          }
        });
    if (m.Left()) return;
    m.SetReg(insn.raw.reg[0], result);
  }
}

/// Numbers before truncation: rounded already where MXCSR rounds.
template <class S, IntegerRounding kRounding, class M, class T>
auto BeforeTruncation(M& m, T a) {
  if constexpr (kRounding == IntegerRounding::kMxcsr) return m.FNearest(S{}, a);
  return a;
}
/// Whether inexact results need no more than the plain ones.
template <IntegerRounding kRounding, class M>
auto IntegersRoundPlainly(M& m) {
  if constexpr (kRounding == IntegerRounding::kMxcsr) return RoundsPlainly(m);
  return InexactIsNoted(m);
}
/// Lanes that an integer of kBits bits holds.
template <class S, unsigned kBits, class M, class T>
auto IsInRange(M& m, T a) {
  constexpr double limit = kBits == 32 ? 0x1p31 : 0x1p63;
  return m.And(m.FLe(S{}, m.FConst(S{}, -limit), a), m.FLt(S{}, a, m.FConst(S{}, limit)));
}

/// CVTSS2SI, CVTTSS2SI, CVTSD2SI, CVTTSD2SI.
template <class S, IntegerRounding kRounding, class M, class I>
void ScalarToInteger(M& m, const I& insn) {
  auto source = GetFloats<S, 1>(m, insn);
  auto whole = BeforeTruncation<S, kRounding>(m, source);
  auto plain = m.FToInt(insn.width, whole);
  auto exact = m.FEq(S{}, m.FFromInt(S{}, plain), source);
  auto ordinary =
      m.And(IsInRange<S, I::width.bits>(m, whole), m.Or(exact, IntegersRoundPlainly<kRounding>(m)));
  auto result = PlainOrExact(
      m, ordinary, [&] { return plain; },
      [&] {
        auto bits = m.Const(kBits32, I::width.bits);
        auto rounding = m.Const(kBits32, static_cast<uint32_t>(kRounding));
        auto number = m.FToBits(S{}, source);
        if constexpr (S::bits == 32) {
          return m.Truncate(insn.width,
                            FloatHelper(m, &cpu::FloatToInteger, number, bits, rounding));
        } else {
          return m.Truncate(insn.width,
                            FloatHelper(m, &cpu::DoubleToInteger, number, bits, rounding));
        }
      });
  if (m.Left()) return;
  insn.SetDst(m, result);
}
template <class S, class M, class I>
void ScalarToIntegerRounded(M& m, const I& insn) {
  ScalarToInteger<S, IntegerRounding::kMxcsr>(m, insn);
}
template <class S, class M, class I>
void ScalarToIntegerTruncated(M& m, const I& insn) {
  ScalarToInteger<S, IntegerRounding::kTruncate>(m, insn);
}

template <class M, class I>
void Cvtss2sd(M& m, const I& insn) {
  auto source = GetFloats<F32, 1>(m, insn);
  auto odd = m.Or(IsDenormal<F32>(m, source), m.FNe(F32{}, source, source));
  auto result = PlainOrExact(
      m, UnlessDenormalsMatter(m, m.Not(odd)), [&] { return m.FToBits(F64{}, m.FPromote(source)); },
      [&] { return FloatHelper(m, &cpu::FloatToDouble, m.FToBits(F32{}, source)); });
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}
/// Doubles that are zero or become floats without overflow and underflow.
template <class S, class M, class T>
auto IsOrdinaryAsFloat(M& m, T a) {
  constexpr double overflow = 0x1.ffffffp127;  // rounds to infinity
  auto magnitude = m.FAbs(S{}, a);
  auto tame = m.And(m.FLt(S{}, m.FConst(S{}, kSmallestNormal<F32>), magnitude),
                    m.FLt(S{}, magnitude, m.FConst(S{}, overflow)));
  return m.Or(tame, m.FEq(S{}, a, m.FConst(S{}, 0)));
}
template <class M, class I>
void Cvtsd2ss(M& m, const I& insn) {
  auto source = GetFloats<F64, 1>(m, insn);
  auto ordinary = m.And(RoundsPlainly(m), IsOrdinaryAsFloat<F64>(m, source));
  auto result = PlainOrExact(
      m, ordinary, [&] { return m.FToBits(F32{}, m.FDemote(source)); },
      [&] { return FloatHelper(m, &cpu::DoubleToFloat, m.FToBits(F64{}, source)); });
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

/// A whole vector: plain where that is right. The caller tests m.Left().
template <class M>
auto ConvertUnlessPlain(M& m, typename M::Bit ordinary, typename M::V128 plain,
                        typename M::V128 source, VectorConversion conversion) {
  return PlainOrExact(
      m, ordinary, [&] { return plain; },
      [&] {
        return FloatHelper(m, &cpu::ConvertVector, source,
                           m.Const(kBits32, static_cast<uint32_t>(conversion)));
      });
}

/// Four 32-bit integers to floats.
template <class M>
auto IntegersToFloats(M& m, typename M::V128 source) {
  constexpr uint64_t most = 0x0100'0000'0100'0000;  // 2^24 twice
  auto beyond =
      m.VShrU(I32x4{}, m.VAdd(I32x4{}, source, m.VConst(most, most)), m.Const(kBits64, 25));
  auto ordinary = m.Or(RoundsPlainly(m), m.FNone(beyond));
  return ConvertUnlessPlain(m, ordinary, m.VFloatsFromInts(source), source,
                            VectorConversion::kIntegersToFloats);
}
/// Floats or doubles to 32-bit integers, with zeros above two.
template <class S, IntegerRounding kRounding, class M>
auto FloatsToIntegers(M& m, typename M::V128 source) {
  constexpr bool truncates = kRounding == IntegerRounding::kTruncate;
  constexpr auto conversion = S::bits == 32
                                  ? (truncates ? VectorConversion::kFloatsToIntegersTruncated
                                               : VectorConversion::kFloatsToIntegers)
                                  : (truncates ? VectorConversion::kDoublesToIntegersTruncated
                                               : VectorConversion::kDoublesToIntegers);
  auto whole = BeforeTruncation<S, kRounding>(m, source);
  auto plain = m.VToInts(S{}, whole);
  auto back = S::bits == 32 ? m.VFloatsFromInts(plain) : m.VDoublesFromLowInts(plain);
  auto harmless = m.Or(m.FNone(m.FNe(S{}, back, source)), IntegersRoundPlainly<kRounding>(m));
  auto in_range = m.FNone(m.Not(IsInRange<S, 32>(m, whole)));
  return ConvertUnlessPlain(m, m.And(in_range, harmless), plain, source, conversion);
}

/// CVTDQ2PS.
template <class M, class I>
void Cvtdq2ps(M& m, const I& insn) {
  auto result = IntegersToFloats(m, insn.template Get<1>(m, kBits128));
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}
/// CVTDQ2PD: exact.
template <class M, class I>
void Cvtdq2pd(M& m, const I& insn) {
  auto source = m.VZeroExtend(insn.template Get<1>(m, kBits64));
  m.SetReg(insn.raw.reg[0], m.VDoublesFromLowInts(source));
}
/// CVTPS2DQ, CVTPD2DQ.
template <class S, class M, class I>
void PackedToIntegersRounded(M& m, const I& insn) {
  auto result = FloatsToIntegers<S, IntegerRounding::kMxcsr>(m, GetFloats<S, 1>(m, insn));
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}
/// CVTTPS2DQ, CVTTPD2DQ.
template <class S, class M, class I>
void PackedToIntegersTruncated(M& m, const I& insn) {
  auto result = FloatsToIntegers<S, IntegerRounding::kTruncate>(m, GetFloats<S, 1>(m, insn));
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}
template <class M, class I>
void Cvtps2pd(M& m, const I& insn) {
  auto source = m.VZeroExtend(insn.template Get<1>(m, kBits64));
  auto odd = m.Or(IsDenormal<F32x4>(m, source), m.FNe(F32x4{}, source, source));
  auto ordinary = UnlessDenormalsMatter(m, m.FNone(odd));
  auto result = ConvertUnlessPlain(m, ordinary, m.VPromoteLow(source), source,
                                   VectorConversion::kFloatsToDoubles);
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}
template <class M, class I>
void Cvtpd2ps(M& m, const I& insn) {
  auto source = insn.template Get<1>(m, kBits128);
  auto ordinary = m.And(RoundsPlainly(m), m.FNone(m.Not(IsOrdinaryAsFloat<F64x2>(m, source))));
  auto result = ConvertUnlessPlain(m, ordinary, m.VDemote(source), source,
                                   VectorConversion::kDoublesToFloats);
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], result);
}

/// CVTPI2PS, CVTPI2PD are no MMX instructions with a memory operand (for AMD's processors; Intel's
/// manual has that of CVTPI2PD only). False: left.
template <class M, class I>
[[nodiscard]] bool BeginFromMmx(M& m, const I&) {
  if constexpr (I::IsRegister(1)) {
    if (!BeginMmx(m)) return false;
    EnterMmxState(m);
  }
  return true;
}
/// CVTPI2PS: two integers to the low floats; the upper half stays.
template <class M, class I>
void Cvtpi2ps(M& m, const I& insn) {
  if (!BeginFromMmx(m, insn)) return;
  auto result = IntegersToFloats(m, m.VZeroExtend(insn.template Get<1>(m, kBits64)));
  if (m.Left()) return;
  m.SetReg(insn.raw.reg[0], m.VTruncate(kBits64, result));
}
template <class M, class I>
void Cvtpi2pd(M& m, const I& insn) {
  if (!BeginFromMmx(m, insn)) return;
  Cvtdq2pd(m, insn);
}
/// CVTPS2PI, CVTTPS2PI (two floats), CVTPD2PI, CVTTPD2PI.
/// The registers are MMX's also where #XM follows.
template <class S, IntegerRounding kRounding, class M, class I>
void ToMmxIntegers(M& m, const I& insn) {
  if (!BeginMmx(m)) return;
  auto source = [&] {
    if constexpr (S::bits == 32) {
      return m.VZeroExtend(insn.template Get<1>(m, kBits64));
    } else {
      return insn.template Get<1>(m, kBits128);
    }
  }();
  EnterMmxState(m);
  auto result = FloatsToIntegers<S, kRounding>(m, source);
  if (m.Left()) return;
  WriteMmx(m, insn.raw.reg[0], m.VTruncate(kBits64, result));
}
template <class S, class M, class I>
void ToMmxIntegersRounded(M& m, const I& insn) {
  ToMmxIntegers<S, IntegerRounding::kMxcsr>(m, insn);
}
template <class S, class M, class I>
void ToMmxIntegersTruncated(M& m, const I& insn) {
  ToMmxIntegers<S, IntegerRounding::kTruncate>(m, insn);
}

}  // namespace elfin::semantics
