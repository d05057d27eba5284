// A region as one WebAssembly function: structured control flow, calls, ways out.
//
//   loop and block nest by the dominator tree (Ramsey: "Beyond Relooper", ICFP 2022); around it
//   stand the cold exits, one for each set of slots that they have to store:
//
//     block $exit1 { block $exit0 { …the region… } store slots; return next } …
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <wasm-builder.h>

#include "jit/region/block_writer.h"
#include "jit/region/control_flow.h"

namespace elfin::jit {

/// What functions of one module know of each other.
struct ModuleNames : ImportNames {
  /// The function of the module that begins at this guest address; null: there is none.
  virtual wasm::Name FunctionAt(uint32_t address) = 0;
};

/// Labels and functions: names from a fixed set, since Binaryen never forgets one.
wasm::Name NumberedName(const char* prefix, size_t number);

class FunctionWriter : private Exits {
 public:
  FunctionWriter(wasm::Module* module, ModuleNames* names, RegionGraph* graph);

  /// The function, named `name`. The graph must have been built (BuildRegionGraph).
  std::unique_ptr<wasm::Function> Write(wasm::Name name);

 private:
  using List = BlockWriter::List;
  struct Exit {
    Kind kind;
    SlotSet dirty;
    wasm::Name label;
  };

  wasm::Name LabelFor(Kind kind, SlotSet dirty) override;

  // charge: guest instructions that were done and that the budget doesn't know of yet.
  void WriteTree(int node, int64_t charge, List* list);
  void WriteNode(int node, int64_t charge, List* list);
  void WriteBlock(const RegionBlock& block, const FlowNode& node, int64_t charge, List* list);
  void WriteDispatch(const FlowNode& node, int64_t charge, List* list);
  void WriteRoot(List* list);
  void WriteEntry(const FlowNode::Edge& edge, List* list);
  /// edge null: by the switch.
  struct Entry {
    uint32_t address;
    const FlowNode::Edge* edge;
  };
  void WriteEntrySearch(const std::vector<Entry>& entries, List* list);
  void WriteEdge(const FlowNode::Edge& edge, int64_t charge, List* list);
  /// A way out of a block: an edge, or an exit. The flag slots' new values were built when the
  /// block was at hand.
  struct Way {
    Target target;
    const FlowNode::Edge* edge;
    List flags;
  };
  Way MakeWay(const Target& target, const FlowNode& node, size_t* edge);
  void WriteWay(const RegionBlock& block, Way way, int64_t charge, List* list);
  /// Out of the region; kAddressInNext is where Locals::Next says.
  void WriteExit(uint32_t address, SlotSet dirty, int64_t charge, List* list);
  void WriteBudgetCheck(uint32_t header, SlotSet dirty, const List& flags, List* list);
  void WriteLimit(int64_t stretch, List* list);
  void WriteLimitCheck(uint32_t header, SlotSet dirty, const List& flags, List* list);
  void WriteBranch(const RegionBlock& block, const FlowNode& node, int64_t charge, List* list);
  void WriteCall(const RegionBlock& block, const FlowNode& node, List* list);
  void WriteTailJump(List* list);
  void WriteIndirectJump(const RegionBlock& block, const FlowNode& node, int64_t charge,
                         List* list);
  void WriteSwitch(const RegionBlock& block, const FlowNode& node, List* list);
  void WriteReturn(const RegionBlock& block, List* list);
  /// Behind a call, whose result is in Locals::Result.
  void WriteReturnPoint(const RegionBlock& block, const FlowNode& node, List* list);

  /// A block's dirty slots when it has ended, its end_flags among them.
  void StoreEnd(const RegionBlock& block, List* list);
  void StoreSlots(SlotSet dirty, List* list);
  void StoreField(Slot slot, wasm::Expression* value, List* list);
  void LoadSlots(SlotSet live, List* list);
  wasm::Expression* CallTarget(wasm::Expression* slot, wasm::Expression* address, bool is_return);
  wasm::Expression* JumpCacheField(wasm::Index entry, unsigned offset);
  wasm::Expression* CacheEntry(wasm::Index address);

  wasm::Expression* Get(wasm::Index index, wasm::Type type) {
    return builder_.makeLocalGet(index, type);
  }
  wasm::Expression* Get32(wasm::Index index) { return Get(index, wasm::Type::i32); }
  wasm::Expression* Const32(uint32_t number) {
    return builder_.makeConst(wasm::Literal(static_cast<int32_t>(number)));
  }
  wasm::Expression* Return(wasm::Expression* value) { return builder_.makeReturn(value); }
  wasm::Expression* BlockOf(const List& list) {
    return list.size() == 1 ? list[0] : builder_.makeBlock(list);
  }
  wasm::Expression* StackLeftForCallee();
  const FlowNode& NodeAt(int node) const { return flow_.nodes[static_cast<size_t>(node)]; }
  bool IsBack(int from, int to) const { return NodeAt(to).order <= NodeAt(from).order; }

  wasm::Module& module_;
  wasm::Builder builder_;
  ModuleNames& names_;
  RegionGraph& graph_;
  Flow flow_;
  Locals locals_;
  BlockWriter block_writer_;
  std::vector<Exit> exits_;
  std::vector<wasm::Const*> frame_sizes_;  // filled in when the number of locals is known
  int current_ = -1;
};

}  // namespace elfin::jit
