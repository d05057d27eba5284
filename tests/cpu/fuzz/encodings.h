// All encodings of every row: found by decoding every opcode with every ModRM that matters, not
// written down. A bucket is what is fuzzed as one: row × width × operand form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "decoder/guest_insn.h"
#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

/// An opcode with what selects among its meanings.
struct Encoding {
  uint8_t map;  // 0: one byte, 1: 0F, 2: 0F 38, 3: 0F 3A
  uint8_t opcode;
  uint8_t prefix;  // 66, F2, F3 or 0
  bool narrow;     // 66 before a prefix F2 or F3 that is part of the opcode
  bool vex;        // C4, with map, prefix and rex_w in it
  bool rex_w;
  bool has_modrm;
  uint8_t reg;  // ModRM.reg
  bool memory;  // ModRM names memory
  uint8_t rm;   // ModRM.rm of a register form, where any_rm is false
  bool any_rm;
};

struct Bucket {
  decoder::Mnemonic row;
  uint8_t width;  // bytes, as GuestInsn::width
  decoder::OperandForm form;
  const char* chapter;  // the .inc file's name
  std::vector<Encoding> encodings;

  std::string Name() const;  // "Add 32 RM"; X stands for memory with index, segment or 67h
  bool HasMemory() const;
};

/// One bucket for each row × width × form, in the order of the table; without encodings where the
/// processor has none.
std::vector<Bucket> AllBuckets();

/// An encoding with its fields chosen.
struct Instance {
  uint8_t bytes[16];
  decoder::GuestInsn insn;  // as Elfin's decoder sees it
  uint8_t displacement_at;  // 0: none; then displacement_size bytes
  uint8_t displacement_size;
  uint8_t immediate_at[2];  // 0: none
  uint8_t immediate_size[2];
  bool relative;  // immediate 0 is a branch's distance
};

/// Chooses registers, addressing, prefixes and immediates. False: this choice decodes to something
/// else (try again).
bool MakeInstance(Random& random, const Bucket& bucket, uint64_t address, Instance* instance);
/// Decodes bytes again after a field was changed.
bool Redecode(const Bucket& bucket, uint64_t address, Instance* instance);

}  // namespace elfin::fuzz
