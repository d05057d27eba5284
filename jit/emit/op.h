// Operations: what a block of guest instructions becomes before it is WebAssembly.
//
// A block's semantics (jit/semantics over EmitMachine) append operations to a list; an operation's
// number is its value. Pure ones may be dropped, shared, folded into their user or sunk into the
// cold arm that alone needs them; the others (roots) happen where they stand. jit/region decides
// and writes Binaryen expressions.
//
//   kIf cond … [kElse …] kEnd      arms; a cold arm ends in kLeave and never comes out
//   kVar, kSetVar                  a value that arms can change
//
// Guest registers are slots: one local of the region's function for each.
#pragma once

#include <cstdint>

#include "decoder/guest_insn.h"
#include "runtime/cpu/cpu_state.h"

namespace elfin::jit {

enum class Type : uint8_t { kNone, kI32, kI64, kF32, kF64, kV128 };

/// Number of an operation in its block's list.
using OpId = int32_t;
inline constexpr OpId kNoOp = -1;

enum class OpCode : uint8_t {
  // Pure.
  kConst,        // imm (V128: imm low, imm2 high)
  kUnary,        // sub: wasm::UnaryOp
  kBinary,       // sub: wasm::BinaryOp
  kSelect,       // a: condition (I32), b, c
  kExtract,      // sub: wasm::SIMDExtractOp, imm: lane
  kReplace,      // sub: wasm::SIMDReplaceOp, imm: lane
  kShuffle,      // a, b; imm, imm2: 16 lane numbers
  kVectorShift,  // sub: wasm::SIMDShiftOp, b: I32
  kBitselect,    // a, b by the mask c
  kPureCall,     // sub: HelperId
  kGetSlot,      // sub: slot
  kSpan,         // how much memory may be touched, from kGuestBegin on
  kAddress,      // a + imm by 32 bits: of accesses that were found to be in reach before
  kCheckedBase,  // a + imm - kGuestBegin: what the check of a memory access compares
  // Reads something that roots change.
  kLoad,       // a: kCheckedBase or kAddress, imm: displacement, sub: width and sign (LoadKind)
  kPageFlags,  // a: kCheckedBase: the page map's byte of the page
  kStateLoad,  // imm: offset into CpuState, sub: bytes
  // Roots.
  kStore,       // a: kCheckedBase or kAddress, b: value, imm: displacement, sub: bytes
  kStateStore,  // a: value, imm: offset, sub: bytes
  kSetSlot,     // sub: slot, a: value
  kVar,         // a variable; a: its value at first
  kSetVar,      // a: the kVar, b: value
  kCall,        // sub: HelperId; a, b, c: arguments (after the state); may have a value
  kIf,          // a: condition; sub: BlockOps::Arm of the first arm
  kElse,
  kEnd,
  kLeave,    // imm: guest address; the interpreter goes on there; sub: instructions done
  kNothing,  // was taken out
};

struct Op {
  OpCode code;
  Type type = Type::kNone;
  uint8_t bits = 0;   // of an I32: all from this one on are zero; 0: not known
  bool cold = false;  // in an arm that ends in kLeave
  uint16_t sub = 0;
  uint32_t scope = 0;  // the arm that it is in
  OpId a = kNoOp, b = kNoOp, c = kNoOp;
  uint64_t imm = 0, imm2 = 0;
};

constexpr bool IsPure(OpCode code) { return code <= OpCode::kCheckedBase; }
constexpr bool IsRead(OpCode code) {
  return code > OpCode::kCheckedBase && code <= OpCode::kStateLoad;
}
constexpr bool IsRoot(OpCode code) { return code >= OpCode::kStore; }

// ---- slots ----

using Slot = uint16_t;
using SlotSet = uint64_t;
inline constexpr Slot kFirstVectorSlot = 16;
/// The arithmetic flags: two words and the FlagKind that says what they are
/// (runtime/cpu/flag_words.h).
inline constexpr Slot kFlagLeftSlot = 32;
inline constexpr Slot kFlagRightSlot = 33;
inline constexpr Slot kFlagKindSlot = 34;
inline constexpr Slot kBudgetSlot = 35;
/// MXCSR, of whose sticky flags some may be missing. Nobody sets it: loading MXCSR is the
/// interpreter's.
inline constexpr Slot kMxcsrSlot = 36;
inline constexpr Slot kSlotCount = 37;
inline constexpr Slot kNoSlot = 0xffff;

constexpr SlotSet SlotBit(Slot slot) { return SlotSet{1} << slot; }
inline constexpr SlotSet kFlagSlots =
    SlotBit(kFlagLeftSlot) | SlotBit(kFlagRightSlot) | SlotBit(kFlagKindSlot);

constexpr Type SlotType(Slot slot) {
  if (slot >= kFirstVectorSlot && slot < kFlagLeftSlot) return Type::kV128;
  return slot == kFlagKindSlot || slot == kMxcsrSlot ? Type::kI32 : Type::kI64;
}

/// The slot that holds an offset of CpuState, and where in it; kNoSlot: it stays in memory.
struct SlotPlace {
  Slot slot;
  unsigned byte;
};
constexpr SlotPlace PlaceOf(unsigned offset) {
  if (offset < 128) return {static_cast<Slot>(offset / 8), offset % 8};
  constexpr unsigned vectors = offsetof(cpu::CpuState, vector);
  constexpr unsigned behind = vectors + sizeof(cpu::CpuState::vector);
  if (offset >= vectors && offset < behind && (offset - vectors) % 64 < 16) {
    return {static_cast<Slot>(kFirstVectorSlot + (offset - vectors) / 64), (offset - vectors) % 64};
  }
  return {kNoSlot, 0};
}
/// Where a slot lives in CpuState, between translated functions (the flags with their kind).
constexpr unsigned SlotOffset(Slot slot) {
  if (slot < kFirstVectorSlot) return slot * 8u;
  if (slot < kFlagLeftSlot) return decoder::VectorOffset(slot - kFirstVectorSlot);
  if (slot == kFlagLeftSlot) return offsetof(cpu::CpuState, flag_result);
  if (slot == kFlagRightSlot) return offsetof(cpu::CpuState, flag_carry);
  if (slot == kFlagKindSlot) return offsetof(cpu::CpuState, flag_kind);
  if (slot == kBudgetSlot) return offsetof(cpu::CpuState, budget);
  return offsetof(cpu::CpuState, mxcsr);
}
constexpr unsigned SlotBytes(Slot slot) {
  switch (SlotType(slot)) {
    case Type::kV128:
      return 16;
    case Type::kI32:
      return 4;
    default:
      return 8;
  }
}

}  // namespace elfin::jit
