// What leads out of a translated function and back: calls, jumps through the cache, returns.
#include "jit/emit/cpu_functions.h"
#include "jit/region/function_writer.h"
#include "jit/region/switch_hash.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::jit {

using wasm::Expression;

wasm::Expression* FunctionWriter::StackLeftForCallee() {
  auto* size = builder_.makeConst(wasm::Literal(int32_t{0}));
  frame_sizes_.push_back(size);
  return builder_.makeBinary(wasm::SubInt32, Get32(Locals::kStackLeft), size);
}

Expression* FunctionWriter::CallTarget(Expression* slot, Expression* address, bool is_return) {
  const wasm::Type i32 = wasm::Type::i32;
  Expression* left = is_return ? Get32(Locals::kStackLeft) : StackLeftForCallee();
  std::vector<Expression*> arguments{Get32(Locals::kState), address, left};
  return builder_.makeCallIndirect(names_.table, slot, arguments,
                                   wasm::HeapType(wasm::Signature({i32, i32, i32}, i32)),
                                   is_return);
}

void FunctionWriter::WriteCall(const RegionBlock& block, const FlowNode& node, List* list) {
  const bool direct = block.ending == Ending::kCall;
  const wasm::Index target = locals_.Next();
  if (!direct) {
    list->push_back(
        builder_.makeLocalSet(target, builder_.makeUnary(wasm::WrapInt64, block_writer_.Value())));
  }
  StoreEnd(block, list);
  auto address = [&]() -> Expression* {
    return direct ? Const32(block.taken.address) : Get32(target);
  };
  // Too deep, or the time slice is over: all unwinds, the dispatcher goes on at the target.
  Expression* budget = builder_.makeUnary(
      wasm::WrapInt64,
      builder_.makeBinary(wasm::ShrSInt64, Get(locals_.ForSlot(kBudgetSlot), wasm::Type::i64),
                          builder_.makeConst(wasm::Literal(int64_t{32}))));
  Expression* either = builder_.makeBinary(wasm::OrInt32, budget, Get32(Locals::kStackLeft));
  Expression* stop =
      builder_.makeBinary(wasm::LtSInt32, either, builder_.makeConst(wasm::Literal(int32_t{0})));
  list->push_back(block_writer_.Rarely(builder_.makeIf(stop, Return(address()))));

  Expression* call = nullptr;
  if (direct) {
    const wasm::Name function = names_.FunctionAt(block.taken.address);
    if (function.is()) {
      std::vector<Expression*> arguments{Get32(Locals::kState), address(), StackLeftForCallee()};
      call = builder_.makeCall(function, arguments, wasm::Type::i32);
    } else if (const uint32_t slot = graph_.SlotOfCall(block.taken.address); slot != 0) {
      call = CallTarget(Const32(slot), address(), false);
    } else {
      list->push_back(Return(address()));
      return;
    }
  } else {
    const wasm::Index entry = locals_.Result();
    list->push_back(builder_.makeLocalSet(entry, CacheEntry(target)));
    Expression* miss = builder_.makeBinary(wasm::NeInt32, JumpCacheField(entry, 0), address());
    list->push_back(block_writer_.Rarely(builder_.makeIf(miss, Return(address()))));
    call = CallTarget(JumpCacheField(entry, 4), address(), false);
  }
  list->push_back(builder_.makeLocalSet(locals_.Result(), call));
  WriteReturnPoint(block, node, list);
}

void FunctionWriter::WriteReturnPoint(const RegionBlock& block, const FlowNode& node, List* list) {
  Expression* elsewhere = builder_.makeBinary(wasm::NeInt32, Get32(locals_.Result()),
                                              Const32(block.fallthrough.address));
  list->push_back(
      block_writer_.Rarely(builder_.makeIf(elsewhere, Return(Get32(locals_.Result())))));
  if (block.fallthrough.block < 0) {
    // The region ends here, but not its function: whoever called it is on the engine's stack.
    LoadSlots(SlotBit(kBudgetSlot), list);
    list->push_back(builder_.makeLocalSet(locals_.Next(), Get32(locals_.Result())));
    return WriteTailJump(list);
  }
  const RegionBlock& next = graph_.blocks[static_cast<size_t>(block.fallthrough.block)];
  if (!next.loads_itself) LoadSlots(next.live_in, list);
  if (IsBack(current_, node.edges[0].node)) {
    if (next.loads_itself) LoadSlots(SlotBit(kBudgetSlot), list);
    WriteBudgetCheck(block.fallthrough.address, 0, {}, list);
  }
  WriteEdge(node.edges[0], 0, list);
}

Expression* FunctionWriter::CacheEntry(wasm::Index address) {
  Expression* high = builder_.makeBinary(wasm::ShrUInt32, Get32(address), Const32(14));
  Expression* mixed = builder_.makeBinary(wasm::XorInt32, Get32(address), high);
  Expression* index = builder_.makeBinary(wasm::AndInt32, mixed, Const32(cpu::kJumpCacheSize - 1));
  Expression* offset = builder_.makeBinary(wasm::ShlInt32, index, Const32(3));
  Expression* cache = builder_.makeLoad(4, false, offsetof(cpu::CpuState, jump_cache), 1,
                                        Get32(Locals::kState), wasm::Type::i32, names_.memory);
  return builder_.makeBinary(wasm::AddInt32, cache, offset);
}

Expression* FunctionWriter::JumpCacheField(wasm::Index entry, unsigned offset) {
  return builder_.makeLoad(4, false, offset, 1, Get32(entry), wasm::Type::i32, names_.memory);
}

/// To the address in Locals::Next, all slots stored: to its function where it is known and there is
/// time left, otherwise by the dispatcher.
void FunctionWriter::WriteTailJump(List* list) {
  const wasm::Index target = locals_.Next();
  const wasm::Index entry = locals_.Result();
  list->push_back(builder_.makeLocalSet(entry, CacheEntry(target)));
  Expression* miss = builder_.makeBinary(wasm::NeInt32, JumpCacheField(entry, 0), Get32(target));
  Expression* budget =
      builder_.makeBinary(wasm::LtSInt64, Get(locals_.ForSlot(kBudgetSlot), wasm::Type::i64),
                          builder_.makeConst(wasm::Literal(int64_t{0})));
  list->push_back(
      builder_.makeIf(builder_.makeBinary(wasm::OrInt32, miss, budget), Return(Get32(target))));
  list->push_back(CallTarget(JumpCacheField(entry, 4), Get32(target), true));
}

void FunctionWriter::WriteIndirectJump(const RegionBlock& block, const FlowNode& node,
                                       int64_t charge, List* list) {
  Expression* target = builder_.makeUnary(wasm::WrapInt64, block_writer_.Value());
  list->push_back(builder_.makeLocalSet(locals_.Next(), target));
  if (block.taken.block >= 0) {
    size_t edge = 0;
    return WriteWay(block, MakeWay(block.taken, node, &edge), charge, list);
  }
  block_writer_.WriteCharge(charge, list);
  StoreEnd(block, list);
  WriteTailJump(list);
}

/// To the target that Locals::Next names; any other address leaves the region.
///
///   block $s1 { block $s0 { br_table (hash of next) $s0 $s1 $leave … }  bucket 0  }  bucket 1 …
///   bucket:  if next = target { way } …  br $leave
void FunctionWriter::WriteSwitch(const RegionBlock& block, const FlowNode& node, List* list) {
  const wasm::Name leave = LabelFor(Kind::kGoOn, block.dirty_end);
  std::vector<uint32_t> addresses;
  for (const Target& target : block.targets) addresses.push_back(target.address);
  const SwitchHash hash = FindSwitchHash(addresses);
  std::vector<List> buckets(hash.BucketCount());
  // All of them first: a way may have other blocks written within it.
  std::vector<Way> ways;
  size_t edge = 0;
  for (const Target& target : block.targets) ways.push_back(MakeWay(target, node, &edge));
  for (size_t n = 0; n < ways.size(); ++n) {
    const Target& target = block.targets[n];
    List way;
    WriteWay(block, std::move(ways[n]), 0, &way);
    Expression* is_it =
        builder_.makeBinary(wasm::EqInt32, Get32(locals_.Next()), Const32(target.address));
    buckets[hash.BucketOf(target.address)].push_back(builder_.makeIf(is_it, BlockOf(way)));
  }
  std::vector<wasm::Name> labels;
  for (size_t n = 0; n < buckets.size(); ++n) {
    labels.push_back(buckets[n].empty() ? leave : NumberedName("s", n));
  }
  Expression* product =
      builder_.makeBinary(wasm::MulInt32, Get32(locals_.Next()), Const32(hash.multiplier));
  Expression* bucket = builder_.makeBinary(wasm::ShrUInt32, product, Const32(hash.shift));
  List inner{builder_.makeSwitch(labels, leave, bucket)};
  for (size_t n = 0; n < buckets.size(); ++n) {
    if (buckets[n].empty()) continue;
    List outer{block_writer_.NamedBlock(labels[n], inner)};
    outer.insert(outer.end(), buckets[n].begin(), buckets[n].end());
    outer.push_back(builder_.makeBreak(leave));
    inner = std::move(outer);
  }
  list->insert(list->end(), inner.begin(), inner.end());
}

void FunctionWriter::WriteReturn(const RegionBlock& block, List* list) {
  Expression* target = builder_.makeUnary(wasm::WrapInt64, block_writer_.Value());
  list->push_back(builder_.makeLocalSet(locals_.Next(), target));
  StoreEnd(block, list);
  list->push_back(Return(Get32(locals_.Next())));
}

}  // namespace elfin::jit
