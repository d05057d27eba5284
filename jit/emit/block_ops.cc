#include "jit/emit/block_ops.h"

#include <algorithm>
#include <bit>

#include <wasm.h>
#include "runtime/address_map.h"
#include "runtime/base/types.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::jit {
namespace {

/// The base of addresses that are known numbers.
constexpr OpId kAbsolute = -2;

uint32_t HashOf(const Op& op) {
  uint64_t hash = static_cast<uint64_t>(op.code) << 16 | op.sub;
  for (uint64_t part : {static_cast<uint64_t>(static_cast<uint32_t>(op.a)),
                        static_cast<uint64_t>(static_cast<uint32_t>(op.b)),
                        static_cast<uint64_t>(static_cast<uint32_t>(op.c)), op.imm, op.imm2,
                        static_cast<uint64_t>(op.type)}) {
    hash = (hash ^ part) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return static_cast<uint32_t>(hash);
}

bool Same(const Op& x, const Op& y) {
  return x.code == y.code && x.type == y.type && x.sub == y.sub && x.a == y.a && x.b == y.b &&
         x.c == y.c && x.imm == y.imm && x.imm2 == y.imm2;
}

/// Two constants by the operations that addresses and masks are made of.
bool FoldBinary(uint16_t op, uint64_t a, uint64_t b, uint64_t* result) {
  using namespace wasm;
  switch (op) {
    case AddInt64:
      *result = a + b;
      return true;
    case AddInt32:
      *result = static_cast<uint32_t>(a + b);
      return true;
    case SubInt64:
      *result = a - b;
      return true;
    case SubInt32:
      *result = static_cast<uint32_t>(a - b);
      return true;
    case AndInt64:
    case AndInt32:
      *result = a & b;
      return true;
    case OrInt64:
    case OrInt32:
      *result = a | b;
      return true;
    case XorInt64:
    case XorInt32:
      *result = a ^ b;
      return true;
    case ShlInt64:
      *result = a << (b & 63);
      return true;
    case ShlInt32:
      *result = static_cast<uint32_t>(a << (b & 31));
      return true;
    case ShrUInt64:
      *result = a >> (b & 63);
      return true;
    case ShrUInt32:
      *result = a >> (b & 31);
      return true;
    case EqInt32:
    case EqInt64:
      *result = a == b;
      return true;
    case NeInt32:
    case NeInt64:
      *result = a != b;
      return true;
    default:
      return false;
  }
}

/// Whether x op 0 = x.
bool ZeroIsNeutral(uint16_t op) {
  using namespace wasm;
  switch (op) {
    case AddInt32:
    case AddInt64:
    case SubInt32:
    case SubInt64:
    case OrInt32:
    case OrInt64:
    case XorInt32:
    case XorInt64:
    case ShlInt32:
    case ShlInt64:
    case ShrUInt32:
    case ShrUInt64:
    case ShrSInt32:
    case ShrSInt64:
      return true;
    default:
      return false;
  }
}

}  // namespace

OpId BlockOps::Append(const Op& op) {
  ops_.push_back(op);
  ops_.back().scope = scope_;
  ops_.back().cold =
      std::any_of(arms_.begin(), arms_.end(), [](const OpenArm& arm) { return arm.cold; });
  return static_cast<OpId>(ops_.size() - 1);
}

OpId BlockOps::Root(const Op& op) { return Append(op); }

bool BlockOps::InScope(uint32_t scope) const {
  if (scope == 0 || scope == scope_) return true;
  return std::any_of(arms_.begin(), arms_.end(),
                     [&](const OpenArm& arm) { return arm.scope == scope; });
}

OpId BlockOps::Pure(const Op& op) {
  int32_t& entry = share_[HashOf(op) % kShareSize];
  if (entry != kNoOp && static_cast<size_t>(entry) < ops_.size() && Same(At(entry), op) &&
      InScope(At(entry).scope)) {
    return entry;
  }
  return entry = Append(op);
}

OpId BlockOps::Const(Type type, uint64_t number) {
  Op op{OpCode::kConst, type};
  op.imm = type == Type::kI32 ? static_cast<uint32_t>(number) : number;
  op.bits = static_cast<uint8_t>(std::max(1, 64 - std::countl_zero(op.imm)));
  return Pure(op);
}

OpId BlockOps::VectorConst(uint64_t low, uint64_t high) {
  Op op{OpCode::kConst, Type::kV128};
  op.imm = low;
  op.imm2 = high;
  return Pure(op);
}

OpId BlockOps::Unary(Type type, uint16_t sub, OpId a) {
  using namespace wasm;
  const Op& value = At(a);
  if (value.code == OpCode::kConst && value.type != Type::kV128) {
    const uint64_t number = value.imm;
    switch (sub) {
      case ExtendUInt32:
        return Const(type, number);
      case WrapInt64:
        return Const(type, static_cast<uint32_t>(number));
      case ExtendSInt32:
        return Const(type,
                     static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(number))));
      case EqZInt32:
      case EqZInt64:
        return Const(type, number == 0);
      default:
        break;
    }
  }
  if (sub == WrapInt64 && value.code == OpCode::kUnary &&
      (value.sub == ExtendUInt32 || value.sub == ExtendSInt32)) {
    return value.a;
  }
  Op op{OpCode::kUnary, type};
  op.sub = sub;
  op.a = a;
  return Pure(op);
}

OpId BlockOps::Binary(Type type, uint16_t sub, OpId a, OpId b) {
  using namespace wasm;
  if (IsConst(a) && IsConst(b) && At(a).type != Type::kV128) {
    uint64_t result;
    if (FoldBinary(sub, At(a).imm, At(b).imm, &result)) return Const(type, result);
  }
  if (IsConst(b, 0) && ZeroIsNeutral(sub)) return a;
  if (sub == OrVec128 && IsConst(b, 0) && At(b).imm2 == 0) return a;
  if (sub == OrVec128 && IsConst(a, 0) && At(a).imm2 == 0) return b;
  if (IsConst(a, 0) && (sub == AddInt64 || sub == AddInt32 || sub == OrInt64 || sub == OrInt32)) {
    return b;
  }
  if (a == b && sub == XorVec128) return VectorConst(0, 0);
  if (a == b && (sub == XorInt64 || sub == XorInt32 || sub == SubInt64 || sub == SubInt32)) {
    return Const(type, 0);
  }
  if (a == b && (sub == AndInt64 || sub == AndInt32 || sub == OrInt64 || sub == OrInt32)) return a;
  // (x + c) + d, so that addresses off one base are seen as such.
  if (sub == AddInt64 && IsConst(b) && At(a).code == OpCode::kBinary && At(a).sub == AddInt64 &&
      IsConst(At(a).b)) {
    return Binary(type, sub, At(a).a, Const(type, At(At(a).b).imm + At(b).imm));
  }
  if (sub == SubInt64 && IsConst(b)) return Binary(type, AddInt64, a, Const(type, -At(b).imm));
  Op op{OpCode::kBinary, type};
  op.sub = sub;
  op.a = a;
  op.b = b;
  return Pure(op);
}

OpId BlockOps::GetSlot(Slot slot) {
  OpId& value = slot_value_[slot];
  if (value == kNoOp) {
    Op op{OpCode::kGetSlot, SlotType(slot)};
    op.sub = slot;
    value = Append(op);
  }
  return value;
}

void BlockOps::SetSlot(Slot slot, OpId value) {
  Op op{OpCode::kSetSlot};
  op.sub = slot;
  op.a = value;
  Append(op);
  slot_value_[slot] = value;
  for (OpenArm& arm : arms_) arm.set |= SlotBit(slot);
}

OpId BlockOps::StateLoad(unsigned offset, unsigned bytes) {
  Op op{OpCode::kStateLoad, bytes == 16 ? Type::kV128 : bytes == 8 ? Type::kI64 : Type::kI32};
  op.bits = bytes < 4 ? static_cast<uint8_t>(8 * bytes) : 0;
  op.sub = static_cast<uint16_t>(bytes);
  op.imm = offset;
  return Append(op);
}

void BlockOps::StateStore(unsigned offset, unsigned bytes, OpId value) {
  Op op{OpCode::kStateStore};
  op.sub = static_cast<uint16_t>(bytes);
  op.imm = offset;
  op.a = value;
  Append(op);
}

void BlockOps::If(OpId condition, Arm arm) {
  Op op{OpCode::kIf};
  op.a = condition;
  op.sub = static_cast<uint16_t>(arm);
  Append(op);
  arms_.push_back({next_scope_, slot_value_, 0, checks_.size(), arm == Arm::kLeaves});
  scope_ = next_scope_++;
}

void BlockOps::Else() {
  OpenArm& arm = arms_.back();
  Op op{OpCode::kElse};
  Append(op);
  slot_value_ = arm.before;
  checks_.resize(arm.checks);
  arm.scope = scope_ = next_scope_++;
}

void BlockOps::End() {
  const OpenArm arm = arms_.back();
  arms_.pop_back();
  scope_ = arms_.empty() ? 0 : arms_.back().scope;
  Append({OpCode::kEnd});
  slot_value_ = arm.before;
  checks_.resize(std::min(checks_.size(), arm.checks));
  if (arm.cold) return;
  for (Slot slot = 0; slot < kSlotCount; ++slot) {
    if (arm.set & SlotBit(slot)) slot_value_[slot] = kNoOp;
  }
}

void BlockOps::Split(OpId address, OpId* base, int64_t* displacement) const {
  const Op& op = At(address);
  *base = address;
  *displacement = 0;
  if (op.code == OpCode::kBinary && op.sub == wasm::AddInt64 && IsConst(op.b)) {
    *base = op.a;
    *displacement = static_cast<int64_t>(At(op.b).imm);
  } else if (op.code == OpCode::kConst) {
    *base = kAbsolute;
    *displacement = static_cast<int64_t>(op.imm);
  }
}

BlockOps::Check_* BlockOps::FindCheck(OpId base, int64_t displacement, unsigned bytes) {
  for (size_t n = checks_.size(); n-- > 0;) {
    Check_& check = checks_[n];
    if (check.base != base) continue;
    const int64_t low = std::min(check.low, displacement);
    const int64_t high = std::max(check.high, displacement + static_cast<int64_t>(bytes));
    if (high - low <= cpu::kSpanSlack) return &check;
  }
  return nullptr;
}

OpId BlockOps::IsOutsidePushWindow(OpId address) {
  const OpId begin = StateLoad(offsetof(cpu::CpuState, push_window_begin), 8);
  const OpId size = StateLoad(offsetof(cpu::CpuState, push_window_size), 8);
  return Binary(Type::kI32, wasm::GeUInt64, Binary(Type::kI64, wasm::SubInt64, address, begin),
                size);
}

OpId BlockOps::CheckCondition(OpId address, unsigned bytes, semantics::Access access,
                              Exactness exactness) {
  const bool by_window = exactness == Exactness::kPushWindow && !page_checks_;
  OpId base;
  int64_t displacement;
  Split(address, &base, &displacement);
  if (!page_checks_ && !by_window) {
    if (Check_* check = FindCheck(base, displacement, bytes)) {
      // A lower displacement than before: the check that was emitted then looks at the lower one.
      check->low = std::min(check->low, displacement);
      check->high = std::max(check->high, displacement + static_cast<int64_t>(bytes));
      ops_[static_cast<size_t>(check->op)].imm = static_cast<uint64_t>(check->low);
      return kNoOp;
    }
  }
  Op op{OpCode::kCheckedBase, Type::kI64};
  op.a = base == kAbsolute ? Const(Type::kI64, 0) : base;
  op.imm = static_cast<uint64_t>(displacement);
  const OpId offset = Append(op);
  checks_.push_back({base, offset, displacement, displacement + bytes, scope_});
  if (by_window) return IsOutsidePushWindow(address);
  Op span{OpCode::kSpan, Type::kI64};
  OpId failed = Binary(Type::kI32, wasm::GeUInt64, offset, Pure(span));
  if (!page_checks_) return failed;
  Op flags{OpCode::kPageFlags, Type::kI32};
  flags.a = offset;
  OpId page = Append(flags);
  const bool write = access != semantics::Access::kRead;
  if (write) {
    auto mask = Const(Type::kI32, kPageWrite | kPageDecoded);
    auto wrong = Binary(Type::kI32, wasm::NeInt32, Binary(Type::kI32, wasm::AndInt32, page, mask),
                        Const(Type::kI32, kPageWrite));
    failed = Binary(Type::kI32, wasm::OrInt32, failed, wrong);
  } else {
    auto mask = Const(Type::kI32, kPageRead | kPageWrite | kPageExecute);
    auto wrong = Unary(Type::kI32, wasm::EqZInt32, Binary(Type::kI32, wasm::AndInt32, page, mask));
    failed = Binary(Type::kI32, wasm::OrInt32, failed, wrong);
  }
  if (bytes > 1) {
    auto in_page = Binary(Type::kI32, wasm::AndInt32, Unary(Type::kI32, wasm::WrapInt64, address),
                          Const(Type::kI32, kPageSize - 1));
    auto crosses =
        Binary(Type::kI32, wasm::GtUInt32, in_page, Const(Type::kI32, kPageSize - bytes));
    failed = Binary(Type::kI32, wasm::OrInt32, failed, crosses);
  }
  return failed;
}

bool BlockOps::IsChecked(OpId address, unsigned bytes) {
  OpId base;
  int64_t displacement;
  Split(address, &base, &displacement);
  return FindCheck(base, displacement, bytes) != nullptr;
}

OpId BlockOps::Load(Type type, uint16_t kind, OpId address, unsigned bytes) {
  OpId base;
  int64_t displacement;
  Split(address, &base, &displacement);
  const Check_* check = FindCheck(base, displacement, bytes);
  Op op{OpCode::kLoad, type};
  op.bits = bytes < 4 && (kind & 0x100) == 0 ? static_cast<uint8_t>(8 * bytes) : 0;
  op.sub = kind;
  op.a = check->op;
  op.imm = static_cast<uint64_t>(displacement);
  return Append(op);
}

OpId BlockOps::LoadAs(Type type, OpId load) {
  Op op = At(load);
  op.type = type;
  op.bits = 0;
  return Append(op);
}

bool BlockOps::Holds(OpId condition) const {
  return IsConst(condition, 1) || std::count(holds_.begin(), holds_.end(), condition) != 0;
}

void BlockOps::Store(OpId address, unsigned bytes, OpId value) {
  OpId base;
  int64_t displacement;
  Split(address, &base, &displacement);
  const Check_* check = FindCheck(base, displacement, bytes);
  Op op{OpCode::kStore};
  op.sub = static_cast<uint16_t>(bytes);
  op.a = check->op;
  op.b = value;
  op.imm = static_cast<uint64_t>(displacement);
  Append(op);
}

void BlockOps::TakeBack(const Mark& mark) {
  ops_.resize(mark.size);
  slot_value_ = mark.slot_value;
  checks_.resize(mark.checks);
  holds_.resize(mark.holds);
  arms_.clear();
  scope_ = 0;
}

}  // namespace elfin::jit
