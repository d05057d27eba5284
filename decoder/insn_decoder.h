// Bytes → GuestInsn. The only caller of Zydis.
#pragma once

#include <cstddef>
#include <cstdint>

#include "decoder/guest_insn.h"

namespace elfin::decoder {

/// What the decoder needs to know of a row of jit/instructions.inc.
struct RowColumns {
  const char* name;
  uint32_t widths;  // Widths
  uint32_t forms;   // Forms
  bool ends_block;
};
const RowColumns& ColumnsOf(Mnemonic mnemonic);

enum class DecodeOutcome {
  kDecoded,         // also for kInvalid and kNotImplemented, which are instructions that trap
  kNeedsMoreBytes,  // the instruction goes on behind the bytes that were given
};

/// Decodes the instruction at `bytes`, of which `size` (≤ 15 are looked at) can be fetched. Fills
/// all of *insn but handler and index_in_block. An undefined opcode becomes kInvalid (length 1),
/// one that Elfin does not implement in this form kNotImplemented (its real length).
DecodeOutcome DecodeInsn(const uint8_t* bytes, size_t size, uint32_t address, GuestMode mode,
                         GuestInsn* insn);

/// Zydis's name of the instruction ("vaddps"), or "(bad)". For messages; static storage.
const char* InsnName(const uint8_t* bytes, size_t size, GuestMode mode);

}  // namespace elfin::decoder
