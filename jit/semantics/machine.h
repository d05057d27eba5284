// The Machine: what instruction semantics are written over.
//
// A semantic function is a template over a Machine M and an instruction view I (operands.h):
//
//     /// ADC: dst ← dst + src + CF.  (SDM vol. 2A)
//     template <class M, class I> void Adc(M& m, const I& insn);
//
// Two kinds of machines satisfy the concept: the one that computes (runtime/cpu/value_machine.h;
// that is the interpreter) and the one that builds code (jit/emit; that is the translator). Rules
// that make one text right for both:
//
//  1. A value is in single-assignment form: take it once into an `auto`, use it as often as you
//  like.
//     Never assume that it is a number: no C++ operators on values, only the Machine's operations.
//  2. Branch in C++ (`if constexpr`, `if`) only on what is known when the instruction is decoded:
//  the
//     operand form, immediates, widths, prefixes. On guest values use m.If, m.Select, m.RaiseIf.
//  3. Everything that can fault comes before the first write to a register, a flag or memory.
//  Explicit
//     memory operands are checked before the function is called, as the row's memory column says;
//     implicit ones (stack, string, masked stores) are checked by `if (!m.Probe(...)) return;`.
//     `return` after a false Probe or a true RaiseIf: the computing machine has left the
//     instruction, the building machine always answers "go on" and has emitted the way out.
//  4. Rare and large operations are functions of plain values in runtime/cpu; both machines call
//  them
//     through m.Helper.
//
// Types
//   M::Int<8|16|32|64>   unsigned integers       M::Bit    a truth value
//   M::V128              128 bits, lanes by operation       (vector.h lists the vector operations)
// Widths are passed as values: kBits8 … kBits64 or insn.width.
//
// Operations (a, b: the same width; results have that width unless said otherwise)
//   Const(width, number)            Add Sub Mul And Or Xor (a, b)      Not Neg (a)
//   Shl ShrU ShrS Rotl Rotr (a, count)     count has a's width and is < its bits
//   Clz Ctz (a)   a's bits for 0    Popcnt(a)    ByteSwap(a)
//   MulHighU MulHighS (a, b)        the upper half of the double-width product
//   ZeroExtend SignExtend Truncate (width, a)
//   Eq Ne LtU LtS LeU LeS (a, b) → Bit    IsZero(a) → Bit    And Or Xor Not on Bits
//   FromBit(width, bit) → 0 or 1    Select(bit, a, b) → bit ? a : b     (values, Bits or vectors)
//   If(bit, then)  If(bit, then, else)     lambdas without arguments
//   Either(bit, then, else) → value        the value of the lambda that bit chooses; only that one
//   happens
// State
//   GetReg(width, offset)  SetReg(offset, a)   offsets into CpuState; SetReg writes exactly a's
//   bytes SetGpr(offset, a)                          as SetReg, but 32 bits clear the upper half
//   MxcsrModes() → Int<32>  SetMxcsr(a)        MXCSR, of whose sticky flags some may be missing
//   (all are there by GetReg) Load(width, address)  Store(address, a)    address: Int<64>, probed
//   before Probe(address, bytes, Access) → bool       see rule 3; bytes known at decode time
//   RaiseIf(bit, TrapKind) → bool   Raise(TrapKind)
//   Left() → bool                              after m.If or m.Either whose lambda can have left:
//   rule 3
// Control (only in instructions whose row says kEndsBlock)
//   JumpDirect()                    to the instruction's immediate
//   BranchDirect(bit)               to the immediate or to the next instruction
//   JumpIndirect(address, JumpKind)
//   Next()                          goes on behind the instruction (after a system call, an
//   unfinished REP)
// Flags: not the Machine's business; flags.h writes and tests them through m.flags().
#pragma once

#include <cstdint>

#include "decoder/columns.h"

namespace elfin::semantics {

template <unsigned kBits>
struct Width {
  static constexpr unsigned bits = kBits;
  static constexpr unsigned bytes = kBits / 8;
};
inline constexpr Width<8> kBits8{};
inline constexpr Width<16> kBits16{};
inline constexpr Width<32> kBits32{};
inline constexpr Width<64> kBits64{};
inline constexpr Width<128> kBits128{};

using decoder::Access;

enum class JumpKind : uint8_t { kJump, kCall, kReturn };

}  // namespace elfin::semantics
