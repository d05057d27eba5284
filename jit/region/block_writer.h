// Operations → Binaryen expressions, block by block.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <wasm-builder.h>

#include "jit/region/locals.h"
#include "jit/region/op_uses.h"
#include "jit/region/region_graph.h"

namespace elfin::jit {

/// The module's names for what all functions import.
struct ImportNames {
  wasm::Name memory, table;
  /// Declares the helper on first use.
  virtual wasm::Name Helper(uint16_t id) = 0;
  virtual ~ImportNames() = default;
};

/// Where the cold ways out of a function are written: jumps there with the address in Locals::Next.
class Exits {
 public:
  enum class Kind : uint8_t { kGoOn, kInterpret };
  virtual wasm::Name LabelFor(Kind kind, SlotSet dirty) = 0;
  virtual ~Exits() = default;
};

class BlockWriter {
 public:
  BlockWriter(wasm::Module* module, wasm::Builder* builder, const RegionGraph* graph,
              Locals* locals, ImportNames* names, Exits* exits)
      : module_(*module),
        builder_(*builder),
        graph_(*graph),
        locals_(*locals),
        names_(*names),
        exits_(*exits) {}

  using List = std::vector<wasm::Expression*>;

  /// Appends the block's operations to `list`. charge: instructions done before it that the budget
  /// doesn't know of yet.
  void Write(const RegionBlock& block, int64_t charge, List* list);
  /// Then: block.value; what the flag slots become; the same as local.sets (none where they stay).
  wasm::Expression* Value();
  /// block.value as conditions any of which suffices.
  List ValueParts();
  wasm::Expression* EndFlags(Slot slot);
  List EndFlagSets();
  /// budget -= amount.
  void WriteCharge(int64_t amount, List* list);
  /// If any of the conditions holds: the arm. rare: they hardly ever do.
  wasm::Expression* IfAny(const List& parts, const List& arm, bool rare);
  /// A block that branches end. Its type is set and not found out: Binaryen would look for the
  /// branches in all that is inside, for each of the blocks around.
  wasm::Expression* NamedBlock(wasm::Name name, const List& list);
  /// Notes that an If's condition or a branch's rarely holds: a hint for the engine.
  wasm::Expression* Rarely(wasm::Expression* branch) {
    rare_.push_back(branch);
    return branch;
  }
  const List& rare() const { return rare_; }

 private:
  struct Place {
    enum Kind : uint8_t { kNowhere, kPending, kLocal, kSlot } kind = kNowhere;
    wasm::Index local = 0;
    Slot slot = 0;
  };
  struct HeldSlot {
    Slot slot;
    wasm::Expression* value;
    SlotSet reads;
  };

  void WriteOp(int n);
  void WriteSetSlot(int n);
  void WriteColdSets(List* list);
  void HoldSlot(Slot slot, OpId value);
  int WriteIf(int n);
  /// The parts of a condition that any of suffices.
  void SplitCondition(OpId id, List* parts);
  void Define(int n);
  wasm::Expression* Use(OpId id);
  wasm::Expression* Build(OpId id);
  wasm::Expression* BuildAccess(const Op& op, uint64_t* offset);
  wasm::Expression* Call(const Op& op);
  void Settle(OpId id);
  /// Before slots change: what still needs their values now gets temporaries.
  void KeepTenants(SlotSet slots, int now, OpId but);
  void SettlePending(SlotSet slots, bool loads);
  SlotSet SlotsRead(OpId id, bool* loads) const;
  const Op& At(OpId id) const { return block_->ops[static_cast<size_t>(id)]; }
  wasm::Expression* Const32(uint32_t number) {
    return builder_.makeConst(wasm::Literal(static_cast<int32_t>(number)));
  }
  wasm::Expression* Const64(uint64_t number) {
    return builder_.makeConst(wasm::Literal(static_cast<int64_t>(number)));
  }
  wasm::Expression* State() { return builder_.makeLocalGet(Locals::kState, wasm::Type::i32); }

  wasm::Module& module_;
  wasm::Builder& builder_;
  const RegionGraph& graph_;
  Locals& locals_;
  ImportNames& names_;
  Exits& exits_;
  const RegionBlock* block_ = nullptr;
  List* list_ = nullptr;
  List rare_;
  std::vector<OpUse> uses_;
  std::vector<Place> places_;
  std::vector<OpId> pending_;
  std::array<std::vector<OpId>, kSlotCount> tenants_;
  std::vector<HeldSlot> cold_sets_;
  int now_ = 0;
  int64_t charge_ = 0;
  unsigned label_count_ = 0;
};

}  // namespace elfin::jit
