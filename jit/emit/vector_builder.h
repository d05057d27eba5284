// The vector and floating-point part of EmitMachine: jit/semantics/vector.h and float_lanes.h say
// what each operation means. Most are one instruction of WebAssembly's SIMD.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include <wasm.h>

#include "jit/emit/block_ops.h"
#include "jit/emit/value.h"
#include "jit/semantics/float_lanes.h"
#include "jit/semantics/vector.h"

namespace elfin::jit {

/// The operations of one meaning for lanes of 8, 16, 32 and 64 bits.
template <class S>
constexpr uint16_t ByLane(uint16_t b8, uint16_t b16, uint16_t b32, uint16_t b64) {
  return S::bits == 8 ? b8 : S::bits == 16 ? b16 : S::bits == 32 ? b32 : b64;
}
inline constexpr uint16_t kNoSuchLanes = 0xffff;

template <class Machine>
class VectorBuilder {
  using W32 = semantics::Width<32>;
  using W64 = semantics::Width<64>;

 public:
  // ---- whole vectors ----
  VectorValue VConst(uint64_t high, uint64_t low) { return {ops().VectorConst(low, high)}; }
  template <unsigned kBits>
  VectorValue VZeroExtend(IntValue<kBits> a) {
    if (IsLoadOf(a.id, kBits)) return {ops().LoadAs(Type::kV128, a.id)};
    return VReplace(semantics::Shape<kBits, false>{}, 0, VConst(0, 0), a);
  }
  template <class W>
  IntValue<W::bits> VTruncate(W, VectorValue a) {
    return VExtract(semantics::Shape<W::bits, false>{}, 0, a);
  }
  template <class S>
  IntValue<S::bits> VExtract(S, unsigned lane, VectorValue a) {
    const Op& from = ops().At(a.id);
    if (from.code == OpCode::kReplace && from.imm == lane && from.sub == ReplaceOp<S>()) {
      if constexpr (S::bits >= 32) return {from.b};
    }
    if (S::bits == 64 && from.code == OpCode::kReplace && from.imm == lane &&
        from.sub == wasm::ReplaceLaneVecF64x2) {
      return {ops().Unary(Type::kI64, wasm::ReinterpretFloat64, from.b)};
    }
    if (S::bits == 32 && from.code == OpCode::kReplace && from.imm == lane &&
        from.sub == wasm::ReplaceLaneVecF32x4) {
      return {ops().Unary(Type::kI32, wasm::ReinterpretFloat32, from.b)};
    }
    Op op{OpCode::kExtract, IntType<S::bits>()};
    op.sub = ByLane<S>(wasm::ExtractLaneUVecI8x16, wasm::ExtractLaneUVecI16x8,
                       wasm::ExtractLaneVecI32x4, wasm::ExtractLaneVecI64x2);
    op.bits = S::bits < 32 ? S::bits : 0;
    op.a = a.id;
    op.imm = lane;
    return {ops().Pure(op)};
  }
  template <class S>
  VectorValue VReplace(S, unsigned lane, VectorValue a, IntValue<S::bits> value) {
    Op op{OpCode::kReplace, Type::kV128};
    op.sub = ReplaceOp<S>();
    op.a = a.id;
    op.b = value.id;
    op.imm = lane;
    // A number's bits: the number itself.
    const Op& from = ops().At(value.id);
    if (from.code == OpCode::kUnary && from.sub == wasm::ReinterpretFloat64) {
      op.sub = wasm::ReplaceLaneVecF64x2;
      op.b = from.a;
    } else if (from.code == OpCode::kUnary && from.sub == wasm::ReinterpretFloat32) {
      op.sub = wasm::ReplaceLaneVecF32x4;
      op.b = from.a;
    }
    // What the lane held before doesn't matter.
    const Op& whole = ops().At(a.id);
    if (whole.code == OpCode::kReplace && whole.sub == op.sub && whole.imm == lane) op.a = whole.a;
    return {ops().Pure(op)};
  }
  BitValue VAnyTrue(VectorValue a) { return {ops().Unary(Type::kI32, wasm::AnyTrueVec128, a.id)}; }
  VectorValue VSelect(VectorValue mask, VectorValue a, VectorValue b) {
    Op op{OpCode::kBitselect, Type::kV128};
    op.a = a.id;
    op.b = b.id;
    op.c = mask.id;
    return {ops().Pure(op)};
  }
  VectorValue VSwizzle(VectorValue a, VectorValue indices) {
    return Two(wasm::SwizzleVecI8x16, a, indices);
  }

  // ---- lanes of integers ----
#define ELFIN_LANES(name, b8, b16, b32, b64)                                \
  template <class S>                                                        \
  VectorValue name(S, VectorValue a, VectorValue b) {                       \
    return Two(ByLane<S>(wasm::b8, wasm::b16, wasm::b32, wasm::b64), a, b); \
  }
  ELFIN_LANES(VAdd, AddVecI8x16, AddVecI16x8, AddVecI32x4, AddVecI64x2)
  ELFIN_LANES(VSub, SubVecI8x16, SubVecI16x8, SubVecI32x4, SubVecI64x2)
  ELFIN_LANES(VMul, InvalidBinary, MulVecI16x8, MulVecI32x4, InvalidBinary)
  ELFIN_LANES(VAddSatS, AddSatSVecI8x16, AddSatSVecI16x8, InvalidBinary, InvalidBinary)
  ELFIN_LANES(VAddSatU, AddSatUVecI8x16, AddSatUVecI16x8, InvalidBinary, InvalidBinary)
  ELFIN_LANES(VSubSatS, SubSatSVecI8x16, SubSatSVecI16x8, InvalidBinary, InvalidBinary)
  ELFIN_LANES(VSubSatU, SubSatUVecI8x16, SubSatUVecI16x8, InvalidBinary, InvalidBinary)
  ELFIN_LANES(VAverageU, AvgrUVecI8x16, AvgrUVecI16x8, InvalidBinary, InvalidBinary)
  ELFIN_LANES(VMinS, MinSVecI8x16, MinSVecI16x8, MinSVecI32x4, InvalidBinary)
  ELFIN_LANES(VMaxS, MaxSVecI8x16, MaxSVecI16x8, MaxSVecI32x4, InvalidBinary)
  ELFIN_LANES(VMinU, MinUVecI8x16, MinUVecI16x8, MinUVecI32x4, InvalidBinary)
  ELFIN_LANES(VMaxU, MaxUVecI8x16, MaxUVecI16x8, MaxUVecI32x4, InvalidBinary)
  ELFIN_LANES(VEq, EqVecI8x16, EqVecI16x8, EqVecI32x4, EqVecI64x2)
  ELFIN_LANES(VGtS, GtSVecI8x16, GtSVecI16x8, GtSVecI32x4, GtSVecI64x2)
  ELFIN_LANES(VNarrowS, InvalidBinary, NarrowSVecI16x8ToVecI8x16, NarrowSVecI32x4ToVecI16x8,
              InvalidBinary)
  ELFIN_LANES(VNarrowU, InvalidBinary, NarrowUVecI16x8ToVecI8x16, NarrowUVecI32x4ToVecI16x8,
              InvalidBinary)
#undef ELFIN_LANES
  template <class S>
  VectorValue VAbs(S, VectorValue a) {
    return One(
        ByLane<S>(wasm::AbsVecI8x16, wasm::AbsVecI16x8, wasm::AbsVecI32x4, wasm::AbsVecI64x2), a);
  }
  template <class S>
  VectorValue VExtendLowS(S, VectorValue a) {
    return One(ByLane<S>(wasm::ExtendLowSVecI8x16ToVecI16x8, wasm::ExtendLowSVecI16x8ToVecI32x4,
                         wasm::ExtendLowSVecI32x4ToVecI64x2, kNoSuchLanes),
               a);
  }
  template <class S>
  VectorValue VExtendLowU(S, VectorValue a) {
    return One(ByLane<S>(wasm::ExtendLowUVecI8x16ToVecI16x8, wasm::ExtendLowUVecI16x8ToVecI32x4,
                         wasm::ExtendLowUVecI32x4ToVecI64x2, kNoSuchLanes),
               a);
  }
  template <class S>
  VectorValue VMulHighS(S, VectorValue a, VectorValue b) {
    return HighHalves(Two(wasm::ExtMulLowSVecI32x4, a, b), Two(wasm::ExtMulHighSVecI32x4, a, b));
  }
  template <class S>
  VectorValue VMulHighU(S, VectorValue a, VectorValue b) {
    return HighHalves(Two(wasm::ExtMulLowUVecI32x4, a, b), Two(wasm::ExtMulHighUVecI32x4, a, b));
  }
  template <class S>
  VectorValue VMulEvenU(S, VectorValue a, VectorValue b) {
    return Two(wasm::ExtMulLowUVecI64x2, EvenLanes(a), EvenLanes(b));
  }
  template <class S>
  VectorValue VMulEvenS(S, VectorValue a, VectorValue b) {
    return Two(wasm::ExtMulLowSVecI64x2, EvenLanes(a), EvenLanes(b));
  }
  template <class S>
  VectorValue VMulQ15S(S, VectorValue a, VectorValue b) {
    return Two(wasm::Q15MulrSatSVecI16x8, a, b);
  }
  template <class S>
  VectorValue VDot(S, VectorValue a, VectorValue b) {
    return Two(wasm::DotSVecI16x8ToVecI32x4, a, b);
  }
  /// |a - b| is max - min; neighbours are added twice, then pairs of 32-bit sums.
  VectorValue VSumDifferences(VectorValue a, VectorValue b) {
    auto difference =
        Two(wasm::SubVecI8x16, Two(wasm::MaxUVecI8x16, a, b), Two(wasm::MinUVecI8x16, a, b));
    auto fours = One(wasm::ExtAddPairwiseUVecI16x8ToI32x4,
                     One(wasm::ExtAddPairwiseUVecI8x16ToI16x8, difference));
    auto high = Shift(wasm::ShrUVecI64x2, fours, ops().Const(Type::kI32, 32));
    auto low = machine().And(fours, VConst(0xffffffff, 0xffffffff));
    return Two(wasm::AddVecI64x2, low, high);
  }

  // ---- shifts ----
  template <class S>
  VectorValue VShl(S, VectorValue a, IntValue<64> count) {
    return Shift(
        ByLane<S>(wasm::ShlVecI8x16, wasm::ShlVecI16x8, wasm::ShlVecI32x4, wasm::ShlVecI64x2), a,
        Narrow(count));
  }
  template <class S>
  VectorValue VShrU(S, VectorValue a, IntValue<64> count) {
    return Shift(
        ByLane<S>(wasm::ShrUVecI8x16, wasm::ShrUVecI16x8, wasm::ShrUVecI32x4, wasm::ShrUVecI64x2),
        a, Narrow(count));
  }
  template <class S>
  VectorValue VShrS(S, VectorValue a, IntValue<64> count) {
    return Shift(
        ByLane<S>(wasm::ShrSVecI8x16, wasm::ShrSVecI16x8, wasm::ShrSVecI32x4, wasm::ShrSVecI64x2),
        a, Narrow(count));
  }
  VectorValue VShiftBytesUp(VectorValue a, unsigned count) {
    return Shuffle(VConst(0, 0), a, [&](unsigned n) { return 16 + n - count; });
  }
  VectorValue VShiftBytesDown(VectorValue a, unsigned count) {
    return Shuffle(a, VConst(0, 0), [&](unsigned n) { return n + count; });
  }

  // ---- lanes by number ----
  template <class S>
  VectorValue VInterleaveLow(S, VectorValue a, VectorValue b) {
    return Interleave<S>(a, b, 0);
  }
  template <class S>
  VectorValue VInterleaveHigh(S, VectorValue a, VectorValue b) {
    return Interleave<S>(a, b, S::count / 2);
  }
  template <class S>
  VectorValue VPick(S, VectorValue a, VectorValue b, const std::array<uint8_t, S::count>& lanes) {
    constexpr unsigned bytes = S::bits / 8;
    return Shuffle(a, b, [&](unsigned n) { return lanes[n / bytes] * bytes + n % bytes; });
  }
  template <class S>
  IntValue<32> VBitmask(S, VectorValue a) {
    return {ops().Unary(Type::kI32,
                        ByLane<S>(wasm::BitmaskVecI8x16, wasm::BitmaskVecI16x8,
                                  wasm::BitmaskVecI32x4, wasm::BitmaskVecI64x2),
                        a.id)};
  }

  // ---- numbers ----
  template <class S, unsigned kBits>
  FloatValue<kBits> FFromBits(S, IntValue<kBits> a) {
    const Op from = ops().At(a.id);
    constexpr Type type = kBits == 32 ? Type::kF32 : Type::kF64;
    if (IsNumbersBits(from)) return {from.a};
    if (IsLoadOf(a.id, kBits)) return {ops().LoadAs(type, a.id)};
    if (IsLaneOf(from, kBits)) {
      Op op = from;
      op.type = type;
      op.sub = kBits == 32 ? wasm::ExtractLaneVecF32x4 : wasm::ExtractLaneVecF64x2;
      return {ops().Pure(op)};
    }
    return {ops().Unary(type, kBits == 32 ? wasm::ReinterpretInt32 : wasm::ReinterpretInt64, a.id)};
  }
  template <class S, unsigned kBits>
  IntValue<kBits> FToBits(S, FloatValue<kBits> a) {
    return {ops().Unary(IntType<kBits>(),
                        kBits == 32 ? wasm::ReinterpretFloat32 : wasm::ReinterpretFloat64, a.id)};
  }
  template <class S>
  auto FConst(S, double number) {
    const uint64_t bits = S::bits == 32 ? __builtin_bit_cast(uint32_t, static_cast<float>(number))
                                        : __builtin_bit_cast(uint64_t, number);
    if constexpr (S::is_scalar) {
      Op op{OpCode::kConst, S::bits == 32 ? Type::kF32 : Type::kF64};
      op.imm = bits;
      return FloatValue<S::bits>{ops().Pure(op)};
    } else {
      const uint64_t lanes = S::bits == 32 ? bits << 32 | bits : bits;
      return VConst(lanes, lanes);
    }
  }

#define ELFIN_FLOATS(name, scalar32, scalar64, vector32, vector64)                        \
  template <class S, class T>                                                             \
  T name(S, T a, T b) {                                                                   \
    const uint16_t op = S::is_scalar ? (S::bits == 32 ? wasm::scalar32 : wasm::scalar64)  \
                                     : (S::bits == 32 ? wasm::vector32 : wasm::vector64); \
    return {ops().Binary(FloatType<S>(), op, a.id, b.id)};                                \
  }
  ELFIN_FLOATS(FAdd, AddFloat32, AddFloat64, AddVecF32x4, AddVecF64x2)
  ELFIN_FLOATS(FSub, SubFloat32, SubFloat64, SubVecF32x4, SubVecF64x2)
  ELFIN_FLOATS(FMul, MulFloat32, MulFloat64, MulVecF32x4, MulVecF64x2)
  ELFIN_FLOATS(FDiv, DivFloat32, DivFloat64, DivVecF32x4, DivVecF64x2)
#undef ELFIN_FLOATS
#define ELFIN_FLOAT_TESTS(name, scalar32, scalar64, vector32, vector64)                           \
  template <class S, class T>                                                                     \
  auto name(S, T a, T b) {                                                                        \
    if constexpr (S::is_scalar) {                                                                 \
      return BitValue{                                                                            \
          ops().Binary(Type::kI32, S::bits == 32 ? wasm::scalar32 : wasm::scalar64, a.id, b.id)}; \
    } else {                                                                                      \
      return Two(S::bits == 32 ? wasm::vector32 : wasm::vector64, a, b);                          \
    }                                                                                             \
  }
  ELFIN_FLOAT_TESTS(FLt, LtFloat32, LtFloat64, LtVecF32x4, LtVecF64x2)
  ELFIN_FLOAT_TESTS(FLe, LeFloat32, LeFloat64, LeVecF32x4, LeVecF64x2)
  ELFIN_FLOAT_TESTS(FEq, EqFloat32, EqFloat64, EqVecF32x4, EqVecF64x2)
  ELFIN_FLOAT_TESTS(FNe, NeFloat32, NeFloat64, NeVecF32x4, NeVecF64x2)
#undef ELFIN_FLOAT_TESTS
#define ELFIN_FLOAT_UNARY(name, scalar32, scalar64, vector32, vector64)                   \
  template <class S, class T>                                                             \
  T name(S, T a) {                                                                        \
    const uint16_t op = S::is_scalar ? (S::bits == 32 ? wasm::scalar32 : wasm::scalar64)  \
                                     : (S::bits == 32 ? wasm::vector32 : wasm::vector64); \
    return {ops().Unary(FloatType<S>(), op, a.id)};                                       \
  }
  ELFIN_FLOAT_UNARY(FSqrt, SqrtFloat32, SqrtFloat64, SqrtVecF32x4, SqrtVecF64x2)
  ELFIN_FLOAT_UNARY(FAbs, AbsFloat32, AbsFloat64, AbsVecF32x4, AbsVecF64x2)
  ELFIN_FLOAT_UNARY(FNearest, NearestFloat32, NearestFloat64, NearestVecF32x4, NearestVecF64x2)
  ELFIN_FLOAT_UNARY(FFloor, FloorFloat32, FloorFloat64, FloorVecF32x4, FloorVecF64x2)
  ELFIN_FLOAT_UNARY(FCeil, CeilFloat32, CeilFloat64, CeilVecF32x4, CeilVecF64x2)
  ELFIN_FLOAT_UNARY(FTrunc, TruncFloat32, TruncFloat64, TruncVecF32x4, TruncVecF64x2)
#undef ELFIN_FLOAT_UNARY

  template <class S, class T>
  T FSelect(S, BitValue mask, T a, T b) {
    return machine().Select(mask, a, b);
  }
  template <class S>
  VectorValue FSelect(S, VectorValue mask, VectorValue a, VectorValue b) {
    return VSelect(mask, a, b);
  }
  BitValue FNone(BitValue mask) { return machine().Not(mask); }
  BitValue FNone(VectorValue mask) { return machine().Not(VAnyTrue(mask)); }

  // ---- conversions ----
  template <class S, unsigned kBits>
  FloatValue<S::bits> FFromInt(S, IntValue<kBits> a) {
    const uint16_t op =
        S::bits == 32 ? (kBits == 32 ? wasm::ConvertSInt32ToFloat32 : wasm::ConvertSInt64ToFloat32)
                      : (kBits == 32 ? wasm::ConvertSInt32ToFloat64 : wasm::ConvertSInt64ToFloat64);
    return {ops().Unary(FloatType<S>(), op, a.id)};
  }
  template <class W, unsigned kBits>
  IntValue<W::bits> FToInt(W, FloatValue<kBits> a) {
    const uint16_t op =
        kBits == 32
            ? (W::bits == 32 ? wasm::TruncSatSFloat32ToInt32 : wasm::TruncSatSFloat32ToInt64)
            : (W::bits == 32 ? wasm::TruncSatSFloat64ToInt32 : wasm::TruncSatSFloat64ToInt64);
    return {ops().Unary(IntType<W::bits>(), op, a.id)};
  }
  FloatValue<64> FPromote(FloatValue<32> a) {
    return {ops().Unary(Type::kF64, wasm::PromoteFloat32, a.id)};
  }
  FloatValue<32> FDemote(FloatValue<64> a) {
    return {ops().Unary(Type::kF32, wasm::DemoteFloat64, a.id)};
  }
  VectorValue VFloatsFromInts(VectorValue a) { return One(wasm::ConvertSVecI32x4ToVecF32x4, a); }
  VectorValue VDoublesFromLowInts(VectorValue a) {
    return One(wasm::ConvertLowSVecI32x4ToVecF64x2, a);
  }
  template <class S>
  VectorValue VToInts(S, VectorValue a) {
    return One(
        S::bits == 32 ? wasm::TruncSatSVecF32x4ToVecI32x4 : wasm::TruncSatZeroSVecF64x2ToVecI32x4,
        a);
  }
  VectorValue VPromoteLow(VectorValue a) { return One(wasm::PromoteLowVecF32x4ToVecF64x2, a); }
  VectorValue VDemote(VectorValue a) { return One(wasm::DemoteZeroVecF64x2ToVecF32x4, a); }

 protected:
  static bool IsNumbersBits(const Op& op) {
    return op.code == OpCode::kUnary &&
           (op.sub == wasm::ReinterpretFloat32 || op.sub == wasm::ReinterpretFloat64);
  }
  static bool IsLaneOf(const Op& op, unsigned bits) {
    return op.code == OpCode::kExtract &&
           op.sub == (bits == 32 ? wasm::ExtractLaneVecI32x4 : wasm::ExtractLaneVecI64x2);
  }

 private:
  Machine& machine() { return static_cast<Machine&>(*this); }
  BlockOps& ops() { return machine().ops(); }

  /// Whether the value was just loaded from memory, all of it. (Later a store may have come
  /// between.)
  bool IsLoadOf(OpId id, unsigned bits) {
    const Op& op = ops().At(id);
    return op.code == OpCode::kLoad && op.sub * 8u == bits &&
           static_cast<size_t>(id) + 1 == ops().ops().size();
  }
  template <class S>
  static constexpr Type FloatType() {
    if (!S::is_scalar) return Type::kV128;
    return S::bits == 32 ? Type::kF32 : Type::kF64;
  }
  template <class S>
  static constexpr uint16_t ReplaceOp() {
    return ByLane<S>(wasm::ReplaceLaneVecI8x16, wasm::ReplaceLaneVecI16x8,
                     wasm::ReplaceLaneVecI32x4, wasm::ReplaceLaneVecI64x2);
  }
  VectorValue One(uint16_t op, VectorValue a) { return {ops().Unary(Type::kV128, op, a.id)}; }
  VectorValue Two(uint16_t op, VectorValue a, VectorValue b) {
    return {ops().Binary(Type::kV128, op, a.id, b.id)};
  }
  OpId Narrow(IntValue<64> count) { return ops().Unary(Type::kI32, wasm::WrapInt64, count.id); }
  VectorValue Shift(uint16_t sub, VectorValue a, OpId count) {
    Op op{OpCode::kVectorShift, Type::kV128};
    op.sub = sub;
    op.a = a.id;
    op.b = count;
    return {ops().Pure(op)};
  }
  /// lane(n): which of the 32 bytes of a and b is byte n.
  template <class Lane>
  VectorValue Shuffle(VectorValue a, VectorValue b, Lane lane) {
    std::array<uint8_t, 16> lanes;
    for (unsigned n = 0; n < 16; ++n) lanes[n] = static_cast<uint8_t>(lane(n));
    Op op{OpCode::kShuffle, Type::kV128};
    op.a = a.id;
    op.b = b.id;
    std::memcpy(&op.imm, lanes.data(), 8);
    std::memcpy(&op.imm2, lanes.data() + 8, 8);
    return {ops().Pure(op)};
  }
  template <class S>
  VectorValue Interleave(VectorValue a, VectorValue b, unsigned first) {
    constexpr unsigned bytes = S::bits / 8;
    return Shuffle(a, b, [&](unsigned n) {
      const unsigned lane = n / bytes;
      return (lane % 2) * 16 + (first + lane / 2) * bytes + n % bytes;
    });
  }
  /// The upper halves of eight 32-bit products.
  VectorValue HighHalves(VectorValue low, VectorValue high) {
    return Shuffle(low, high, [](unsigned n) { return n / 2 * 4 + 2 + n % 2; });
  }
  VectorValue EvenLanes(VectorValue a) {
    return Shuffle(a, a, [](unsigned n) { return n % 4 + (n / 4 % 2) * 8; });
  }
};

}  // namespace elfin::jit
