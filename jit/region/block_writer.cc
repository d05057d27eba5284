#include "jit/region/block_writer.h"

#include <algorithm>
#include <bit>

#include "jit/emit/block_ops.h"
#include "jit/emit/cpu_functions.h"
#include "runtime/address_map.h"
#include "runtime/base/types.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::jit {
namespace {

using wasm::Expression;

/// Operations that never need a place of their own.
bool IsFree(OpCode code) { return code == OpCode::kConst || code == OpCode::kSpan; }

}  // namespace

void BlockWriter::Write(const RegionBlock& block, int64_t charge, List* list) {
  block_ = &block;
  charge_ = charge;
  list_ = list;
  uses_ = AnalyzeUses(graph_, block);
  places_.assign(block.ops.size(), {});
  pending_.clear();
  for (auto& tenants : tenants_) tenants.clear();
  cold_sets_.clear();
  locals_.FreeAll();
  const int count = static_cast<int>(block.ops.size());
  for (now_ = 0; now_ < count; ++now_) WriteOp(now_);
}

Expression* BlockWriter::Value() { return Use(block_->value); }

BlockWriter::List BlockWriter::ValueParts() {
  List parts;
  SplitCondition(block_->value, &parts);
  return parts;
}

Expression* BlockWriter::EndFlags(Slot slot) {
  const FlagSlots& flags = block_->end_flags;
  if (slot == kFlagKindSlot) return Const32(flags.code);
  return Use(slot == kFlagLeftSlot ? flags.left : flags.right);
}

BlockWriter::List BlockWriter::EndFlagSets() {
  List sets;
  if (block_->end_flags.left == kNoOp) return sets;
  for (Slot slot : {kFlagLeftSlot, kFlagRightSlot, kFlagKindSlot}) {
    HoldSlot(slot, slot == kFlagKindSlot   ? kNoOp
                   : slot == kFlagLeftSlot ? block_->end_flags.left
                                           : block_->end_flags.right);
  }
  WriteColdSets(&sets);
  return sets;
}

void BlockWriter::WriteCharge(int64_t amount, List* list) {
  if (amount == 0) return;
  const wasm::Index budget = locals_.ForSlot(kBudgetSlot);
  Expression* left =
      builder_.makeBinary(wasm::SubInt64, builder_.makeLocalGet(budget, wasm::Type::i64),
                          Const64(static_cast<uint64_t>(amount)));
  list->push_back(builder_.makeLocalSet(budget, left));
}

void BlockWriter::WriteOp(int n) {
  const Op& op = At(n);
  const OpUse& use = uses_[static_cast<size_t>(n)];
  if (use.dead) return;
  switch (op.code) {
    case OpCode::kSetSlot:
      return WriteSetSlot(n);
    case OpCode::kIf: {
      now_ = WriteIf(n);
      return;
    }
    case OpCode::kStore: {
      uint64_t offset;
      Expression* pointer = BuildAccess(op, &offset);
      Expression* value = Use(op.b);
      SettlePending(0, true);
      const wasm::Type type = WasmType(At(op.b).type);
      list_->push_back(builder_.makeStore(op.sub, offset, 1, pointer, value, type, names_.memory));
      return;
    }
    case OpCode::kStateStore: {
      Expression* value = Use(op.a);
      const wasm::Type type = WasmType(At(op.a).type);
      list_->push_back(builder_.makeStore(op.sub, op.imm, 1, State(), value, type, names_.memory));
      return;
    }
    case OpCode::kVar: {
      const wasm::Index local = locals_.Take(op.type, n, std::max(use.last, n));
      list_->push_back(builder_.makeLocalSet(local, Use(op.a)));
      places_[static_cast<size_t>(n)] = {Place::kLocal, local, 0};
      return;
    }
    case OpCode::kSetVar:
      list_->push_back(builder_.makeLocalSet(places_[static_cast<size_t>(op.a)].local, Use(op.b)));
      return;
    case OpCode::kCall: {
      Expression* call = Call(op);
      if (use.hot + use.cold == 0) {
        list_->push_back(builder_.makeDrop(call));
        return;
      }
      const wasm::Index local = locals_.Take(op.type, n, use.last);
      list_->push_back(builder_.makeLocalSet(local, call));
      places_[static_cast<size_t>(n)] = {Place::kLocal, local, 0};
      return;
    }
    case OpCode::kLeave: {
      SlotSet dirty = block_->dirty;
      for (const HeldSlot& held : cold_sets_) dirty |= SlotBit(held.slot);
      WriteColdSets(list_);
      WriteCharge(charge_ + op.sub, list_);
      list_->push_back(
          builder_.makeLocalSet(locals_.Next(), Const32(static_cast<uint32_t>(op.imm))));
      list_->push_back(builder_.makeBreak(exits_.LabelFor(Exits::Kind::kInterpret, dirty)));
      return;
    }
    default:
      Define(n);
  }
}

/// A value: nothing happens yet where it can be built at its only use.
void BlockWriter::Define(int n) {
  const Op& op = At(n);
  const OpUse& use = uses_[static_cast<size_t>(n)];
  Place& place = places_[static_cast<size_t>(n)];
  if (op.code == OpCode::kGetSlot) {
    place = {Place::kSlot, 0, op.sub};
    tenants_[op.sub].push_back(n);
    return;
  }
  if (IsFree(op.code)) return;
  const bool only_cold = use.hot == 0;  // built in the arms
  if (only_cold && IsPure(op.code) && !op.cold) return;
  const bool single = use.hot + use.cold == 1;
  place.kind = Place::kPending;
  pending_.push_back(n);
  if (op.code == OpCode::kStateLoad || op.code == OpCode::kPageFlags) return Settle(n);
  if (single) return;
  // The next operation may be what gives it a home.
  const size_t next = static_cast<size_t>(n) + 1;
  if (next < block_->ops.size() && block_->ops[next].code == OpCode::kSetSlot &&
      block_->ops[next].a == n && !uses_[next].dead && !block_->ops[next].cold) {
    return;
  }
  Settle(n);
}

/// Gives a pending value a temporary.
void BlockWriter::Settle(OpId id) {
  Expression* value = Build(id);
  const OpUse& use = uses_[static_cast<size_t>(id)];
  const wasm::Index local = locals_.Take(At(id).type, now_, use.last);
  list_->push_back(builder_.makeLocalSet(local, value));
  places_[static_cast<size_t>(id)] = {Place::kLocal, local, 0};
}

void BlockWriter::WriteSetSlot(int n) {
  const Op& op = At(n);
  const OpId value = op.a;
  if (op.cold) {
    HoldSlot(op.sub, value);
    return;
  }
  const Place before = places_[static_cast<size_t>(value)];
  Expression* expression = before.kind == Place::kPending ? Build(value) : Use(value);
  if (before.kind == Place::kPending) places_[static_cast<size_t>(value)].kind = Place::kNowhere;
  KeepTenants(SlotBit(op.sub), n, value);
  SettlePending(SlotBit(op.sub), false);
  const bool same = before.kind == Place::kSlot && before.slot == op.sub;
  if (!same) list_->push_back(builder_.makeLocalSet(locals_.ForSlot(op.sub), expression));
  tenants_[op.sub].clear();
  const bool wanted = uses_[static_cast<size_t>(value)].last > n;
  if (same) tenants_[op.sub].push_back(value);
  if (before.kind == Place::kPending && wanted) {
    places_[static_cast<size_t>(value)] = {Place::kSlot, 0, op.sub};
    tenants_[op.sub].push_back(value);
  }
}

void BlockWriter::HoldSlot(Slot slot, OpId value) {
  if (value == kNoOp) {
    cold_sets_.push_back({slot, EndFlags(slot), 0});
    return;
  }
  bool loads = false;
  const SlotSet reads = SlotsRead(value, &loads);
  cold_sets_.push_back({slot, Use(value), reads});
}

/// The sets of a cold arm, all values taken before the first of them changes.
void BlockWriter::WriteColdSets(List* list) {
  SlotSet changed = 0;
  std::vector<Expression*> sets;
  for (const HeldSlot& held : cold_sets_) {
    Expression* value = held.value;
    if ((held.reads & changed) != 0) {
      // An earlier one would change what it reads.
      const Type type = SlotType(held.slot);
      const wasm::Index local = locals_.Take(type, now_, now_);
      list->push_back(builder_.makeLocalSet(local, value));
      value = builder_.makeLocalGet(local, WasmType(type));
    }
    changed |= SlotBit(held.slot);
    sets.push_back(builder_.makeLocalSet(locals_.ForSlot(held.slot), value));
  }
  list->insert(list->end(), sets.begin(), sets.end());
  cold_sets_.clear();
}

/// The whole If, up to its kEnd, whose number is returned.
int BlockWriter::WriteIf(int n) {
  const Op& op = At(n);
  const bool cold = op.sub == static_cast<uint16_t>(BlockOps::Arm::kLeaves);
  const bool rare = cold || op.sub == static_cast<uint16_t>(BlockOps::Arm::kRare);
  List parts;
  SplitCondition(op.a, &parts);
  // What changes in the arms.
  SlotSet set = 0;
  bool stores = false;
  int end = n;
  int depth = 0;
  do {
    const Op& inner = At(end);
    if (inner.code == OpCode::kIf) ++depth;
    if (inner.code == OpCode::kEnd) --depth;
    if (inner.code == OpCode::kSetSlot && !inner.cold) {
      set |= SlotBit(inner.sub);
    }
    stores |= inner.code == OpCode::kStore;
    ++end;
  } while (depth != 0);
  --end;
  if (!cold) {
    KeepTenants(set, n, kNoOp);
    SettlePending(set, stores);
  }
  List* outside = list_;
  List arms[2];
  int arm = 0;
  auto clear = [&] {
    for (Slot slot = 0; slot < kSlotCount; ++slot) {
      if (set & SlotBit(slot)) tenants_[slot].clear();
    }
  };
  list_ = &arms[0];
  for (now_ = n + 1; now_ < end; ++now_) {
    const Op& inner = At(now_);
    if (inner.code == OpCode::kElse) {
      clear();
      list_ = &arms[++arm];
      continue;
    }
    WriteOp(now_);
  }
  clear();
  list_ = outside;
  now_ = end;
  auto block_of = [&](List& list) -> Expression* {
    if (list.size() == 1) return list[0];
    return builder_.makeBlock(list);
  };
  if (arms[0].empty() && arms[1].empty()) return end;
  if (arms[1].empty()) {
    list_->push_back(IfAny(parts, arms[0], rare));
    return end;
  }
  Expression* condition = parts[0];
  for (size_t part = 1; part < parts.size(); ++part) {
    condition = builder_.makeBinary(wasm::OrInt32, condition, parts[part]);
  }
  Expression* otherwise = block_of(arms[1]);
  if (arms[0].empty()) {
    condition = builder_.makeUnary(wasm::EqZInt32, condition);
    list_->push_back(builder_.makeIf(condition, otherwise));
  } else {
    list_->push_back(builder_.makeIf(condition, block_of(arms[0]), otherwise));
  }
  return end;
}

void BlockWriter::SplitCondition(OpId id, List* parts) {
  const Op& op = At(id);
  const OpUse& use = uses_[static_cast<size_t>(id)];
  const Place& place = places_[static_cast<size_t>(id)];
  const bool open = place.kind == Place::kPending && use.hot + use.cold == 1;
  if (!open || op.code != OpCode::kBinary || op.sub != wasm::OrInt32) {
    parts->push_back(Use(id));
    return;
  }
  places_[static_cast<size_t>(id)].kind = Place::kNowhere;
  SplitCondition(op.a, parts);
  SplitCondition(op.b, parts);
}

/// An arm without another. One branch for each part, so that engines need not compute
/// truth values:
///   block over { block arm { br_if arm (part) … br over } the arm }
Expression* BlockWriter::IfAny(const List& parts, const List& arm, bool rare) {
  if (parts.size() == 1) {
    Expression* one = builder_.makeIf(parts[0], arm.size() == 1 ? arm[0] : builder_.makeBlock(arm));
    return rare ? Rarely(one) : one;
  }
  const std::string number = std::to_string(label_count_++);
  const wasm::Name over("o" + number), into("a" + number);
  List tests;
  for (Expression* part : parts) {
    Expression* test = builder_.makeBreak(into, nullptr, part);
    tests.push_back(rare ? Rarely(test) : test);
  }
  tests.push_back(builder_.makeBreak(over));
  List outer{NamedBlock(into, tests)};
  outer.insert(outer.end(), arm.begin(), arm.end());
  return NamedBlock(over, outer);
}

Expression* BlockWriter::NamedBlock(wasm::Name name, const List& list) {
  auto* block = module_.allocator.alloc<wasm::Block>();
  block->name = name;
  block->list.set(list);
  block->type = wasm::Type::none;
  return block;
}

void BlockWriter::KeepTenants(SlotSet slots, int now, OpId but) {
  for (; slots != 0; slots &= slots - 1) {
    const auto slot = static_cast<Slot>(std::countr_zero(slots));
    auto& tenants = tenants_[slot];
    for (OpId tenant : tenants) {
      const OpUse& use = uses_[static_cast<size_t>(tenant)];
      Place& place = places_[static_cast<size_t>(tenant)];
      if (tenant == but || use.last <= now || place.kind != Place::kSlot) continue;
      const wasm::Index local = locals_.Take(At(tenant).type, now, use.last);
      list_->push_back(builder_.makeLocalSet(
          local, builder_.makeLocalGet(locals_.ForSlot(slot), WasmType(SlotType(slot)))));
      place = {Place::kLocal, local, 0};
    }
    if (but == kNoOp || !std::count(tenants.begin(), tenants.end(), but)) {
      tenants.clear();
    }
  }
}

/// Pending values that read these slots (or guest memory) are computed now.
void BlockWriter::SettlePending(SlotSet slots, bool loads) {
  for (size_t n = 0; n < pending_.size();) {
    const OpId id = pending_[n];
    if (places_[static_cast<size_t>(id)].kind != Place::kPending) {
      pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(n));
      continue;
    }
    bool reads_memory = false;
    const SlotSet read = SlotsRead(id, &reads_memory);
    if ((read & slots) != 0 || (loads && reads_memory)) {
      Settle(id);
      n = 0;  // building it has built others
      continue;
    }
    ++n;
  }
}

SlotSet BlockWriter::SlotsRead(OpId id, bool* loads) const {
  const Place& place = places_[static_cast<size_t>(id)];
  if (place.kind == Place::kSlot) return SlotBit(place.slot);
  if (place.kind == Place::kLocal) return 0;
  SlotSet read = 0;
  if (At(id).code == OpCode::kLoad) *loads = true;
  ForEachOperand(At(id), [&](OpId operand) { read |= SlotsRead(operand, loads); });
  return read;
}

}  // namespace elfin::jit
