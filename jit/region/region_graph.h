// A region as a graph of blocks of operations: request → decoded instructions → operations.
#pragma once

#include <cstdint>
#include <vector>

#include "decoder/guest_insn.h"
#include "jit/emit/flag_store.h"
#include "jit/emit/op.h"

namespace elfin::jit {

/// For a switch's address: what Locals::Next says.
inline constexpr uint32_t kAddressInNext = 0;

/// Where a way out of a block leads: a block of the region, or out of it.
struct Target {
  uint32_t address = 0;
  int block = -1;  // -1: not in the region
};

/// How a block ends. A closed set.
enum class Ending : uint8_t {
  kJump,          // to taken
  kBranch,        // value ? taken : fallthrough
  kCall,          // direct: a function at taken.address; then goes on at fallthrough
  kIndirectJump,  // to value; taken: the region's switch, if it has one
  kIndirectCall,  // of value; then goes on at fallthrough
  kReturn,        // to value
  kInterpret,     // the interpreter goes on at taken.address
  kSwitch,        // to that of targets where Locals::Next says to go on, or out of the region
};

struct RegionBlock {
  uint32_t address = 0;
  uint32_t insn_count = 0;  // that translated code does
  std::vector<Op> ops;
  Ending ending = Ending::kInterpret;
  OpId value = kNoOp;
  Target taken, fallthrough;
  std::vector<Target> targets;  // of a switch
  FlagDescription flags;        // when it ends
  /// What the flag slots become on the ways out. No values: they stay.
  FlagSlots end_flags;
  bool inherited_flags = false;  // begins with what its only predecessor knew of the flags
  bool is_entry = false;
  /// Entered from outside by the switch, which is an entry and leads here.
  bool is_switch_entry = false;
  bool is_loop_header = false;
  /// Only calls and the dispatcher lead here: it begins with nothing in locals and loads them
  /// itself.
  bool loads_itself = false;
  // unchecked_loops.h
  int guard = -1;       // of an unchecked loop's header: the block to go back to
  int64_t stretch = 0;  // of a guard: instructions that the unchecked loop may do

  // Analyze (dataflow.h).
  SlotSet live_in = 0;    // locals that must hold their slots when it begins
  SlotSet live_out = 0;   // … at its end, for the blocks behind it
  SlotSet live_rare = 0;  // … for the guard that it goes back to when a stretch is over
  SlotSet dirty = 0;      // slots that CpuState may not have, while it runs
  SlotSet dirty_end = 0;  // … when it has ended: with its end_flags
};

struct RegionGraph {
  uint32_t entry = 0;
  bool page_checks = false;
  std::vector<RegionBlock>
      blocks;  // ascending by address; behind those, the switch, guards and copies of loops
  int entry_block = -1;
  /// The block that all indirect jumps lead to where some of their targets are in the region; -1:
  /// there is none.
  int switch_block = -1;
  uint32_t insn_count = 0;
  struct Call {
    uint32_t target, slot;
  };
  std::vector<Call> calls;

  int BlockAt(uint32_t address) const;         // -1: none; before there are guards
  uint32_t SlotOfCall(uint32_t target) const;  // 0: none
};

/// Reads one region of a batch (translation_request.h) at `bytes`. False: malformed, or nothing in
/// it can be translated.
bool BuildRegionGraph(const uint8_t* bytes, size_t size, RegionGraph* graph);

}  // namespace elfin::jit
