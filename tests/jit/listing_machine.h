// ListingMachine: the smallest Machine that builds instead of computing. Its values are numbers of
// lines in a listing, so it proves that the semantics are written for both kinds of machines:
// nothing in them may look at a value, and every value is defined before it is used.
#pragma once

#include <string>
#include <vector>

#include "jit/semantics/flags.h"
#include "jit/semantics/operands.h"
#include "runtime/cpu/exit_reason.h"

namespace elfin::test {

template <unsigned kBits>
struct ListedValue {
  int line;
};
struct ListedBit {
  int line;
};

class ListingMachine {
 public:
  template <unsigned kBits>
  using Int = ListedValue<kBits>;
  using Bit = ListedBit;
  template <unsigned kBits>
  using Width = semantics::Width<kBits>;

  const std::vector<std::string>& lines() const { return lines_; }
  /// True where an operand named a line that wasn't there, or one of a branch that had ended.
  bool broken() const { return broken_; }

  template <class W>
  Int<W::bits> Const(W, uint64_t number) {
    return {Emit("const" + std::to_string(W::bits) + " " + std::to_string(number))};
  }
  Bit ConstBit(bool bit) { return {Emit(bit ? "true" : "false")}; }

#define LISTED_BINARY(name)               \
  template <class T>                      \
  T name(T a, T b) {                      \
    return {Emit(#name, a.line, b.line)}; \
  }
  LISTED_BINARY(Add)
  LISTED_BINARY(Sub)
  LISTED_BINARY(Mul)
  LISTED_BINARY(And)
  LISTED_BINARY(Or)
  LISTED_BINARY(Xor)
  LISTED_BINARY(Shl)
  LISTED_BINARY(ShrU)
  LISTED_BINARY(ShrS)
  LISTED_BINARY(Rotl)
  LISTED_BINARY(Rotr)
  LISTED_BINARY(MulHighU)
  LISTED_BINARY(MulHighS)
#undef LISTED_BINARY

#define LISTED_UNARY(name)        \
  template <class T>              \
  T name(T a) {                   \
    return {Emit(#name, a.line)}; \
  }
  LISTED_UNARY(Not)
  LISTED_UNARY(Neg)
  LISTED_UNARY(Clz)
  LISTED_UNARY(Ctz)
  LISTED_UNARY(Popcnt)
  LISTED_UNARY(ByteSwap)
#undef LISTED_UNARY

#define LISTED_COMPARISON(name)           \
  template <class T>                      \
  Bit name(T a, T b) {                    \
    return {Emit(#name, a.line, b.line)}; \
  }
  LISTED_COMPARISON(Eq)
  LISTED_COMPARISON(Ne)
  LISTED_COMPARISON(LtU)
  LISTED_COMPARISON(LtS)
  LISTED_COMPARISON(LeU)
  LISTED_COMPARISON(LeS)
#undef LISTED_COMPARISON

  template <class T>
  Bit IsZero(T a) {
    return {Emit("IsZero", a.line)};
  }
  template <class T>
  T DivWideU(T high, T low, T divisor) {
    return {Emit("DivWideU", high.line, low.line, divisor.line)};
  }
  template <class W, class T>
  Int<W::bits> ZeroExtend(W, T a) {
    return {Emit("ZeroExtend" + std::to_string(W::bits), a.line)};
  }
  template <class W, class T>
  Int<W::bits> SignExtend(W, T a) {
    return {Emit("SignExtend" + std::to_string(W::bits), a.line)};
  }
  template <class W, class T>
  Int<W::bits> Truncate(W, T a) {
    return {Emit("Truncate" + std::to_string(W::bits), a.line)};
  }
  template <class W>
  Int<W::bits> FromBit(W, Bit bit) {
    return {Emit("FromBit" + std::to_string(W::bits), bit.line)};
  }
  template <class T>
  T Select(Bit bit, T a, T b) {
    return {Emit("Select", bit.line, a.line, b.line)};
  }

  template <class Then>
  void If(Bit bit, Then then) {
    Emit("if", bit.line);
    Branch(then);
    Emit("end");
  }
  template <class Then, class Else>
  void If(Bit bit, Then then, Else otherwise) {
    Emit("if", bit.line);
    Branch(then);
    Emit("else");
    Branch(otherwise);
    Emit("end");
  }
  template <class Condition, class Body>
  void Loop(Condition condition, Body body) {
    Emit("loop");
    Branch([&] {
      Emit("while", condition().line);
      Emit("while", body_line(body()));
    });
    Emit("end");
  }

  template <class W>
  Int<W::bits> GetReg(W, uint16_t offset) {
    return {Emit("get" + std::to_string(W::bits) + " @" + std::to_string(offset))};
  }
  Int<32> MxcsrModes() { return {Emit("mxcsr modes")}; }
  void SetMxcsr(Int<32> value) { Emit("set mxcsr", value.line); }
  template <unsigned kBits>
  void SetReg(uint16_t offset, Int<kBits> value) {
    Emit("set" + std::to_string(kBits) + " @" + std::to_string(offset), value.line);
  }
  template <unsigned kBits>
  void SetGpr(uint16_t offset, Int<kBits> value) {
    Emit("gpr" + std::to_string(kBits) + " @" + std::to_string(offset), value.line);
  }
  template <class W>
  Int<W::bits> Load(W, Int<64> address) {
    return {Emit("load" + std::to_string(W::bits), address.line)};
  }
  template <unsigned kBits>
  void Store(Int<64> address, Int<kBits> value) {
    Emit("store" + std::to_string(kBits), address.line, value.line);
  }
  /// A building machine always goes on; it has emitted the way out.
  [[nodiscard]] bool Probe(Int<64> address, unsigned bytes, semantics::Access) {
    Emit("probe" + std::to_string(bytes), address.line);
    return true;
  }
  [[nodiscard]] bool RaiseIf(Bit bit, cpu::TrapKind kind) {
    Emit("raise" + std::to_string(static_cast<unsigned>(kind)) + " if", bit.line);
    return false;
  }
  void JumpDirect() { Emit("jump"); }
  void BranchDirect(Bit taken) { Emit("branch", taken.line); }
  void JumpIndirect(Int<64> target, semantics::JumpKind) { Emit("jump to", target.line); }
  void Next() { Emit("next"); }
  semantics::LazyFlagWords flags() { return {}; }

 private:
  template <class... Lines>
  int Emit(std::string text, Lines... operands) {
    for (int operand : {-1, operands...}) {
      if (operand < 0) continue;
      broken_ |=
          operand >= static_cast<int>(lines_.size()) || !visible_[static_cast<size_t>(operand)];
      text += " %" + std::to_string(operand);
    }
    lines_.push_back(text);
    visible_.push_back(true);
    return static_cast<int>(lines_.size()) - 1;
  }
  /// What a branch defines is not to be used behind it.
  template <class Body>
  void Branch(Body body) {
    const size_t before = lines_.size();
    body();
    for (size_t n = before; n < lines_.size(); ++n) visible_[n] = false;
  }
  static int body_line(Bit more) { return more.line; }

  std::vector<std::string> lines_;
  std::vector<bool> visible_;
  bool broken_ = false;
};

}  // namespace elfin::test
