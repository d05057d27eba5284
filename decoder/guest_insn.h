// GuestInsn: one decoded guest instruction, complete enough that nobody behind the decoder looks at
// its bytes again. The interpreter runs arrays of them, the translator reads them.
//
// Operands are in Intel's order (destination first), only the explicit ones. Registers of every
// kind are byte offsets into CpuState (AH is the offset of RAX plus one); x87 registers are the
// exception: st(i) is its number i. Memory operands are base + (index << scale_shift) +
// displacement + segment base, with absent parts pointing at CpuState::zero; RIP-relative ones are
// absolute (base absent).
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/cpu/cpu_state.h"

namespace elfin::decoder {

enum class GuestMode : uint32_t { k64Bit = 0, k32Bit = 1 };

/// One value a row of jit/instructions.inc; kInvalid is an undefined opcode, kNotImplemented is one
/// that the processor knows and Elfin doesn't.
enum class Mnemonic : uint16_t {
#define INSN(name, ...) k##name,
#include "jit/instructions.inc"
#undef INSN
  kCount,
};

enum class OperandKind : uint8_t {
  kNone = 0,
  kRegister = 1,
  kMemory = 2,      // base + displacement
  kMemoryFull = 3,  // with index, segment or 32-bit address size
  kImmediate = 4,
};

/// Kinds of up to four operands, three bits each; operand 0 in the lowest bits.
using OperandForm = uint16_t;
constexpr OperandForm MakeForm(OperandKind a = OperandKind::kNone,
                               OperandKind b = OperandKind::kNone,
                               OperandKind c = OperandKind::kNone,
                               OperandKind d = OperandKind::kNone) {
  return static_cast<OperandForm>(static_cast<unsigned>(a) | static_cast<unsigned>(b) << 3 |
                                  static_cast<unsigned>(c) << 6 | static_cast<unsigned>(d) << 9);
}
constexpr OperandKind FormOperand(OperandForm form, unsigned index) {
  return static_cast<OperandKind>(form >> (3 * index) & 7);
}

enum PrefixBits : uint8_t {
  kPrefixLock = 1,
  kPrefixRep = 2,    // F3
  kPrefixRepne = 4,  // F2
  kAddress32 = 8,    // 67h: effective addresses and string registers are 32 bits wide
};

struct GuestInsn {
  /// The interpreter's: its handler, set when the block enters the decode cache.
  uintptr_t handler;
  uint32_t address;  // guest address of the first byte (code above 4 GiB can't be mapped)
  Mnemonic mnemonic;
  uint8_t length;  // bytes, 1…15
  uint8_t width;   // operand width in bits / 8: 1, 2, 4 or 8; 0 where the row has no width
  OperandForm form;
  uint8_t prefixes;  // PrefixBits
  uint8_t scale_shift;
  uint8_t index_in_block;  // how many instructions of the block come before this one
  uint8_t reserved;
  uint16_t reg[3];  // of the operands that are registers, by operand number
  uint16_t base;
  uint16_t index;
  uint16_t segment;  // offset of the segment base
  /// Immediate, sign-extended to 64 bits; relative branches: the absolute target.
  int64_t immediate;
  union {
    int64_t displacement;
    /// The interpreter's, for direct branches: the decoded targets, null until first taken.
    struct {
      const GuestInsn* taken;
      const GuestInsn* fallthrough;
    } link;
  };

  uint64_t next_address() const { return static_cast<uint64_t>(address) + length; }
};

/// Upper bound of GuestBlock::count.
inline constexpr unsigned kMaxBlockInsns = 64;

constexpr uint16_t GprOffset(unsigned number) {
  return static_cast<uint16_t>(offsetof(cpu::CpuState, gpr) + 8 * number);
}
constexpr uint16_t VectorOffset(unsigned number) {
  return static_cast<uint16_t>(offsetof(cpu::CpuState, vector) +
                               sizeof(cpu::VectorRegister) * number);
}
/// MMX registers are the significands of the physical x87 registers.
constexpr uint16_t MmxOffset(unsigned number) {
  return static_cast<uint16_t>(offsetof(cpu::CpuState, x87) + sizeof(cpu::X87Register) * number);
}
inline constexpr uint16_t kZeroOffset = offsetof(cpu::CpuState, zero);

}  // namespace elfin::decoder
