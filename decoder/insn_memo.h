// What the decoder has seen before. An instruction without its displacement and immediate, its
// shape, says everything but these two values; programs have few shapes, so most instructions are
// a look-up and two loads instead of a run through Zydis's tables (a tenth of the time).
//
//     prefixes  REX  opcode  ModRM  SIB | displacement | immediate
//     └──────────── shape ────────────┘
//
// Where a shape ends is learnt from what was decoded, too; nothing here knows opcodes. A shape is
// remembered only where all bytes that decided anything are in it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "decoder/guest_insn.h"
#include "decoder/insn_decoder.h"

namespace elfin::decoder {

/// All bytes zero is an empty one. What it holds depends on no process and no address.
class InsnMemo {
 public:
  /// Fills all of *insn, handler included, but index_in_block. `bytes`: 15 of them can be read.
  /// False: not known.
  bool Recall(const uint8_t* bytes, uint32_t address, GuestMode mode, GuestInsn* insn) const;

  /// Remembers, if it can, what DecodeInsn has made of `bytes`, of which 15 can be read.
  void Keep(const uint8_t* bytes, GuestMode mode, const GuestInsn& insn,
            const InsnEncoding& encoding);

 private:
  /// A shape: its bytes, and in the highest byte how many they are and the mode. 0: none, too long.
  using Key = uint64_t;
  static constexpr unsigned kMaxShape = 7;
  static constexpr unsigned kLengthShift = 56;
  static constexpr unsigned kModeShift = 60;
  static constexpr unsigned kSetBits = 10;
  static constexpr unsigned kWays = 4;
  static constexpr unsigned kMaps = 4;  // InsnEncoding::map

  struct Entry {
    GuestInsn insn;
    InsnValues values;
  };
  /// The entries whose keys have the same hash.
  struct Set {
    Key keys[kWays];
    Entry entries[kWays];
    uint8_t next;  // which one goes for the next key
  };

  Key KeyOf(const uint8_t* bytes, GuestMode mode) const;
  static unsigned SetOf(Key key);

  bool has_modrm_[kMaps][256];  // as learnt, by map and opcode
  Set sets_[1u << kSetBits];
};

}  // namespace elfin::decoder
