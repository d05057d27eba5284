// ValueMachine: the Machine that computes (jit/semantics/machine.h). Semantics instantiated over it
// are the interpreter's handlers. Everything is inlined; a value is a plain unsigned integer.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "decoder/guest_insn.h"
#include "jit/semantics/flags.h"
#include "jit/semantics/machine.h"
#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/cpuid.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/kernel_call.h"
#include "runtime/cpu/vector_ops.h"
#include "runtime/cpu/vector_ops_float.h"
#include "runtime/cpu/wide_arithmetic.h"

namespace elfin::cpu {

namespace value_detail {
template <unsigned kBits>
struct IntOf;
template <>
struct IntOf<8> {
  using Type = uint8_t;
};
template <>
struct IntOf<16> {
  using Type = uint16_t;
};
template <>
struct IntOf<32> {
  using Type = uint32_t;
};
template <>
struct IntOf<64> {
  using Type = uint64_t;
};
template <>
struct IntOf<128> {
  using Type = V128;
};
}  // namespace value_detail

class ValueMachine : public FloatOps {
 public:
  template <unsigned kBits>
  using Int = typename value_detail::IntOf<kBits>::Type;
  using Bit = bool;
  using V128 = cpu::V128;
  template <unsigned kBits>
  using Width = semantics::Width<kBits>;
  using Access = semantics::Access;

  ValueMachine(CpuState* state, const decoder::GuestInsn* insn) : state_(state), insn_(insn) {}

  // ---- values ----
  template <class W>
  Int<W::bits> Const(W, uint64_t number) {
    return static_cast<Int<W::bits>>(number);
  }
  template <class T>
  T Add(T a, T b) {
    return static_cast<T>(a + b);
  }
  template <class T>
  T Sub(T a, T b) {
    return static_cast<T>(a - b);
  }
  template <class T>
  T Mul(T a, T b) {
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  }
  template <class T>
  T And(T a, T b) {
    return static_cast<T>(a & b);
  }
  template <class T>
  T Or(T a, T b) {
    return static_cast<T>(a | b);
  }
  template <class T>
  T Xor(T a, T b) {
    return static_cast<T>(a ^ b);
  }
  template <class T>
  T Not(T a) {
    if constexpr (std::is_same_v<T, bool>) {
      return !a;
    } else {
      return static_cast<T>(~a);
    }
  }
  template <class T>
  T Neg(T a) {
    return static_cast<T>(-a);
  }
  template <class T>
  T Shl(T a, T count) {
    return static_cast<T>(static_cast<uint64_t>(a) << count);
  }
  template <class T>
  T ShrU(T a, T count) {
    return static_cast<T>(a >> count);
  }
  template <class T>
  T ShrS(T a, T count) {
    return static_cast<T>(static_cast<std::make_signed_t<T>>(a) >> count);
  }
  template <class T>
  T Rotl(T a, T count) {
    return std::rotl(a, static_cast<int>(count));
  }
  template <class T>
  T Rotr(T a, T count) {
    return std::rotr(a, static_cast<int>(count));
  }
  template <class T>
  T Clz(T a) {
    return static_cast<T>(std::countl_zero(a));
  }
  template <class T>
  T Ctz(T a) {
    return static_cast<T>(std::countr_zero(a));
  }
  template <class T>
  T Popcnt(T a) {
    return static_cast<T>(std::popcount(a));
  }
  template <class T>
  T ByteSwap(T a) {
    if constexpr (sizeof(T) == 8) {
      return __builtin_bswap64(a);
    } else if constexpr (sizeof(T) == 4) {
      return __builtin_bswap32(a);
    } else {
      static_assert(sizeof(T) == 2);
      return __builtin_bswap16(a);
    }
  }
  template <class T>
  T MulHighU(T a, T b) {
    if constexpr (sizeof(T) == 8) {
      return MulHigh64(a, b);
    } else {
      return static_cast<T>(static_cast<uint64_t>(a) * b >> (8 * sizeof(T)));
    }
  }
  template <class T>
  T MulHighS(T a, T b) {
    using S = std::make_signed_t<T>;
    if constexpr (sizeof(T) == 8) {
      // The unsigned product counts a negative factor as 2^64 too much.
      const uint64_t excess = (static_cast<S>(a) < 0 ? b : 0) + (static_cast<S>(b) < 0 ? a : 0);
      return MulHigh64(a, b) - excess;
    } else {
      return static_cast<T>(static_cast<int64_t>(static_cast<S>(a)) * static_cast<S>(b) >>
                            (8 * sizeof(T)));
    }
  }
  /// (high:low) / divisor, where the quotient is known to fit.
  template <class T>
  T DivWideU(T high, T low, T divisor) {
    if constexpr (sizeof(T) == 8) {
      return DivWide64(high, low, divisor);
    } else {
      const uint64_t dividend = static_cast<uint64_t>(high) << (8 * sizeof(T)) | low;
      return static_cast<T>(dividend / divisor);
    }
  }
  template <class W, class T>
  Int<W::bits> ZeroExtend(W, T a) {
    return static_cast<Int<W::bits>>(a);
  }
  template <class W, class T>
  Int<W::bits> SignExtend(W, T a) {
    return static_cast<Int<W::bits>>(static_cast<int64_t>(static_cast<std::make_signed_t<T>>(a)));
  }
  template <class W, class T>
  Int<W::bits> Truncate(W, T a) {
    return static_cast<Int<W::bits>>(a);
  }
  template <class T>
  bool Eq(T a, T b) {
    return a == b;
  }
  template <class T>
  bool Ne(T a, T b) {
    return a != b;
  }
  template <class T>
  bool LtU(T a, T b) {
    return a < b;
  }
  template <class T>
  bool LeU(T a, T b) {
    return a <= b;
  }
  template <class T>
  bool LtS(T a, T b) {
    return static_cast<std::make_signed_t<T>>(a) < static_cast<std::make_signed_t<T>>(b);
  }
  template <class T>
  bool LeS(T a, T b) {
    return static_cast<std::make_signed_t<T>>(a) <= static_cast<std::make_signed_t<T>>(b);
  }
  template <class T>
  bool IsZero(T a) {
    return a == 0;
  }
  template <class W>
  Int<W::bits> FromBit(W, bool bit) {
    return static_cast<Int<W::bits>>(bit);
  }
  bool ConstBit(bool bit) { return bit; }
  template <class T>
  T Select(bool bit, T a, T b) {
    return bit ? a : b;
  }
  template <class Then>
  void If(bool bit, Then then) {
    if (bit) then();
  }
  template <class Then, class Else>
  void If(bool bit, Then then, Else otherwise) {
    if (bit) {
      then();
    } else {
      otherwise();
    }
  }
  template <class Then, class Else>
  auto Either(bool bit, Then then, Else otherwise) {
    return __builtin_expect(bit, 1) ? then() : otherwise();
  }
  /// While condition() holds: body(), which answers whether to go on. A long run gives way to the
  /// budget and the instruction is entered again at its own address.
  template <class Condition, class Body>
  void Loop(Condition condition, Body body) {
    for (int turn = 0; condition(); ++turn) {
      if (turn == kLoopTurns) {
        state_->budget -= kLoopTurns;
        JumpIndirect(insn_->address, semantics::JumpKind::kJump);
        return;
      }
      if (!body()) return;
    }
  }
  /// A function of plain values that both machines call (rare or large operations).
  template <class Function, class... Arguments>
  auto Helper(Function function, Arguments... arguments) {
    return function(state_, arguments...);
  }

  // ---- state ----
  template <class W>
  Int<W::bits> GetReg(W, uint16_t offset) {
    Int<W::bits> value;
    std::memcpy(&value, reinterpret_cast<const uint8_t*>(state_) + offset, sizeof(value));
    return value;
  }
  uint32_t MxcsrModes() { return state_->mxcsr; }
  void SetMxcsr(uint32_t value) { state_->mxcsr = value; }
  template <class T>
  void SetReg(uint16_t offset, T value) {
    std::memcpy(reinterpret_cast<uint8_t*>(state_) + offset, &value, sizeof(value));
  }
  template <class T>
  void SetGpr(uint16_t offset, T value) {
    if constexpr (sizeof(T) == 4) {
      SetReg(offset, static_cast<uint64_t>(value));
    } else {
      SetReg(offset, value);
    }
  }
  template <class W>
  Int<W::bits> Load(W, uint64_t address) {
    return LoadGuest<Int<W::bits>>(*state_, address);
  }
  template <class T>
  void Store(uint64_t address, T value) {
    StoreGuest(*state_, address, value);
  }
  [[nodiscard]] bool Probe(uint64_t address, unsigned bytes, Access access) {
    if (__builtin_expect(ProbeGuest(state_, address, bytes, access), 1)) return true;
    stopped_ = true;
    return false;
  }
  [[nodiscard]] bool RaiseIf(bool bit, TrapKind kind) {
    if (__builtin_expect(bit, 0)) Raise(kind);
    return bit;
  }
  bool Left() const { return stopped_; }
  void Raise(TrapKind kind) {
    SetTrap(state_, kind);
    stopped_ = true;
  }

  /// For traps that report the address behind the instruction.
  void RaiseBehind(TrapKind kind) {
    Raise(kind);
    behind_ = true;
  }

  // ---- control ----
  void JumpDirect() { next_ = Target::kTaken; }
  void BranchDirect(bool taken) { next_ = taken ? Target::kTaken : Target::kFallthrough; }
  void JumpIndirect(uint64_t address, semantics::JumpKind) {
    next_ = Target::kIndirect;
    target_ = address;
  }
  void Next() { next_ = Target::kFallthrough; }

  semantics::LazyFlagWords flags() { return {}; }

  // ---- system ----
  /// The kernel does the call in rax; see exit_reason.h for how it takes over.
  void CallKernel() {
    if (!CallKernelForState(state_)) next_ = Target::kExit;
  }
  uint64_t TimeStamp() {
    return state_->instructions + static_cast<uint64_t>(state_->budget_at_entry - state_->budget);
  }
  void CpuidHelper() { DoCpuid(state_); }

  // ---- for the handlers and for operations that only an interpreter has ----
  enum class Target : uint8_t { kFallthrough, kTaken, kIndirect, kExit };
  bool stopped() const { return stopped_; }
  bool behind() const { return behind_; }
  Target next() const { return next_; }
  uint64_t target() const { return target_; }
  /// Leaves to the host with the trap or exit that is already in the state.
  void Stop() { stopped_ = true; }
  void Exit() { next_ = Target::kExit; }
  CpuState& state() { return *state_; }
  const decoder::GuestInsn& insn() const { return *insn_; }

 private:
  CpuState* state_;
  const decoder::GuestInsn* insn_;
  static constexpr int kLoopTurns = 4096;
  bool stopped_ = false;
  bool behind_ = false;
  Target next_ = Target::kFallthrough;
  uint64_t target_ = 0;
};

}  // namespace elfin::cpu
