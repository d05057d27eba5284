// The arithmetic flags as values.
//
// An instruction describes what it did (AddFlags, LogicFlags, …) and hands that to WriteFlags;
// conditions are tested by TestCondition. Each description knows the two lazy words of CpuState
// (runtime/cpu/ cpu_state.h has the picture): ResultWord for ZF, SF, PF and CarryWord for CF, OF,
// AF. A machine's flag store (m.flags()) decides what to do with a description: the interpreter
// stores both words, the translator keeps the description and computes only what somebody reads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jit/semantics/machine.h"
#include "runtime/cpu/cpu_state.h"

namespace elfin::semantics {

/// The processor's condition codes, in its numbering: bit 0 negates.
enum class Condition : uint8_t {
  kO,
  kNo,
  kB,
  kNb,
  kZ,
  kNz,
  kBe,
  kNbe,
  kS,
  kNs,
  kP,
  kNp,
  kL,
  kNl,
  kLe,
  kNle
};

inline constexpr uint16_t kFlagResultOffset = offsetof(cpu::CpuState, flag_result);
inline constexpr uint16_t kFlagCarryOffset = offsetof(cpu::CpuState, flag_carry);
inline constexpr uint64_t kCarryOut = uint64_t{1} << 63;
inline constexpr uint64_t kCarryIn = uint64_t{1} << 62;

/// A vector of carries out of each bit, brought into CarryWord's layout.
template <class M, class T, class W>
auto CarryWordOf(M& m, T carries, W) {
  auto wide = m.ZeroExtend(kBits64, carries);
  if constexpr (W::bits == 64) {
    return m.And(wide, m.Const(kBits64, kCarryOut | kCarryIn | 8));
  } else {
    return m.Or(m.Shl(wide, m.Const(kBits64, 64 - W::bits)), m.And(wide, m.Const(kBits64, 8)));
  }
}

/// CarryWord with the given CF and OF, and AF clear.
template <class M, class B>
auto CarryWordOfBits(M& m, B carry, B overflow) {
  auto cf = m.Shl(m.FromBit(kBits64, carry), m.Const(kBits64, 63));
  auto into = m.Shl(m.FromBit(kBits64, m.Xor(carry, overflow)), m.Const(kBits64, 62));
  return m.Or(cf, into);
}

/// left + right (+ carry) = result.
template <class T, class W>
struct AddFlags {
  T left, right, result;
  W width;
  template <class M>
  auto ResultWord(M& m) const {
    return m.SignExtend(kBits64, result);
  }
  template <class M>
  auto CarryWord(M& m) const {
    auto either = m.And(m.Or(left, right), m.Not(result));
    return CarryWordOf(m, m.Or(m.And(left, right), either), width);
  }
};
template <class T, class W>
AddFlags(T, T, T, W) -> AddFlags<T, W>;

/// left - right (- carry) = result; carries are borrows.
template <class T, class W>
struct SubFlags {
  T left, right, result;
  W width;
  template <class M>
  auto ResultWord(M& m) const {
    return m.SignExtend(kBits64, result);
  }
  template <class M>
  auto CarryWord(M& m) const {
    auto not_left = m.Not(left);
    auto either = m.And(m.Or(not_left, right), result);
    return CarryWordOf(m, m.Or(m.And(not_left, right), either), width);
  }
};
template <class T, class W>
SubFlags(T, T, T, W) -> SubFlags<T, W>;

/// The same with a carry or borrow that went in: CF doesn't follow from left and right alone.
template <class T, class W>
struct AddWithCarryFlags : AddFlags<T, W> {};
template <class T, class W>
AddWithCarryFlags(T, T, T, W) -> AddWithCarryFlags<T, W>;
template <class T, class W>
struct SubWithBorrowFlags : SubFlags<T, W> {};
template <class T, class W>
SubWithBorrowFlags(T, T, T, W) -> SubWithBorrowFlags<T, W>;

/// AND, OR, XOR, TEST: CF and OF clear (AF is undefined; we clear it, as AMD and Intel processors
/// do).
template <class T, class W>
struct LogicFlags {
  T result;
  W width;
  template <class M>
  auto ResultWord(M& m) const {
    return m.SignExtend(kBits64, result);
  }
  template <class M>
  auto CarryWord(M& m) const {
    return m.Const(kBits64, 0);
  }
};
template <class T, class W>
LogicFlags(T, W) -> LogicFlags<T, W>;

/// A result whose CF and OF were computed by themselves (shifts, multiplications); AF clear.
template <class T, class B, class W>
struct ResultFlags {
  T result;
  B carry, overflow;
  W width;
  template <class M>
  auto ResultWord(M& m) const {
    return m.SignExtend(kBits64, result);
  }
  template <class M>
  auto CarryWord(M& m) const {
    return CarryWordOfBits(m, carry, overflow);
  }
};
template <class T, class B, class W>
ResultFlags(T, B, B, W) -> ResultFlags<T, B, W>;

/// Both lazy words given.
template <class T>
struct WordFlags {
  T result, carry;
  template <class M>
  auto ResultWord(M&) const {
    return result;
  }
  template <class M>
  auto CarryWord(M&) const {
    return carry;
  }
};
template <class T>
WordFlags(T, T) -> WordFlags<T>;

template <class M, class F>
void WriteFlags(M& m, const F& flags) {
  m.flags().Write(m, flags);
}

/// The flag store that keeps nothing back: words go to the CPU state and are tested from there.
struct LazyFlagWords {
  template <class M, class F>
  void Write(M& m, const F& flags) {
    m.SetReg(kFlagResultOffset, flags.ResultWord(m));
    m.SetReg(kFlagCarryOffset, flags.CarryWord(m));
  }
  template <class M>
  auto ResultWord(M& m) const {
    return m.GetReg(kBits64, kFlagResultOffset);
  }
  template <class M>
  auto CarryWord(M& m) const {
    return m.GetReg(kBits64, kFlagCarryOffset);
  }
};

template <class M>
auto FlagBit(M& m, typename M::template Int<64> word, unsigned bit) {
  return m.Ne(m.And(word, m.Const(kBits64, uint64_t{1} << bit)), m.Const(kBits64, 0));
}

template <class M>
auto ReadCf(M& m) {
  return m.LtS(m.flags().CarryWord(m), m.Const(kBits64, 0));
}
template <class M>
auto ReadZf(M& m) {
  return m.IsZero(m.flags().ResultWord(m));
}
template <class M>
auto ReadSf(M& m) {
  auto correction = m.Shl(m.flags().CarryWord(m), m.Const(kBits64, 63));
  return m.LtS(m.Xor(m.flags().ResultWord(m), correction), m.Const(kBits64, 0));
}
template <class M>
auto ReadOf(M& m) {
  auto carry = m.flags().CarryWord(m);
  auto both = m.Xor(carry, m.Shl(carry, m.Const(kBits64, 1)));
  return m.LtS(both, m.Const(kBits64, 0));
}
template <class M>
auto ReadAf(M& m) {
  return FlagBit(m, m.flags().CarryWord(m), 3);
}
template <class M>
auto ReadPf(M& m) {
  auto correction = m.ShrU(m.flags().CarryWord(m), m.Const(kBits64, 8));
  auto byte = m.And(m.Xor(m.flags().ResultWord(m), correction), m.Const(kBits64, 0xff));
  return m.IsZero(m.And(m.Popcnt(byte), m.Const(kBits64, 1)));
}

/// A condition by the two words.
template <Condition kCondition, class M>
auto ConditionFromWords(M& m) {
  constexpr auto positive = static_cast<Condition>(static_cast<unsigned>(kCondition) & ~1u);
  if constexpr (positive != kCondition) {
    return m.Not(ConditionFromWords<positive>(m));
  } else if constexpr (positive == Condition::kO) {
    return ReadOf(m);
  } else if constexpr (positive == Condition::kB) {
    return ReadCf(m);
  } else if constexpr (positive == Condition::kZ) {
    return ReadZf(m);
  } else if constexpr (positive == Condition::kBe) {
    return m.Or(ReadCf(m), ReadZf(m));
  } else if constexpr (positive == Condition::kS) {
    return ReadSf(m);
  } else if constexpr (positive == Condition::kP) {
    return ReadPf(m);
  } else if constexpr (positive == Condition::kL) {
    return m.Xor(ReadSf(m), ReadOf(m));
  } else {
    return m.Or(ReadZf(m), m.Xor(ReadSf(m), ReadOf(m)));
  }
}

template <Condition kCondition, class M>
auto TestCondition(M& m) {
  if constexpr (requires { m.flags().template Test<kCondition>(m); }) {
    return m.flags().template Test<kCondition>(m);
  } else {
    return ConditionFromWords<kCondition>(m);
  }
}

/// The low byte of rflags as LAHF, PUSHF and the signal frame show it: SF ZF 0 AF 0 PF 1 CF.
template <class M>
auto FlagsLowByte(M& m) {
  auto bit = [&](auto value, unsigned position) {
    return m.Shl(m.FromBit(kBits64, value), m.Const(kBits64, position));
  };
  auto high = m.Or(m.Or(bit(ReadSf(m), 7), bit(ReadZf(m), 6)), bit(ReadAf(m), 4));
  auto low = m.Or(bit(ReadPf(m), 2), bit(ReadCf(m), 0));
  return m.Or(m.Or(high, low), m.Const(kBits64, cpu::kFlagFixed));
}

/// All six arithmetic flags in their places of rflags.
template <class M>
auto AllArithmeticFlags(M& m) {
  auto overflow = m.Shl(m.FromBit(kBits64, ReadOf(m)), m.Const(kBits64, 11));
  return m.Or(FlagsLowByte(m), overflow);
}

/// Both lazy words from flags in their places of rflags (bits outside the arithmetic flags
/// ignored).
template <class M>
void WriteArithmeticFlags(M& m, typename M::template Int<64> rflags) {
  auto bit = [&](unsigned position) { return FlagBit(m, rflags, position); };
  // ZF decides the result word (0 or 1); SF and PF are what the result lacks.
  auto result = m.FromBit(kBits64, m.Not(bit(6)));
  auto parity_fix = m.FromBit(kBits64, m.Xor(bit(2), bit(6)));  // PF(0) = 1, PF(1) = 0
  auto word = m.Or(CarryWordOfBits(m, bit(0), bit(11)),
                   m.Or(m.FromBit(kBits64, bit(7)), m.Shl(parity_fix, m.Const(kBits64, 8))));
  auto af = m.Shl(m.FromBit(kBits64, bit(4)), m.Const(kBits64, 3));
  WriteFlags(m, WordFlags{result, m.Or(word, af)});
}

}  // namespace elfin::semantics
