#include "runtime/cpu/region_select.h"

#include <cstring>

#include "runtime/cpu/decode_cache.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/translated_map.h"

namespace elfin::cpu {
namespace {

using decoder::GuestInsn;
using decoder::Mnemonic;
using decoder::OperandKind;

/// Where a block goes on, as far as that can be known without running it.
struct Successors {
  bool has_follower = false;  // the instruction behind the block
  bool has_target = false;
  bool is_call = false;  // the target is another function
  bool is_indirect_jump = false;
  uint32_t follower = 0;
  uint32_t target = 0;
};

bool IsDirect(const GuestInsn& insn) {
  return decoder::FormOperand(insn.form, 0) == OperandKind::kImmediate;
}

/// Through one place in memory, as PLT stubs do: to a function, which has a region of its own.
bool JumpsThroughPointer(const GuestInsn& insn) {
  return decoder::FormOperand(insn.form, 0) == OperandKind::kMemory &&
         insn.base == offsetof(CpuState, zero);
}

Successors SuccessorsOf(const GuestInsn& last) {
  Successors to;
  to.follower = static_cast<uint32_t>(last.next_address());
  switch (last.mnemonic) {
    case Mnemonic::kJmp:
      to.has_target = IsDirect(last);
      to.is_indirect_jump = !to.has_target && !JumpsThroughPointer(last);
      break;
    case Mnemonic::kCall:
      to.has_target = to.is_call = IsDirect(last);
      to.has_follower = true;
      break;
    case Mnemonic::kRet:
    case Mnemonic::kInt:
    case Mnemonic::kInt1:
    case Mnemonic::kInt3:
    case Mnemonic::kHlt:
    case Mnemonic::kInvalid:
    case Mnemonic::kNotImplemented:
    case Mnemonic::kUd0:
    case Mnemonic::kUd1:
    case Mnemonic::kUd2:
      break;
    default:
      // Conditional jumps; and what ends a block but goes on behind it, which has no target.
      to.has_target = IsDirect(last);
      to.has_follower = true;
  }
  if (to.has_target) {
    const auto target = static_cast<uint64_t>(last.immediate);
    to.has_target = target <= UINT32_MAX;
    to.target = static_cast<uint32_t>(target);
  }
  return to;
}

/// An ascending list without repetitions.
template <uint32_t kMax>
struct SortedList {
  uint32_t count = 0;
  uint32_t items[kMax];

  uint32_t PositionOf(uint32_t item) const {
    uint32_t low = 0;
    for (uint32_t high = count; low < high;) {
      const uint32_t middle = (low + high) / 2;
      if (items[middle] < item) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
  bool Has(uint32_t item) const {
    const uint32_t at = PositionOf(item);
    return at < count && items[at] == item;
  }
  void Add(uint32_t item) {
    const uint32_t at = PositionOf(item);
    std::memmove(items + at + 1, items + at, (count - at) * sizeof(uint32_t));
    items[at] = item;
    ++count;
  }
};

class Selection {
 public:
  enum class IndirectJumps { kFollow, kEnd };
  Selection(CpuState& state, IndirectJumps indirect_jumps)
      : state_(state),
        code_(*ContextOf(state).translated),
        follows_jumps_(indirect_jumps == IndirectJumps::kFollow) {}

  bool Select(uint32_t entry) {
    Reach(entry);
    for (uint32_t next = 0; next < queued_; ++next) Visit(queue_[next]);
    return addresses_.count != 0;
  }
  /// Whether it follows an indirect jump, and bounds have kept something out.
  bool IsCutSwitch() const { return is_cut_ && jumps_.count != 0; }

  void Write(uint32_t entry, uint32_t* words) const;

 private:
  GuestBlock* BlockAt(uint32_t address) {
    if (code_.threshold == 0) return FindOrDecodeQuietly(state_, address);
    return FindBlock(ContextOf(state_), address);
  }

  /// Puts an address at the end of the queue, once. What finds no place there is too far away.
  void Reach(uint32_t address) {
    if (seen_.Has(address)) return;
    if (queued_ == jit::kMaxRegionBlocks) {
      is_cut_ = true;
      return;
    }
    seen_.Add(address);
    queue_[queued_++] = address;
  }

  void Visit(uint32_t address) {
    const GuestBlock* block = BlockAt(address);
    if (block == nullptr) return;
    const GuestInsn& last = const_cast<GuestBlock*>(block)->insns()[block->count - 1];
    const uint32_t insns = last.index_in_block + 1u;
    const uint32_t bytes = block->end - block->address;
    if (insns_ + insns > jit::kMaxRegionInsns || bytes_ + bytes > jit::kMaxRegionBytes) {
      is_cut_ = true;
      return;
    }
    const Successors to = SuccessorsOf(last);
    const bool new_call = to.has_target && to.is_call && !calls_.Has(to.target);
    if (new_call && calls_.count == jit::kMaxRegionCalls) return;
    if (new_call) calls_.Add(to.target);
    addresses_.Add(address);
    insns_ += insns;
    bytes_ += bytes;
    if (to.has_target && !to.is_call) Reach(to.target);
    if (to.has_follower) Reach(to.follower);
    if (to.is_indirect_jump && follows_jumps_) {
      ForEachSeenTarget(code_.seen_jumps, static_cast<uint32_t>(last.address),
                        [&](uint32_t target) {
                          if (jumps_.Has(target)) return;
                          if (jumps_.count == jit::kMaxRegionJumps) {
                            is_cut_ = true;
                            return;
                          }
                          jumps_.Add(target);
                          Reach(target);
                        });
    }
  }

  CpuState& state_;
  const TranslatedCode& code_;
  const bool follows_jumps_;
  bool is_cut_ = false;
  uint32_t insns_ = 0;
  uint32_t bytes_ = 0;
  uint32_t queued_ = 0;
  uint32_t queue_[jit::kMaxRegionBlocks];
  SortedList<jit::kMaxRegionBlocks> seen_;
  SortedList<jit::kMaxRegionBlocks> addresses_;
  SortedList<jit::kMaxRegionCalls> calls_;
  SortedList<jit::kMaxRegionJumps> jumps_;
};

void Selection::Write(uint32_t entry, uint32_t* words) const {
  uint32_t* to = words + 1;
  *to++ = entry;
  *to++ = code_.options;
  *to++ = addresses_.count;
  *to++ = calls_.count;
  uint32_t& jump_count = *to++;
  const uint32_t* blocks = to;
  const CpuContext& context = ContextOf(state_);
  for (uint32_t n = 0; n < addresses_.count; ++n) {
    *to++ = addresses_.items[n];
    *to++ = FindBlock(context, addresses_.items[n])->end;
  }
  for (uint32_t n = 0; n < calls_.count; ++n) {
    *to++ = calls_.items[n];
    *to++ = 0;
  }
  jump_count = 0;
  for (uint32_t n = 0; n < jumps_.count; ++n) {
    if (!addresses_.Has(jumps_.items[n])) continue;  // it found no place
    *to++ = jumps_.items[n];
    ++jump_count;
  }
  auto* bytes = reinterpret_cast<uint8_t*>(to);
  for (uint32_t n = 0; n < addresses_.count; ++n) {
    const uint32_t size = blocks[2 * n + 1] - blocks[2 * n];
    std::memcpy(bytes, HostPointer(state_, blocks[2 * n]), size);
    bytes += size;
  }
  while ((bytes - reinterpret_cast<uint8_t*>(words)) % 4 != 0) *bytes++ = 0;
  words[0] = static_cast<uint32_t>(bytes - reinterpret_cast<uint8_t*>(words));
}

}  // namespace

bool SelectRegion(CpuState& state, uint32_t entry, uint32_t buffer[kRegionBufferWords]) {
  const TranslatedCode* code = ContextOf(state).translated;
  if (code == nullptr || FindSlot(*code, entry) != 0) return false;
  Selection selection(state, Selection::IndirectJumps::kFollow);
  if (!selection.Select(entry)) return false;
  if (!selection.IsCutSwitch()) {
    selection.Write(entry, buffer);
    return true;
  }
  // A switch that is too large (CPython's) would end up in parts in all the regions of its
  // function: twice as slow as regions of single cases.
  Selection parts(state, Selection::IndirectJumps::kEnd);
  parts.Select(entry);
  parts.Write(entry, buffer);
  return true;
}

}  // namespace elfin::cpu
