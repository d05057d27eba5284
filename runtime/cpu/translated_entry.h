// How the interpreter comes to translated code: handlers that stand in for the one of a block's
// first instruction.
//
//   CountEntry       counts down; at zero asks for the translation and puts the own handler back
//   EnterTranslated  runs translated code for as long as there is some where the guest goes on
//
// The own handler is in GuestBlock::first_handler. In processes without translation nothing stands
// in for anything.
#pragma once

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/decode_cache.h"

namespace elfin::cpu {

/// Sets a block's first handler to what holds now: translated code where there is some, counting
/// otherwise. For blocks of a process with TranslatedCode only.
void ArmBlock(CpuState& state, GuestBlock* block);

/// For a block just decoded: as ArmBlock. Also looks whether the process needs page checks.
void ArmDecodedBlock(CpuState& state, GuestBlock* block);

/// Tells translated code how long the memory is (CpuState::span).
void RefreshSpan(CpuState& state);

/// Takes a block's address out of the list of requests. 0: it is empty.
uint32_t TakeRequest(CpuState& state);

}  // namespace elfin::cpu
