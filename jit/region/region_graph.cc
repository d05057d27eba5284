#include "jit/region/region_graph.h"

#include <algorithm>
#include <cstring>

#include "decoder/insn_decoder.h"
#include "jit/emit/block_ops.h"
#include "jit/emit/emit_machine.h"
#include "jit/emit/insn_table.h"
#include "jit/region/translation_request.h"

namespace elfin::jit {
namespace {

using decoder::GuestInsn;
using decoder::Mnemonic;

uint32_t WordAt(const uint8_t* bytes, size_t index) {
  uint32_t word;
  std::memcpy(&word, bytes + 4 * index, 4);
  return word;
}

/// Decodes [address, end), at most up to the start of another block.
std::vector<GuestInsn> Decode(const RegionGraph& graph, uint32_t address, const uint8_t* code,
                              uint32_t size) {
  std::vector<GuestInsn> block;
  uint32_t done = 0;
  while (done < size) {
    const uint32_t at = address + done;
    if (done != 0 && graph.BlockAt(at) >= 0) break;
    GuestInsn insn{};
    if (decoder::DecodeInsn(code + done, size - done, at, decoder::GuestMode::k64Bit, &insn) ==
        decoder::DecodeOutcome::kNeedsMoreBytes) {
      break;
    }
    insn.index_in_block = static_cast<uint8_t>(block.size());
    block.push_back(insn);
    done += insn.length;
    if (decoder::ColumnsOf(insn.mnemonic).ends_block) break;
  }
  return block;
}

/// Appends the block's instructions until one is the interpreter's.
class BlockBuilder {
 public:
  BlockBuilder(const RegionGraph& graph, RegionBlock* block)
      : graph_(graph), block_(*block), ops_(graph.page_checks), machine_(&ops_) {}

  void Inherit(const FlagDescription& flags) {
    machine_.flags().Inherit(machine_, flags);
    block_.inherited_flags = flags.kind != FlagDescription::Kind::kSlots;
  }

  void Build(const std::vector<GuestInsn>& insns) {
    uint32_t next = block_.address;
    for (const GuestInsn& insn : insns) {
      if (!Append(insn)) {
        Finish(Ending::kInterpret);
        block_.taken = {insn.address, -1};
        return;
      }
      ++block_.insn_count;
      next = static_cast<uint32_t>(insn.next_address());
      if (decoder::ColumnsOf(insn.mnemonic).ends_block) return End(insn);
    }
    // Cut, or ended by a page or by length: goes on behind.
    block_.taken = TargetAt(next);
    Finish(Ending::kJump);
  }

 private:
  bool Append(const GuestInsn& insn) {
    const Emitter emitter = EmitterFor(insn);
    if (emitter == nullptr) return false;
    const BlockOps::Mark mark = ops_.Here();
    const FlagDescription flags = machine_.flags().now;
    machine_.Begin(insn);
    emitter(machine_, insn);
    if (!machine_.unsupported()) return true;
    ops_.TakeBack(mark);
    machine_.flags().now = flags;
    return false;
  }

  void End(const GuestInsn& insn) {
    const BlockExit& exit = machine_.exit();
    const auto next = static_cast<uint32_t>(insn.next_address());
    const auto immediate = static_cast<uint32_t>(insn.immediate);
    block_.value = exit.value;
    switch (exit.kind) {
      case BlockExit::Kind::kNext:
        block_.taken = TargetAt(next);
        return Finish(Ending::kJump);
      case BlockExit::Kind::kJump:
        block_.taken = TargetAt(immediate);
        if (insn.mnemonic != Mnemonic::kCall) return Finish(Ending::kJump);
        block_.fallthrough = TargetAt(next);
        return Finish(Ending::kCall);
      case BlockExit::Kind::kBranch:
        block_.taken = TargetAt(immediate);
        block_.fallthrough = TargetAt(next);
        return Finish(Ending::kBranch);
      case BlockExit::Kind::kIndirect:
        if (exit.jump == semantics::JumpKind::kJump) return Finish(Ending::kIndirectJump);
        if (exit.jump == semantics::JumpKind::kReturn) return Finish(Ending::kReturn);
        block_.fallthrough = TargetAt(next);
        return Finish(Ending::kIndirectCall);
    }
  }

  void Finish(Ending ending) {
    block_.ending = ending;
    block_.end_flags = machine_.flags().Slots(machine_);
    block_.flags = machine_.flags().now;
    block_.ops = ops_.TakeOps();
  }

  Target TargetAt(uint32_t address) const { return {address, graph_.BlockAt(address)}; }

  const RegionGraph& graph_;
  RegionBlock& block_;
  BlockOps ops_;
  EmitMachine machine_;
};

/// Puts one block behind all indirect jumps: it goes on at those of `jumps` that are blocks.
void AddSwitch(const std::vector<uint32_t>& jumps, RegionGraph* graph) {
  RegionBlock block;
  block.address = kAddressInNext;
  block.ending = Ending::kSwitch;
  for (uint32_t address : jumps) {
    const int target = graph->BlockAt(address);
    if (target >= 0) block.targets.push_back({address, target});
  }
  if (block.targets.empty()) return;
  const auto number = static_cast<int>(graph->blocks.size());
  bool is_used = false;
  for (RegionBlock& from : graph->blocks) {
    if (from.ending != Ending::kIndirectJump) continue;
    from.taken = {kAddressInNext, number};
    is_used = true;
  }
  if (!is_used) return;
  graph->switch_block = number;
  graph->blocks.push_back(std::move(block));
}

/// The targets in the region that are reached without leaving it.
template <class Action>
void ForEachSuccessor(const GuestInsn& last, const RegionGraph& graph, Action action) {
  const bool ends = decoder::ColumnsOf(last.mnemonic).ends_block;
  if (!ends || last.mnemonic != Mnemonic::kJmp) {
    action(graph.BlockAt(static_cast<uint32_t>(last.next_address())));
  }
  if (ends && decoder::FormOperand(last.form, 0) == decoder::OperandKind::kImmediate &&
      last.mnemonic != Mnemonic::kCall && last.mnemonic != Mnemonic::kRet) {
    action(graph.BlockAt(static_cast<uint32_t>(last.immediate)));
  }
}

}  // namespace

int RegionGraph::BlockAt(uint32_t address) const {
  auto found = std::lower_bound(blocks.begin(), blocks.end(), address,
                                [](const RegionBlock& b, uint32_t a) { return b.address < a; });
  if (found == blocks.end() || found->address != address) return -1;
  return static_cast<int>(found - blocks.begin());
}

uint32_t RegionGraph::SlotOfCall(uint32_t target) const {
  for (const Call& call : calls) {
    if (call.target == target) return call.slot;
  }
  return 0;
}

bool BuildRegionGraph(const uint8_t* bytes, size_t size, RegionGraph* graph) {
  if (size < 4 * kRegionHeaderWords) return false;
  const uint32_t block_count = WordAt(bytes, kRegionBlockCount);
  const uint32_t call_count = WordAt(bytes, kRegionCallCount);
  const uint32_t jump_count = WordAt(bytes, kRegionJumpCount);
  if (block_count == 0 || block_count > kMaxRegionBlocks || call_count > kMaxRegionCalls ||
      jump_count > kMaxRegionJumps) {
    return false;
  }
  graph->entry = WordAt(bytes, kRegionEntry);
  graph->page_checks = (WordAt(bytes, kRegionOptions) & kPageChecks) != 0;
  const size_t calls_at = kRegionHeaderWords + 2 * size_t{block_count};
  const size_t jumps_at = calls_at + 2 * size_t{call_count};
  const size_t code_at = 4 * (jumps_at + jump_count);
  if (size < code_at) return false;
  graph->blocks.resize(block_count);
  std::vector<uint32_t> ends(block_count);
  for (uint32_t n = 0; n < block_count; ++n) {
    graph->blocks[n].address = WordAt(bytes, kRegionHeaderWords + 2 * n);
    ends[n] = WordAt(bytes, kRegionHeaderWords + 2 * n + 1);
    if (n != 0 && graph->blocks[n].address <= graph->blocks[n - 1].address) return false;
    if (ends[n] <= graph->blocks[n].address) return false;
  }
  for (uint32_t n = 0; n < call_count; ++n) {
    const size_t at = calls_at + 2 * n;
    graph->calls.push_back({WordAt(bytes, at), WordAt(bytes, at + 1)});
  }
  std::vector<uint32_t> jumps(jump_count);
  for (uint32_t n = 0; n < jump_count; ++n) {
    jumps[n] = WordAt(bytes, jumps_at + n);
    if (n != 0 && jumps[n] <= jumps[n - 1]) return false;
  }
  graph->entry_block = graph->BlockAt(graph->entry);
  if (graph->entry_block < 0) return false;

  std::vector<std::vector<GuestInsn>> decoded(block_count);
  size_t code = code_at;
  for (uint32_t n = 0; n < block_count; ++n) {
    const uint32_t length = ends[n] - graph->blocks[n].address;
    if (length > size - code) return false;
    decoded[n] = Decode(*graph, graph->blocks[n].address, bytes + code, length);
    code += length;
  }

  // How many ways lead to a block inside of the region, and from where the only one comes.
  std::vector<int> ways(block_count, 0), from(block_count, -1);
  for (uint32_t n = 0; n < block_count; ++n) {
    if (decoded[n].empty()) continue;
    const bool call = decoded[n].back().mnemonic == Mnemonic::kCall;
    ForEachSuccessor(decoded[n].back(), *graph, [&](int successor) {
      if (successor < 0) return;
      ways[static_cast<size_t>(successor)] += call ? 2 : 1;  // behind a call nothing is known
      from[static_cast<size_t>(successor)] = static_cast<int>(n);
    });
  }

  for (uint32_t jump : jumps) {
    if (const int target = graph->BlockAt(jump); target >= 0)
      ways[static_cast<size_t>(target)] += 2;
  }

  // Depth first from the entry, so that a block that only one leads to comes after it.
  std::vector<bool> built(block_count, false);
  std::vector<int> stack;
  auto build_from = [&](int first) {
    stack.push_back(first);
    while (!stack.empty()) {
      const auto n = static_cast<size_t>(stack.back());
      stack.pop_back();
      if (built[n]) continue;
      built[n] = true;
      RegionBlock& block = graph->blocks[n];
      BlockBuilder builder(*graph, &block);
      const int before = from[n];
      if (ways[n] == 1 && before >= 0 && built[static_cast<size_t>(before)] &&
          static_cast<int>(n) != graph->entry_block) {
        const RegionBlock& only = graph->blocks[static_cast<size_t>(before)];
        if (only.ending == Ending::kJump || only.ending == Ending::kBranch) {
          builder.Inherit(only.flags);
        }
      }
      builder.Build(decoded[n]);
      graph->insn_count += block.insn_count;
      for (const Target& target : {block.fallthrough, block.taken}) {
        if (target.block >= 0) stack.push_back(target.block);
      }
    }
  };
  build_from(graph->entry_block);
  for (uint32_t n = 0; n < block_count; ++n) {
    if (!built[n]) build_from(static_cast<int>(n));
  }
  // What follows an instruction of the interpreter's is where translated code goes on.
  for (uint32_t n = 0; n < block_count; ++n) {
    if (graph->blocks[n].ending != Ending::kInterpret || decoded[n].empty()) continue;
    ForEachSuccessor(decoded[n].back(), *graph, [&](int successor) {
      if (successor >= 0) graph->blocks[static_cast<size_t>(successor)].is_entry = true;
    });
  }
  graph->blocks[static_cast<size_t>(graph->entry_block)].is_entry = true;
  AddSwitch(jumps, graph);
  return graph->insn_count > 0;
}

}  // namespace elfin::jit
