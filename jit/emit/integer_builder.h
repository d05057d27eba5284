// The integer part of EmitMachine: jit/semantics/machine.h says what each operation means.
//
// Values of 8 and 16 bits lie in words of 32. What is above their bits is anything, unless it is
// known to be 0 (Op::bits): Clean and Extended make it so where an operation looks at it.
#pragma once

#include <algorithm>
#include <cstdint>

#include <wasm.h>

#include "jit/emit/block_ops.h"
#include "jit/emit/cpu_functions.h"
#include "jit/emit/value.h"
#include "jit/semantics/machine.h"

namespace elfin::jit {

template <class Machine>
class IntegerBuilder {
  using Bit = BitValue;
  template <unsigned kBits>
  using Width = semantics::Width<kBits>;

 public:
  template <class W>
  IntValue<W::bits> Const(W, uint64_t number) {
    if constexpr (W::bits < 64) number &= (uint64_t{1} << W::bits) - 1;
    return {ops().Const(IntType<W::bits>(), number)};
  }
  Bit ConstBit(bool bit) { return {ops().Const(Type::kI32, bit)}; }

  template <unsigned kBits>
  IntValue<kBits> Add(IntValue<kBits> a, IntValue<kBits> b) {
    return Binary<kBits>(wasm::AddInt32, wasm::AddInt64, a, b);
  }
  template <unsigned kBits>
  IntValue<kBits> Sub(IntValue<kBits> a, IntValue<kBits> b) {
    return Binary<kBits>(wasm::SubInt32, wasm::SubInt64, a, b);
  }
  template <unsigned kBits>
  IntValue<kBits> Mul(IntValue<kBits> a, IntValue<kBits> b) {
    return Binary<kBits>(wasm::MulInt32, wasm::MulInt64, a, b);
  }
#define ELFIN_BITWISE(name, op32, op64, vector)                                         \
  template <unsigned kBits>                                                             \
  IntValue<kBits> name(IntValue<kBits> a, IntValue<kBits> b) {                          \
    return Binary<kBits>(wasm::op32, wasm::op64, a, b);                                 \
  }                                                                                     \
  Bit name(Bit a, Bit b) { return {ops().Binary(Type::kI32, wasm::op32, a.id, b.id)}; } \
  VectorValue name(VectorValue a, VectorValue b) {                                      \
    return {ops().Binary(Type::kV128, wasm::vector, a.id, b.id)};                       \
  }
  ELFIN_BITWISE(And, AndInt32, AndInt64, AndVec128)
  ELFIN_BITWISE(Or, OrInt32, OrInt64, OrVec128)
  ELFIN_BITWISE(Xor, XorInt32, XorInt64, XorVec128)
#undef ELFIN_BITWISE
  template <unsigned kBits>
  IntValue<kBits> Not(IntValue<kBits> a) {
    return Xor(a, Const(Width<kBits>{}, ~uint64_t{0}));
  }
  Bit Not(Bit a) {
    uint16_t opposite;
    const Op op = ops().At(a.id);
    if (op.code == OpCode::kBinary && Opposite(op.sub, &opposite)) {
      return {ops().Binary(Type::kI32, opposite, op.a, op.b)};
    }
    if (op.code == OpCode::kUnary && op.sub == wasm::EqZInt32) {
      if (IsTruth(op.a)) return {op.a};
      return {ops().Binary(Type::kI32, wasm::NeInt32, op.a, ops().Const(Type::kI32, 0))};
    }
    if (op.code == OpCode::kUnary && op.sub == wasm::EqZInt64) {
      return {ops().Binary(Type::kI32, wasm::NeInt64, op.a, ops().Const(Type::kI64, 0))};
    }
    return {ops().Unary(Type::kI32, wasm::EqZInt32, a.id)};
  }
  VectorValue Not(VectorValue a) { return {ops().Unary(Type::kV128, wasm::NotVec128, a.id)}; }
  template <unsigned kBits>
  IntValue<kBits> Neg(IntValue<kBits> a) {
    return Sub(Const(Width<kBits>{}, 0), a);
  }
  template <unsigned kBits>
  IntValue<kBits> Shl(IntValue<kBits> a, IntValue<kBits> count) {
    return Binary<kBits>(wasm::ShlInt32, wasm::ShlInt64, a, Clean(count));
  }
  template <unsigned kBits>
  IntValue<kBits> ShrU(IntValue<kBits> a, IntValue<kBits> count) {
    return Binary<kBits>(wasm::ShrUInt32, wasm::ShrUInt64, Clean(a), Clean(count), true);
  }
  template <unsigned kBits>
  IntValue<kBits> ShrS(IntValue<kBits> a, IntValue<kBits> count) {
    return Binary<kBits>(wasm::ShrSInt32, wasm::ShrSInt64, Extended(a), Clean(count));
  }
  template <unsigned kBits>
  IntValue<kBits> Rotl(IntValue<kBits> a, IntValue<kBits> count) {
    if constexpr (kBits >= 32) {
      return Binary<kBits>(wasm::RotLInt32, wasm::RotLInt64, a, count);
    } else {
      return Or(Shl(a, count), ShrU(a, OtherWay(count)));
    }
  }
  template <unsigned kBits>
  IntValue<kBits> Rotr(IntValue<kBits> a, IntValue<kBits> count) {
    if constexpr (kBits >= 32) {
      return Binary<kBits>(wasm::RotRInt32, wasm::RotRInt64, a, count);
    } else {
      return Or(ShrU(a, count), Shl(a, OtherWay(count)));
    }
  }
  template <unsigned kBits>
  IntValue<kBits> Clz(IntValue<kBits> a) {
    auto count = Unary<kBits>(wasm::ClzInt32, wasm::ClzInt64, Clean(a));
    if constexpr (kBits >= 32) return count;
    return Cleaned(Sub(count, Const(Width<kBits>{}, 32 - kBits)));
  }
  template <unsigned kBits>
  IntValue<kBits> Ctz(IntValue<kBits> a) {
    if constexpr (kBits < 32) {
      const OpId stop = ops().Const(Type::kI32, uint64_t{1} << kBits);
      a = {ops().Binary(Type::kI32, wasm::OrInt32, a.id, stop)};
    }
    return Cleaned(Unary<kBits>(wasm::CtzInt32, wasm::CtzInt64, a));
  }
  template <unsigned kBits>
  IntValue<kBits> Popcnt(IntValue<kBits> a) {
    return Cleaned(Unary<kBits>(wasm::PopcntInt32, wasm::PopcntInt64, Clean(a)));
  }
  template <unsigned kBits>
  IntValue<kBits> ByteSwap(IntValue<kBits> a) {
    if constexpr (kBits == 16) {
      auto eight = Const(Width<16>{}, 8);
      return Or(Shl(a, eight), ShrU(a, eight));
    } else if constexpr (kBits == 32) {
      // Two rotations bring the bytes to their places, each half of them.
      auto ends = And(Rotl(a, Const(Width<32>{}, 8)), Const(Width<32>{}, 0x00ff00ff));
      auto middle = And(Rotl(a, Const(Width<32>{}, 24)), Const(Width<32>{}, 0xff00ff00));
      return Or(ends, middle);
    } else {
      constexpr Width<64> w{};
      auto c8 = Const(w, 8), c16 = Const(w, 16), c32 = Const(w, 32);
      auto bytes = Const(w, 0x00ff00ff00ff00ff), pairs = Const(w, 0x0000ffff0000ffff);
      a = Or(And(ShrU(a, c8), bytes), Shl(And(a, bytes), c8));
      a = Or(And(ShrU(a, c16), pairs), Shl(And(a, pairs), c16));
      return Rotl(a, c32);
    }
  }
  template <unsigned kBits>
  IntValue<kBits> MulHighU(IntValue<kBits> a, IntValue<kBits> b) {
    constexpr Width<64> w{};
    if constexpr (kBits < 64) {
      auto product = Mul(ZeroExtend(w, a), ZeroExtend(w, b));
      return Truncate(Width<kBits>{}, ShrU(product, Const(w, kBits)));
    } else {
      auto low_mask = Const(w, 0xffffffff), half = Const(w, 32);
      auto a_low = And(a, low_mask), a_high = ShrU(a, half);
      auto b_low = And(b, low_mask), b_high = ShrU(b, half);
      auto middle = Add(Mul(a_high, b_low), ShrU(Mul(a_low, b_low), half));
      auto other = Add(Mul(a_low, b_high), And(middle, low_mask));
      return Add(Add(Mul(a_high, b_high), ShrU(middle, half)), ShrU(other, half));
    }
  }
  template <unsigned kBits>
  IntValue<kBits> MulHighS(IntValue<kBits> a, IntValue<kBits> b) {
    constexpr Width<64> w{};
    if constexpr (kBits < 64) {
      auto product = Mul(SignExtend(w, a), SignExtend(w, b));
      return Truncate(Width<kBits>{}, ShrU(product, Const(w, kBits)));
    } else {
      auto top = Const(w, 63);
      auto excess = Add(And(ShrS(a, top), b), And(ShrS(b, top), a));
      return Sub(MulHighU(a, b), excess);
    }
  }
  template <unsigned kBits>
  IntValue<kBits> DivWideU(IntValue<kBits> high, IntValue<kBits> low, IntValue<kBits> divisor) {
    constexpr Width<64> w{};
    if constexpr (kBits < 64) {
      auto dividend = Or(Shl(ZeroExtend(w, high), Const(w, kBits)), ZeroExtend(w, low));
      return Truncate(Width<kBits>{}, Divide(dividend, ZeroExtend(w, divisor)));
    } else {
      return machine().Either(
          IsZero(high), [&] { return Divide(low, divisor); },
          [&] {
            Op op{OpCode::kPureCall, Type::kI64};
            op.sub = static_cast<uint16_t>(HelperId::kDivWide64);
            op.a = high.id;
            op.b = low.id;
            op.c = divisor.id;
            return IntValue<64>{ops().Pure(op)};
          });
    }
  }

  template <class W, unsigned kBits>
  IntValue<W::bits> ZeroExtend(W, IntValue<kBits> a) {
    if constexpr (W::bits == kBits) {
      return a;
    } else if constexpr (W::bits == 64) {
      return {ops().Unary(Type::kI64, wasm::ExtendUInt32, Clean(a).id)};
    } else {
      return {Clean(a).id};
    }
  }
  template <class W, unsigned kBits>
  IntValue<W::bits> SignExtend(W, IntValue<kBits> a) {
    if constexpr (W::bits == kBits) {
      return a;
    } else if constexpr (W::bits == 64) {
      return {ops().Unary(Type::kI64, wasm::ExtendSInt32, Extended(a).id)};
    } else {
      const OpId id = Extended(a).id;
      if (ops().IsConst(id)) return Const(W{}, ops().At(id).imm);
      return {id};
    }
  }
  template <class W, unsigned kBits>
  IntValue<W::bits> Truncate(W, IntValue<kBits> a) {
    if constexpr (kBits == 64 && W::bits != 64) {
      return {ops().Unary(Type::kI32, wasm::WrapInt64, a.id)};
    } else {
      return {a.id};
    }
  }

#define ELFIN_COMPARISON(name, op32, op64, prepare)                                        \
  template <unsigned kBits>                                                                \
  Bit name(IntValue<kBits> a, IntValue<kBits> b) {                                         \
    return {ops().Binary(Type::kI32, kBits == 64 ? wasm::op64 : wasm::op32, prepare(a).id, \
                         prepare(b).id)};                                                  \
  }
  ELFIN_COMPARISON(Eq, EqInt32, EqInt64, Clean)
  ELFIN_COMPARISON(Ne, NeInt32, NeInt64, Clean)
  ELFIN_COMPARISON(LtU, LtUInt32, LtUInt64, Clean)
  ELFIN_COMPARISON(LeU, LeUInt32, LeUInt64, Clean)
  ELFIN_COMPARISON(LtS, LtSInt32, LtSInt64, Extended)
  ELFIN_COMPARISON(LeS, LeSInt32, LeSInt64, Extended)
#undef ELFIN_COMPARISON
  template <unsigned kBits>
  Bit IsZero(IntValue<kBits> a) {
    const uint16_t op = kBits == 64 ? wasm::EqZInt64 : wasm::EqZInt32;
    return {ops().Unary(Type::kI32, op, Clean(a).id)};
  }
  template <class W>
  IntValue<W::bits> FromBit(W, Bit bit) {
    if constexpr (W::bits == 64) return {ops().Unary(Type::kI64, wasm::ExtendUInt32, bit.id)};
    return Cleaned(IntValue<W::bits>{bit.id});
  }
  template <class T>
  T Select(Bit bit, T a, T b) {
    if (ops().IsConst(bit.id)) return ops().At(bit.id).imm != 0 ? a : b;
    if (a.id == b.id) return a;
    Op op{OpCode::kSelect, ops().At(a.id).type};
    const unsigned x = ops().At(a.id).bits, y = ops().At(b.id).bits;
    if (x != 0 && y != 0) op.bits = static_cast<uint8_t>(std::max(x, y));
    op.a = bit.id;
    op.b = a.id;
    op.c = b.id;
    return {ops().Pure(op)};
  }

 private:
  template <unsigned kBits>
  IntValue<kBits> Binary(uint16_t op32, uint16_t op64, IntValue<kBits> a, IntValue<kBits> b,
                         bool clean = false) {
    const OpId id = ops().Binary(IntType<kBits>(), kBits == 64 ? op64 : op32, a.id, b.id);
    if constexpr (kBits < 32) {
      const unsigned x = ops().At(a.id).bits, y = ops().At(b.id).bits;
      if (clean) {
        ops().LimitBits(id, kBits);
      } else if (op32 == wasm::AndInt32 && (x != 0 || y != 0)) {
        ops().LimitBits(id, x == 0 ? y : y == 0 ? x : std::min(x, y));
      } else if ((op32 == wasm::OrInt32 || op32 == wasm::XorInt32) && x != 0 && y != 0) {
        ops().LimitBits(id, std::max(x, y));
      }
    }
    return {id};
  }
  template <unsigned kBits>
  IntValue<kBits> Unary(uint16_t op32, uint16_t op64, IntValue<kBits> a) {
    return {ops().Unary(IntType<kBits>(), kBits == 64 ? op64 : op32, a.id)};
  }
  IntValue<64> Divide(IntValue<64> a, IntValue<64> b) {
    return {ops().Binary(Type::kI64, wasm::DivUInt64, a.id, b.id)};
  }
  /// The same number with nothing above its bits.
  template <unsigned kBits>
  IntValue<kBits> Clean(IntValue<kBits> a) {
    if constexpr (kBits >= 32) {
      return a;
    } else {
      const unsigned known = ops().At(a.id).bits;
      if (known != 0 && known <= kBits) return a;
      const OpId mask = ops().Const(Type::kI32, (uint64_t{1} << kBits) - 1);
      const OpId id = ops().Binary(Type::kI32, wasm::AndInt32, a.id, mask);
      ops().LimitBits(id, kBits);
      return {id};
    }
  }
  template <unsigned kBits>
  IntValue<kBits> Cleaned(IntValue<kBits> a) {
    if constexpr (kBits < 32) ops().LimitBits(a.id, kBits);
    return a;
  }
  /// Its sign in all bits above.
  template <unsigned kBits>
  IntValue<kBits> Extended(IntValue<kBits> a) {
    if constexpr (kBits >= 32) {
      return a;
    } else {
      if (ops().IsConst(a.id)) {
        const auto number = static_cast<uint32_t>(ops().At(a.id).imm) << (32 - kBits);
        return {ops().Const(Type::kI32,
                            static_cast<uint64_t>(static_cast<int32_t>(number) >> (32 - kBits)))};
      }
      const uint16_t op = kBits == 8 ? wasm::ExtendS8Int32 : wasm::ExtendS16Int32;
      return {ops().Unary(Type::kI32, op, a.id)};
    }
  }
  template <unsigned kBits>
  IntValue<kBits> OtherWay(IntValue<kBits> count) {
    auto bits = Const(Width<kBits>{}, kBits);
    return And(Sub(bits, count), Const(Width<kBits>{}, 31));
  }
  /// Whether a value is 0 or 1 by how it was made.
  bool IsTruth(OpId id) const {
    const Op& op = ops().At(id);
    if (op.code == OpCode::kUnary) {
      return op.sub == wasm::EqZInt32 || op.sub == wasm::EqZInt64 || op.sub == wasm::AnyTrueVec128;
    }
    if (op.code != OpCode::kBinary || op.type != Type::kI32) return false;
    switch (op.sub) {
      case wasm::AndInt32:
      case wasm::OrInt32:
      case wasm::XorInt32:
        return IsTruth(op.a) && IsTruth(op.b);
      default:
        return op.sub >= wasm::EqInt32 &&
               !(op.sub >= wasm::AddInt64 && op.sub <= wasm::RotRInt64) &&
               op.sub <= wasm::GeFloat64;
    }
  }
  static bool Opposite(uint16_t op, uint16_t* opposite) {
    using namespace wasm;
    static constexpr BinaryOp kPairs[][2] = {
        {EqInt32, NeInt32},   {EqInt64, NeInt64},   {LtUInt32, GeUInt32},   {LtUInt64, GeUInt64},
        {LtSInt32, GeSInt32}, {LtSInt64, GeSInt64}, {LeUInt32, GtUInt32},   {LeUInt64, GtUInt64},
        {LeSInt32, GtSInt32}, {LeSInt64, GtSInt64}, {EqFloat32, NeFloat32}, {EqFloat64, NeFloat64}};
    for (const auto& pair : kPairs) {
      if (op == pair[0] || op == pair[1]) {
        *opposite = static_cast<uint16_t>(op == pair[0] ? pair[1] : pair[0]);
        return true;
      }
    }
    return false;
  }

  Machine& machine() { return static_cast<Machine&>(*this); }
  const Machine& machine() const { return static_cast<const Machine&>(*this); }
  BlockOps& ops() { return machine().ops(); }
  const BlockOps& ops() const { return machine().ops(); }
};

}  // namespace elfin::jit
