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

/// Which fields of a GuestInsn are values that stand in its bytes: a displacement, and behind it,
/// at the end, an immediate. The sizes are there whether the fields were taken from them or not.
struct InsnValues {
  uint8_t displacement_bytes;
  uint8_t immediate_bytes;
  bool has_displacement;
  bool displacement_is_relative;  // to the next instruction, and kept as absolute
  bool has_immediate;
  bool immediate_is_signed;
  bool immediate_is_relative;
};

/// How an instruction was encoded, for insn_memo.h.
struct InsnEncoding {
  /// Neither VEX nor the like, and all that isn't in `values` is decided by the bytes before them.
  bool is_plain = false;
  bool has_modrm = false;
  uint8_t map = 0;  // of the opcode: 0 one byte, 1 0F, 2 0F 38, 3 0F 3A
  uint8_t opcode = 0;
  InsnValues values{};
};

/// Decodes the instruction at `bytes`, of which `size` (≤ 15 are looked at) can be fetched. Fills
/// all of *insn but handler and index_in_block. An undefined opcode becomes kInvalid (length 1),
/// one that Elfin does not implement in this form kNotImplemented (its real length).
DecodeOutcome DecodeInsn(const uint8_t* bytes, size_t size, uint32_t address, GuestMode mode,
                         GuestInsn* insn, InsnEncoding* encoding = nullptr);

/// Zydis's name of the instruction ("vaddps"), or "(bad)". For messages; static storage.
const char* InsnName(const uint8_t* bytes, size_t size, GuestMode mode);

}  // namespace elfin::decoder
