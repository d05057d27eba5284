#include "jit/region/function_writer.h"

#include <algorithm>
#include <bit>

#include "jit/emit/cpu_functions.h"
#include "jit/region/dataflow.h"
#include "runtime/cpu/flag_words.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::jit {
namespace {

using wasm::Expression;

/// How many bytes of the engine's stack a frame takes, at most: V8's baseline code keeps every
/// local in it.
constexpr uint32_t kFrameBytes = 160;
constexpr uint32_t kLocalBytes = 10;

/// Of the block behind which is the way in by the switch.
constexpr char kSwitchEntryName[] = "w";

}  // namespace

wasm::Name NumberedName(const char* prefix, size_t number) {
  return wasm::Name(prefix + std::to_string(number));
}

FunctionWriter::FunctionWriter(wasm::Module* module, ModuleNames* names, RegionGraph* graph)
    : module_(*module),
      builder_(*module),
      names_(*names),
      graph_(*graph),
      flow_(BuildFlow(graph)),
      block_writer_(module, &builder_, graph, &locals_, names, this) {}

wasm::Name FunctionWriter::LabelFor(Kind kind, SlotSet dirty) {
  for (const Exit& exit : exits_) {
    if (exit.kind == kind && exit.dirty == dirty) return exit.label;
  }
  exits_.push_back({kind, dirty, NumberedName("e", exits_.size())});
  return exits_.back().label;
}

std::unique_ptr<wasm::Function> FunctionWriter::Write(wasm::Name name) {
  AnalyzeSlots(&graph_);
  List body;
  body.push_back(builder_.makeLocalSet(
      locals_.Span(), builder_.makeLoad(8, false, offsetof(cpu::CpuState, span), 1,
                                        Get32(Locals::kState), wasm::Type::i64, names_.memory)));
  WriteTree(flow_.root, 0, &body);
  // Each exit's block ends where its code begins.
  for (const Exit& exit : exits_) {
    List rest;
    rest.push_back(block_writer_.NamedBlock(exit.label, body));
    StoreSlots(exit.dirty, &rest);
    if (exit.kind == Kind::kInterpret) {
      Expression* rip = builder_.makeUnary(wasm::ExtendUInt32, Get32(locals_.Next()));
      rest.push_back(builder_.makeStore(8, offsetof(cpu::CpuState, rip), 1, Get32(Locals::kState),
                                        rip, wasm::Type::i64, names_.memory));
      rest.push_back(Return(Const32(cpu::kInterpret)));
    } else {
      WriteTailJump(&rest);
    }
    body = std::move(rest);
  }
  body.push_back(builder_.makeUnreachable());
  const auto locals = static_cast<uint32_t>(locals_.vars().size());
  for (wasm::Const* size : frame_sizes_) {
    size->value = wasm::Literal(static_cast<int32_t>(kFrameBytes + kLocalBytes * locals));
  }
  std::vector<wasm::Type> vars = locals_.vars();
  const wasm::Type i32 = wasm::Type::i32;
  auto function =
      wasm::Builder::makeFunction(name, wasm::HeapType(wasm::Signature({i32, i32, i32}, i32)),
                                  std::move(vars), builder_.makeBlock(body, i32));
  for (Expression* branch : block_writer_.rare()) {
    function->codeAnnotations[branch].branchLikely = false;
  }
  return function;
}

// ---- structure ----

/// The node and all that it dominates. Merges among its children stand behind the block that jumps
/// to them end.
void FunctionWriter::WriteTree(int node, int64_t charge, List* list) {
  List inner;
  WriteNode(node, charge, &inner);
  for (size_t n = NodeAt(node).children.size(); n-- > 0;) {
    const int child = NodeAt(node).children[n];  // ascending order
    if (!NodeAt(child).is_merge) continue;
    List outer;
    outer.push_back(block_writer_.NamedBlock(NumberedName("b", static_cast<size_t>(child)), inner));
    WriteTree(child, 0, &outer);
    inner = std::move(outer);
  }
  if (NodeAt(node).is_loop) {
    Expression* body = builder_.makeBlock(inner);
    list->push_back(builder_.makeLoop(NumberedName("l", static_cast<size_t>(node)), body));
  } else {
    list->insert(list->end(), inner.begin(), inner.end());
  }
}

void FunctionWriter::WriteNode(int node, int64_t charge, List* list) {
  const FlowNode& flow_node = NodeAt(node);
  const int before = current_;
  current_ = node;
  if (node == flow_.root) {
    WriteRoot(list);
  } else if (flow_node.block < 0) {
    WriteDispatch(flow_node, charge, list);
  } else {
    WriteBlock(graph_.blocks[static_cast<size_t>(flow_node.block)], flow_node, charge, list);
  }
  current_ = before;
}

void FunctionWriter::WriteEdge(const FlowNode::Edge& edge, int64_t charge, List* list) {
  const bool from_dispatch = NodeAt(current_).block < 0 && current_ != flow_.root;
  const bool to_block = NodeAt(edge.node).block >= 0;
  if (edge.labelled && !to_block && !from_dispatch) {
    list->push_back(
        builder_.makeLocalSet(locals_.Label(), Const32(static_cast<uint32_t>(edge.final) + 1)));
  } else if (edge.labelled && to_block && from_dispatch) {
    list->push_back(builder_.makeLocalSet(locals_.Label(), Const32(0)));
  }
  const auto number = static_cast<size_t>(edge.node);
  const FlowNode& to = NodeAt(edge.node);
  const bool inlined = !IsBack(current_, edge.node) && !to.is_merge;
  if (!inlined || to.is_loop) {
    block_writer_.WriteCharge(charge, list);
    charge = 0;
  }
  if (IsBack(current_, edge.node)) {
    list->push_back(builder_.makeBreak(NumberedName("l", number)));
  } else if (to.is_merge) {
    list->push_back(builder_.makeBreak(NumberedName("b", number)));
  } else {
    WriteTree(edge.node, charge, list);
  }
}

void FunctionWriter::WriteDispatch(const FlowNode& node, int64_t charge, List* list) {
  for (size_t n = 1; n < node.edges.size(); ++n) {
    List way;
    WriteEdge(node.edges[n], charge, &way);
    Expression* condition =
        builder_.makeBinary(wasm::EqInt32, Get32(locals_.Label()),
                            Const32(static_cast<uint32_t>(node.edges[n].final) + 1));
    list->push_back(builder_.makeIf(condition, BlockOf(way)));
  }
  WriteEdge(node.edges[0], charge, list);
}

void FunctionWriter::WriteEntry(const FlowNode::Edge& edge, List* list) {
  const RegionBlock& block = graph_.blocks[static_cast<size_t>(edge.final)];
  if (!block.loads_itself) LoadSlots(block.live_in, list);
  if (edge.final == graph_.switch_block) {
    list->push_back(builder_.makeLocalSet(locals_.Next(), Get32(Locals::kAddress)));
  }
  WriteEdge(edge, 0, list);
}

/// By the address parameter: the region's own entry first, the others by halves; what the switch
/// knows, by the switch.
void FunctionWriter::WriteRoot(List* list) {
  const FlowNode& root = NodeAt(flow_.root);
  const FlowNode::Edge* by_switch = nullptr;
  std::vector<Entry> entries;
  for (size_t n = 1; n < root.edges.size(); ++n) {
    const FlowNode::Edge& edge = root.edges[n];
    if (edge.final == graph_.switch_block) {
      by_switch = &edge;
    } else {
      entries.push_back({graph_.blocks[static_cast<size_t>(edge.final)].address, &edge});
    }
  }
  if (by_switch != nullptr) {
    for (const Target& target : graph_.blocks[static_cast<size_t>(graph_.switch_block)].targets) {
      if (graph_.blocks[static_cast<size_t>(target.block)].is_switch_entry) {
        entries.push_back({target.address, nullptr});
      }
    }
  }
  if (!entries.empty()) {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.address < b.address; });
    List others;
    WriteEntrySearch(entries, &others);
    if (by_switch != nullptr) {
      List all{block_writer_.NamedBlock(kSwitchEntryName, others)};
      WriteEntry(*by_switch, &all);
      others = std::move(all);
    }
    Expression* condition =
        builder_.makeBinary(wasm::NeInt32, Get32(Locals::kAddress), Const32(graph_.entry));
    list->push_back(builder_.makeIf(condition, BlockOf(others)));
  }
  WriteEntry(root.edges[0], list);
}

void FunctionWriter::WriteEntrySearch(const std::vector<Entry>& entries, List* list) {
  const bool all_by_switch =
      std::all_of(entries.begin(), entries.end(), [](const Entry& e) { return e.edge == nullptr; });
  if (all_by_switch) return list->push_back(builder_.makeBreak(kSwitchEntryName));
  if (entries.size() == 1) return WriteEntry(*entries[0].edge, list);
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
  List low, high;
  WriteEntrySearch({entries.begin(), middle}, &low);
  WriteEntrySearch({middle, entries.end()}, &high);
  Expression* condition =
      builder_.makeBinary(wasm::LtUInt32, Get32(Locals::kAddress), Const32(middle->address));
  list->push_back(builder_.makeIf(condition, BlockOf(low), BlockOf(high)));
}

// ---- blocks ----

void FunctionWriter::WriteBlock(const RegionBlock& block, const FlowNode& node, int64_t charge,
                                List* list) {
  if (block.loads_itself) LoadSlots(block.live_in, list);
  block_writer_.Write(block, charge, list);
  if (block.stretch != 0) WriteLimit(block.stretch, list);
  charge += block.insn_count;
  switch (block.ending) {
    case Ending::kJump: {
      size_t edge = 0;
      return WriteWay(block, MakeWay(block.taken, node, &edge), charge, list);
    }
    case Ending::kBranch:
      return WriteBranch(block, node, charge, list);
    case Ending::kCall:
    case Ending::kIndirectCall:
      block_writer_.WriteCharge(charge, list);
      return WriteCall(block, node, list);
    case Ending::kIndirectJump:
      return WriteIndirectJump(block, node, charge, list);
    case Ending::kSwitch:
      block_writer_.WriteCharge(charge, list);
      return WriteSwitch(block, node, list);
    case Ending::kReturn:
      block_writer_.WriteCharge(charge, list);
      return WriteReturn(block, list);
    case Ending::kInterpret: {
      const List flags = block_writer_.EndFlagSets();
      list->insert(list->end(), flags.begin(), flags.end());
      block_writer_.WriteCharge(charge, list);
      list->push_back(builder_.makeLocalSet(locals_.Next(), Const32(block.taken.address)));
      list->push_back(builder_.makeBreak(LabelFor(Kind::kInterpret, block.dirty_end)));
      return;
    }
  }
}

void FunctionWriter::WriteBudgetCheck(uint32_t header, SlotSet dirty, const List& flags,
                                      List* list) {
  List leave = flags;
  WriteExit(header, dirty, 0, &leave);
  Expression* spent =
      builder_.makeBinary(wasm::LtSInt64, Get(locals_.ForSlot(kBudgetSlot), wasm::Type::i64),
                          builder_.makeConst(wasm::Literal(int64_t{0})));
  list->push_back(block_writer_.Rarely(builder_.makeIf(spent, BlockOf(leave))));
}

void FunctionWriter::WriteExit(uint32_t address, SlotSet dirty, int64_t charge, List* list) {
  block_writer_.WriteCharge(charge, list);
  if (address != kAddressInNext) {
    list->push_back(builder_.makeLocalSet(locals_.Next(), Const32(address)));
  }
  list->push_back(builder_.makeBreak(LabelFor(Kind::kGoOn, dirty)));
}

FunctionWriter::Way FunctionWriter::MakeWay(const Target& target, const FlowNode& node,
                                            size_t* edge) {
  Way way{target, nullptr, {}};
  if (target.block < 0) {
    way.flags = block_writer_.EndFlagSets();
    return way;
  }
  way.edge = &node.edges[(*edge)++];
  const RegionBlock& to = graph_.blocks[static_cast<size_t>(target.block)];
  // For the time slice's end, if for nothing else.
  const bool back = IsBack(current_, way.edge->node);
  if (back || (to.live_in & kFlagSlots) != 0) way.flags = block_writer_.EndFlagSets();
  return way;
}

void FunctionWriter::WriteWay(const RegionBlock& block, Way way, int64_t charge, List* list) {
  if (way.edge == nullptr) {
    list->insert(list->end(), way.flags.begin(), way.flags.end());
    return WriteExit(way.target.address, block.dirty_end, charge, list);
  }
  const RegionBlock& to = graph_.blocks[static_cast<size_t>(way.target.block)];
  const bool flags_live = (to.live_in & kFlagSlots) != 0;
  if (flags_live) {
    list->insert(list->end(), way.flags.begin(), way.flags.end());
    way.flags.clear();
  }
  if (IsBack(current_, way.edge->node)) {
    block_writer_.WriteCharge(charge, list);
    charge = 0;
    if (to.guard >= 0) {
      WriteLimitCheck(way.target.address, block.dirty_end, way.flags, list);
    } else {
      WriteBudgetCheck(way.target.address, block.dirty_end, way.flags, list);
    }
  }
  WriteEdge(*way.edge, charge, list);
}

/// limit = max(budget - stretch, 0).
void FunctionWriter::WriteLimit(int64_t stretch, List* list) {
  const wasm::Index limit = locals_.Limit();
  auto number = [&](int64_t value) { return builder_.makeConst(wasm::Literal(value)); };
  Expression* rest = builder_.makeBinary(
      wasm::SubInt64, Get(locals_.ForSlot(kBudgetSlot), wasm::Type::i64), number(stretch));
  list->push_back(builder_.makeLocalSet(limit, rest));
  Expression* is_negative =
      builder_.makeBinary(wasm::LtSInt64, Get(limit, wasm::Type::i64), number(0));
  list->push_back(builder_.makeIf(is_negative, builder_.makeLocalSet(limit, number(0))));
}

/// At the end of an unchecked loop's turn: when the stretch is over, back to the guard.
void FunctionWriter::WriteLimitCheck(uint32_t header, SlotSet dirty, const List& flags,
                                     List* list) {
  List over = flags;
  WriteBudgetCheck(header, dirty, {}, &over);
  WriteEdge(NodeAt(current_).edges.back(), 0, &over);
  Expression* is_over =
      builder_.makeBinary(wasm::LtSInt64, Get(locals_.ForSlot(kBudgetSlot), wasm::Type::i64),
                          Get(locals_.Limit(), wasm::Type::i64));
  list->push_back(block_writer_.Rarely(builder_.makeIf(is_over, BlockOf(over))));
}

void FunctionWriter::WriteBranch(const RegionBlock& block, const FlowNode& node, int64_t charge,
                                 List* list) {
  const List conditions = block_writer_.ValueParts();
  const bool is_guard = block.stretch != 0;
  size_t edge = 0;
  Way ways[2] = {MakeWay(block.taken, node, &edge), MakeWay(block.fallthrough, node, &edge)};
  List taken, fallthrough;
  WriteWay(block, std::move(ways[0]), charge, &taken);
  WriteWay(block, std::move(ways[1]), charge, &fallthrough);
  auto* jump = taken.size() == 1 ? taken[0]->dynCast<wasm::Break>() : nullptr;
  if (jump != nullptr) {
    for (Expression* condition : conditions) {
      list->push_back(builder_.makeBreak(jump->name, nullptr, condition));
    }
  } else {
    list->push_back(block_writer_.IfAny(conditions, taken, is_guard));
  }
  list->insert(list->end(), fallthrough.begin(), fallthrough.end());
}

// ---- CpuState ----

void FunctionWriter::StoreEnd(const RegionBlock& block, List* list) {
  if (block.end_flags.left == kNoOp) return StoreSlots(block.dirty_end, list);
  for (Slot slot : {kFlagLeftSlot, kFlagRightSlot, kFlagKindSlot}) {
    StoreField(slot, block_writer_.EndFlags(slot), list);
  }
  StoreSlots(block.dirty_end & ~kFlagSlots, list);
}

void FunctionWriter::StoreField(Slot slot, Expression* value, List* list) {
  list->push_back(builder_.makeStore(SlotBytes(slot), SlotOffset(slot), 1, Get32(Locals::kState),
                                     value, WasmType(SlotType(slot)), names_.memory));
}

void FunctionWriter::StoreSlots(SlotSet dirty, List* list) {
  for (; dirty != 0; dirty &= dirty - 1) {
    const auto slot = static_cast<Slot>(std::countr_zero(dirty));
    StoreField(slot, Get(locals_.ForSlot(slot), WasmType(SlotType(slot))), list);
  }
}

void FunctionWriter::LoadSlots(SlotSet live, List* list) {
  for (; live != 0; live &= live - 1) {
    const auto slot = static_cast<Slot>(std::countr_zero(live));
    Expression* value =
        builder_.makeLoad(SlotBytes(slot), false, SlotOffset(slot), 1, Get32(Locals::kState),
                          WasmType(SlotType(slot)), names_.memory);
    list->push_back(builder_.makeLocalSet(locals_.ForSlot(slot), value));
  }
}

}  // namespace elfin::jit
