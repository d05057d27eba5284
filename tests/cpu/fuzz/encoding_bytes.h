// The bytes of an encoding, and how Zydis itself reads them.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>

#include "tests/cpu/fuzz/encodings.h"

namespace elfin::fuzz {

/// Writes REX, escapes and opcode, or VEX and opcode; returns their size. reg: the register that
/// only VEX names.
unsigned PutOpcode(uint8_t* to, const Encoding& e, uint8_t rex, unsigned reg);

/// False: undefined, as far as Zydis knows with all of its modes.
bool DecodeRaw(const uint8_t* bytes, ZydisDecodedInstruction* to);

}  // namespace elfin::fuzz
