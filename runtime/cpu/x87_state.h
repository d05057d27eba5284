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
#include "runtime/cpu/x87_ops.h"

namespace elfin::cpu {

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

}  // namespace elfin::cpu
