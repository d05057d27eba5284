// What x87 instructions do to the register stack: helper functions, called from
// jit/semantics/x87_*.h by both machines. Numbers are runtime/cpu/float80's work.
//
// Register operands are stack indices: i means st(i). Memory operands are guest addresses that have
// been checked. `pops` is how often the stack is popped at the end.
//
// Each operation follows the processor's order: an empty source or a full stack (kInvalid with the
// stack fault flag; masked: the default NaN is the result), then the operands' exceptions, then the
// result's. A result that an unmasked exception forbids is not written, and nothing is popped; ES
// is set and the next instruction that waits raises #MF.
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

// Bits of CpuState::x87_status.
inline constexpr uint16_t kX87StackFault = 1 << 6;
inline constexpr uint16_t kX87Summary = 1 << 7;  // ES: an unmasked exception is pending
inline constexpr uint16_t kX87C0 = 1 << 8;
inline constexpr uint16_t kX87C1 = 1 << 9;
inline constexpr uint16_t kX87C2 = 1 << 10;
inline constexpr uint16_t kX87C3 = 1 << 14;
inline constexpr uint16_t kX87Busy = 1 << 15;  // the same as ES
inline constexpr unsigned kX87TopShift = 11;   // where TOP is in the status word

/// Formats of memory operands.
enum class X87Format : uint32_t {
  kFloat32,
  kFloat64,
  kFloat80,
  kInteger16,
  kInteger32,
  kInteger64,
  kDecimal,
  kTruncated16,  // FISTTP: stores that round toward zero
  kTruncated32,
  kTruncated64,
};
constexpr unsigned X87FormatBytes(X87Format format) {
  constexpr uint8_t kBytes[] = {4, 8, 10, 2, 4, 8, 10, 2, 4, 8};
  return kBytes[static_cast<unsigned>(format)];
}

enum class X87Binary : uint32_t {
  kAdd,
  kMultiply,
  kSubtract,          // destination − source
  kSubtractReversed,  // source − destination
  kDivide,
  kDivideReversed,
};

/// st(0) ← operation(st(0)).
enum class X87Unary : uint32_t {
  kAbsolute,
  kChangeSign,
  kSquareRoot,
  kRound,
  kPowerOfTwo,
  kSine,
  kCosine,
};

/// st(0) or st(1) ← operation(st(0), st(1)).
enum class X87TopTwo : uint32_t {
  kRemainder,         // to st(0)
  kNearestRemainder,  // to st(0)
  kScale,             // to st(0)
  kArcTangent,        // to st(1), pops
  kLogarithm,         // to st(1), pops
  kLogarithmPlusOne,  // to st(1), pops
};

/// st(0) ← first result, second result pushed.
enum class X87Split : uint32_t { kExtract, kSineCosine, kTangent };

enum class X87Constant : uint32_t { kLog2Of10, kLog2OfE, kPi, kLog10Of2, kLogOf2, kOne, kZero };

/// Which NaNs a comparison refuses: all, or the signaling ones (FUCOM).
enum class X87Compare : uint32_t { kOrdered, kUnordered };

// x87_move.cc
void X87LoadRegister(CpuState* state, uint32_t source);
void X87LoadMemory(CpuState* state, X87Format format, uint64_t address);
void X87LoadConstant(CpuState* state, X87Constant constant);
void X87StoreRegister(CpuState* state, uint32_t destination, uint32_t pops);
/// FSTPNCE (D9 D8+i): an empty st(0) is popped without a word.
void X87StorePopUnchecked(CpuState* state, uint32_t destination);
void X87StoreMemory(CpuState* state, X87Format format, uint64_t address, uint32_t pops);
void X87Exchange(CpuState* state, uint32_t other);
/// FCMOVcc: st(0) ← st(source) if move is not 0.
void X87ConditionalMove(CpuState* state, uint32_t source, uint32_t move);
/// FFREE, FFREEP.
void X87Free(CpuState* state, uint32_t index, uint32_t pops);
/// FINCSTP (1) and FDECSTP (7).
void X87Rotate(CpuState* state, uint32_t amount);

// x87_arith.cc
void X87ArithmeticRegister(CpuState* state, X87Binary operation, uint32_t destination,
                           uint32_t source, uint32_t pops);
void X87ArithmeticMemory(CpuState* state, X87Binary operation, X87Format format, uint64_t address);
void X87ArithmeticUnary(CpuState* state, X87Unary operation);
void X87ArithmeticTopTwo(CpuState* state, X87TopTwo operation);
void X87ArithmeticSplit(CpuState* state, X87Split operation);

// x87_compare.cc: st(0) with something, to C0, C2, C3.
void X87CompareRegister(CpuState* state, X87Compare kind, uint32_t source, uint32_t pops);
void X87CompareMemory(CpuState* state, X87Format format, uint64_t address, uint32_t pops);
void X87CompareZero(CpuState* state);
void X87Examine(CpuState* state);
/// FCOMI, FUCOMI: CF, PF and ZF in their places of rflags.
uint64_t X87CompareToFlags(CpuState* state, X87Compare kind, uint32_t source, uint32_t pops);

// x87_state.cc
/// FLDCW.
void LoadX87Control(CpuState* state, uint16_t control);
/// FNINIT.
void InitX87(CpuState* state);
/// FNCLEX.
void ClearX87Exceptions(CpuState* state);

/// Sizes of the environment and of the state image (FNSAVE) with 16-bit and 32-bit operand size.
constexpr unsigned X87EnvironmentSize(unsigned operand_bits) {
  return operand_bits == 16 ? 14 : 28;
}
constexpr unsigned X87ImageSize(unsigned operand_bits) {
  return X87EnvironmentSize(operand_bits) + 80;
}
// FNSTENV (which then masks all exceptions), FLDENV, FNSAVE (which then initialises), FRSTOR.
void StoreX87Environment(CpuState* state, uint64_t address, uint32_t operand_bits);
void LoadX87Environment(CpuState* state, uint64_t address, uint32_t operand_bits);
void SaveX87Image(CpuState* state, uint64_t address, uint32_t operand_bits);
void RestoreX87Image(CpuState* state, uint64_t address, uint32_t operand_bits);

/// Where MXCSR is in FXSAVE's area.
inline constexpr unsigned kFxMxcsrOffset = 24;
/// FXSAVE and FXRSTOR; wide_pointers: with a REX.W prefix (FXSAVE64).
void SaveFxImage(CpuState* state, uint64_t address, uint32_t wide_pointers);
void RestoreFxImage(CpuState* state, uint64_t address, uint32_t wide_pointers);

}  // namespace elfin::cpu
