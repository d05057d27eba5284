// The vector part of the Machine's vocabulary, and how instructions reach vector operands.
//
// A value of type M::V128 is 128 bits without a shape; each operation names the lanes that it sees,
// as WebAssembly's SIMD does, so that a machine that builds WebAssembly needs one to three
// instructions for each. MMX values are V128s too, of which only the lower half counts.
//
// Shapes: I8x16 I16x8 I32x4 I64x2 F32x4 F64x2 (types; an operation takes a value of one)
//
// Operations (a, b, results: V128; And Or Xor Not of machine.h take vectors as well)
//   VConst(high, low)                  two 64-bit numbers known at decode time
//   VZeroExtend(i)  VTruncate(width, a)   an integer of 32 or 64 bits ↔ the lowest bits
//   VExtract(shape, lane, a) → Int     VReplace(shape, lane, a, i)
//   VAdd VSub (shape, a, b)            VMul (I16x8, I32x4: the low halves of the products)
//   VMulHighS VMulHighU (I16x8)        VMulEvenU VMulEvenS (I32x4: lanes 0, 2 → 64-bit products)
//   VMulQ15S (I16x8)                   (a × b + 2^14) >> 15, saturated (only -32768 × -32768 is)
//   VDot (I16x8)                       products of 16-bit lanes, neighbours added → I32x4
//   VAddSatS VAddSatU VSubSatS VSubSatU (I8x16, I16x8)
//   VAverageU (I8x16, I16x8)           rounds up
//   VMinS VMaxS VMinU VMaxU (I8x16, I16x8, I32x4)
//   VAbs (shape but I64x2, a)          the least number stays
//   VSumDifferences(a, b)              |a − b| of bytes, summed in each half
//   VEq VGtS (shape, a, b)             lanes of all ones or zeros
//   VShl VShrU VShrS (shape, a, count) count: Int<64>, less than the lane's bits
//   VNarrowS VNarrowU (shape, a, b)    signed lanes to half their width, saturated; a's come first
//   VInterleaveLow VInterleaveHigh (shape, a, b)   a0 b0 a1 b1 … of the low or high halves
//   VExtendLowS VExtendLowU (shape but I64x2, a)   the lower half's lanes to twice their width
//   VSelect(mask, a, b)                a's bits where mask has ones, b's elsewhere
//   VSwizzle(a, indices)               I8x16: a's byte of each index; 0 for indices above 15
//   VPick(shape, a, b, lanes)          std::array of lane numbers known at decode time; b's follow
//   VShiftBytesUp VShiftBytesDown (a, n)   n bytes, 0…16, known at decode time; zeros move in
//   VBitmask(shape, a) → Int<32>       the lanes' top bits
//   VAnyTrue(a) → Bit                  whether any bit is set
// Floating-point operations are in float_lanes.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "jit/semantics/machine.h"
#include "jit/semantics/operands.h"
#include "runtime/cpu/cpu_state.h"

namespace elfin::semantics {

template <unsigned kLaneBits, bool kFloat>
struct Shape {
  static constexpr Width<kLaneBits> lane{};
  static constexpr unsigned bits = kLaneBits;
  static constexpr unsigned count = 128 / kLaneBits;
  static constexpr bool is_float = kFloat;
  static constexpr bool is_scalar = false;
};
using I8x16 = Shape<8, false>;
using I16x8 = Shape<16, false>;
using I32x4 = Shape<32, false>;
using I64x2 = Shape<64, false>;
using F32x4 = Shape<32, true>;
using F64x2 = Shape<64, true>;

inline constexpr uint16_t kMxcsrOffset = offsetof(cpu::CpuState, mxcsr);

/// Whether the operands are MMX registers (rows of widths k64 | k128).
template <class I>
inline constexpr bool kIsMmx = I::width.bits == 64;

/// What every MMX instruction does before anything else: #MF for a pending x87 exception. False:
/// left.
template <class M>
[[nodiscard]] bool BeginMmx(M& m) {
  constexpr uint16_t kErrorSummary = 0x80;
  auto status = m.GetReg(kBits16, offsetof(cpu::CpuState, x87_status));
  auto pending = m.Ne(m.And(status, m.Const(kBits16, kErrorSummary)), m.Const(kBits16, 0));
  return !m.RaiseIf(pending, cpu::TrapKind::kX87);
}
/// … and then: the x87 stack's top is 0 and all its registers are in use. (SDM vol. 3A, 12.2)
template <class M>
void EnterMmxState(M& m) {
  m.SetReg(offsetof(cpu::CpuState, x87_top), m.Const(kBits8, 0));
  m.SetReg(offsetof(cpu::CpuState, x87_valid), m.Const(kBits8, 0xff));
}
/// Writes an MMX register; what was the x87 register's sign and exponent becomes all ones.
template <class M>
void WriteMmx(M& m, uint16_t offset, typename M::template Int<64> value) {
  constexpr uint16_t kSignExponent = offsetof(cpu::X87Register, sign_exponent);
  m.SetReg(offset, value);
  m.SetReg(static_cast<uint16_t>(offset + kSignExponent), m.Const(kBits16, 0xffff));
}

/// Operand N (XMM, MMX or memory of that size).
template <unsigned N, class M, class I>
auto GetVector(M& m, const I& insn) {
  if constexpr (kIsMmx<I>) {
    return m.VZeroExtend(insn.template Get<N>(m, kBits64));
  } else {
    return insn.template Get<N>(m, kBits128);
  }
}
/// Writes register operand 0. Bits above 127 stay.
template <class M, class I>
void SetVector(M& m, const I& insn, typename M::V128 value) {
  if constexpr (kIsMmx<I>) {
    EnterMmxState(m);
    WriteMmx(m, insn.raw.reg[0], m.VTruncate(kBits64, value));
  } else {
    m.SetReg(insn.raw.reg[0], value);
  }
}

/// Whether the instruction can go on: always with XMM registers.
template <class M, class I>
[[nodiscard]] bool BeginVector(M& m, const I&) {
  if constexpr (kIsMmx<I>) return BeginMmx(m);
  return true;
}

/// dst ← operation(dst, src).
template <class M, class I, class Operation>
void VectorBinary(M& m, const I& insn, Operation operation) {
  if (!BeginVector(m, insn)) return;
  auto left = GetVector<0>(m, insn);
  auto right = GetVector<1>(m, insn);
  SetVector(m, insn, operation(left, right));
}

}  // namespace elfin::semantics
