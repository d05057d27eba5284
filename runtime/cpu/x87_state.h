// The x87's control state: status and control words, tags, the environment image.
//
// CpuState::x87_status always has ES and B as the pending exceptions and the masks say; TOP is
// apart (x87_top). An exception that is unmasked becomes #MF at the next instruction that waits:
// those test ES.
//
// FIP, FDP and FOP are kept (x87_instruction, x87_data, x87_opcode; FDP with the segment's base).
// Their selectors are not: stored as the user's code selector and 0.
#pragma once

#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

inline constexpr uint16_t kX87StackFault = 1 << 6;
inline constexpr uint16_t kX87Summary = 1 << 7;  // ES
inline constexpr uint16_t kX87C0 = 1 << 8;
inline constexpr uint16_t kX87C1 = 1 << 9;
inline constexpr uint16_t kX87C2 = 1 << 10;
inline constexpr uint16_t kX87C3 = 1 << 14;
inline constexpr uint16_t kX87Busy = 1 << 15;  // the same as ES
inline constexpr unsigned kX87TopShift = 11;

/// With TOP in its place.
uint16_t ReadX87Status(const CpuState& state);
/// TOP too; ES and B are not taken but computed.
void WriteX87Status(CpuState& state, uint16_t status);
/// Reserved bits read as the processor has them.
void WriteX87Control(CpuState& state, uint16_t control);
/// Computes ES and B anew.
void UpdateX87Summary(CpuState& state);

/// Two bits a physical register: valid, zero, special, empty.
uint16_t ReadX87Tags(const CpuState& state);
void WriteX87Tags(CpuState& state, uint16_t tags);

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

// FNSTENV (which then masks all exceptions), FLDENV, FNSAVE (which then initialises), FRSTOR. The
// guest addresses have been checked.
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
