#include "runtime/cpu/decode_cache.h"

#include <cstring>

#include "decoder/insn_decoder.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/handler.h"
#include "runtime/cpu/handler_table.h"
#include "runtime/cpu/push_window.h"
#include "runtime/cpu/translated_entry.h"
#include "runtime/cpu/translated_map.h"

namespace elfin::cpu {
namespace {

using decoder::DecodeOutcome;
using decoder::kMaxBlockInsns;
using decoder::Mnemonic;

constexpr unsigned kMaxInsnLength = 15;
constexpr size_t kMaxBlockBytes =
    sizeof(GuestBlock) + (kMaxBlockInsns + 1) * sizeof(decoder::GuestInsn);

bool CanFetch(const CpuState& state, uint64_t address) {
  const uint64_t page = address >> kPageShift;
  return page < kPageMapSize && (PageMap(state)[page] & kPageExecute) != 0;
}

void SetFetchFault(CpuState& state, uint64_t address) {
  const uint64_t page = address >> kPageShift;
  const bool present = page < kPageMapSize ? PageMap(state)[page] != 0 : address >= kKernelHalf;
  uint32_t access = kTrapUser | kTrapFetch;
  if (present) access |= kTrapPresent;
  state.trap = {TrapKind::kPageFault, access, address};
}

/// Stands in for the instructions of a stale block: looks the address up anew.
const GuestInsn* StaleInsn(CpuState* state, const GuestInsn* insn) {
  state->budget -= insn->index_in_block;
  const GuestInsn* next = FollowAddress(state, insn->address);
  if (next == nullptr) return nullptr;
  ELFIN_DISPATCH(state, next);
}

void EnterIntoTables(CpuContext& context, GuestBlock* block) {
  GuestBlock** bucket = &context.buckets[CpuContext::BucketOf(block->address)];
  block->next_in_bucket = *bucket;
  *bucket = block;
  GuestBlock** page = &context.pages[CpuContext::PageBucketOf(block->address >> kPageShift)];
  block->next_in_page = *page;
  *page = block;
  ++context.blocks;
}

void Flush(CpuContext& context) {
  std::memset(context.buckets, 0, sizeof(context.buckets));
  std::memset(context.pages, 0, sizeof(context.pages));
  context.next = context.first_block;
  ++context.flushes;
}

/// The pseudo instruction behind the last one of a block that nothing ends.
void PutBlockEnd(GuestInsn* insn, uint64_t address, unsigned count) {
  *insn = GuestInsn{};
  insn->mnemonic = Mnemonic::kBlockEnd;
  insn->address = static_cast<uint32_t>(address);
  insn->index_in_block = static_cast<uint8_t>(count - 1);  // it counts for none itself
  insn->base = insn->index = insn->segment = decoder::kZeroOffset;
  insn->handler = reinterpret_cast<uintptr_t>(HandlerFor(*insn));
}

/// One instruction, its handler included, of which `fetchable` bytes can be fetched.
DecodeOutcome Decode(const CpuState& state, CpuContext& context, uint64_t address,
                     unsigned fetchable, GuestInsn* insn) {
  const auto mode = static_cast<decoder::GuestMode>(state.guest_mode);
  const uint8_t* bytes = HostPointer(state, address);
  const auto at = static_cast<uint32_t>(address);
  // The memo may read so far.
  decoder::InsnMemo* memo = fetchable == kMaxInsnLength ? context.memo : nullptr;
  if (memo != nullptr && memo->Recall(bytes, at, mode, insn)) return DecodeOutcome::kDecoded;
  decoder::InsnEncoding encoding;
  const DecodeOutcome outcome = decoder::DecodeInsn(bytes, fetchable, at, mode, insn, &encoding);
  if (outcome == DecodeOutcome::kNeedsMoreBytes) return outcome;
  insn->handler = reinterpret_cast<uintptr_t>(HandlerFor(*insn));
  if (memo != nullptr) memo->Keep(bytes, mode, *insn, encoding);
  return outcome;
}

GuestBlock* DecodeBlock(CpuState& state, CpuContext& context, uint64_t address) {
  auto* block = reinterpret_cast<GuestBlock*>(context.next);
  GuestInsn* insn = block->insns();
  const uint64_t first_page = address >> kPageShift;
  uint64_t at = address;
  unsigned count = 0;
  bool ended = false;
  while (!ended && count < kMaxBlockInsns && at >> kPageShift == first_page) {
    const unsigned fetchable = FetchableBytes(state, at);
    if (Decode(state, context, at, fetchable, insn) == DecodeOutcome::kNeedsMoreBytes) {
      if (count != 0) break;
      SetFetchFault(state, at + fetchable);
      return nullptr;
    }
    insn->index_in_block = static_cast<uint8_t>(count);
    ended = decoder::ColumnsOf(insn->mnemonic).ends_block;
    at += insn->length;
    ++insn;
    ++count;
  }
  if (!ended) PutBlockEnd(insn++, at, count);
  block->address = static_cast<uint32_t>(address);
  block->end = static_cast<uint32_t>(at);
  block->count = static_cast<uint32_t>(insn - block->insns());
  block->stale = 0;
  context.next = reinterpret_cast<uint8_t*>(insn);
  EnterIntoTables(context, block);
  MarkDecoded(state, address, at);
  ArmDecodedBlock(state, block);
  return block;
}

void RemoveFromBucket(CpuContext& context, GuestBlock* block) {
  GuestBlock** link = &context.buckets[CpuContext::BucketOf(block->address)];
  while (*link != block) link = &(*link)->next_in_bucket;
  *link = block->next_in_bucket;
}

void MakeStale(CpuContext& context, GuestBlock* block) {
  RemoveFromBucket(context, block);
  block->stale = 1;
  for (uint32_t n = 0; n < block->count; ++n) {
    block->insns()[n].handler = reinterpret_cast<uintptr_t>(&StaleInsn);
  }
}

/// Makes stale the blocks that start in `page` and reach into [begin, end).
void InvalidatePage(CpuContext& context, uint64_t page, uint64_t begin, uint64_t end) {
  GuestBlock** link = &context.pages[CpuContext::PageBucketOf(page)];
  while (*link != nullptr) {
    GuestBlock* block = *link;
    if (block->address >> kPageShift == page && block->address < end && block->end > begin) {
      MakeStale(context, block);
      *link = block->next_in_page;
    } else {
      link = &block->next_in_page;
    }
  }
}

}  // namespace

void MarkDecoded(CpuState& state, uint64_t begin, uint64_t end) {
  ForgetPushWindow(state);
  for (uint64_t page = begin >> kPageShift; page <= (end - 1) >> kPageShift; ++page) {
    PageMap(state)[page] |= kPageDecoded;
  }
}

unsigned FetchableBytes(const CpuState& state, uint64_t address) {
  if (!CanFetch(state, address)) return 0;
  const uint64_t left = kPageSize - (address & (kPageSize - 1));
  if (left >= kMaxInsnLength) return kMaxInsnLength;
  return CanFetch(state, address + left) ? kMaxInsnLength : static_cast<unsigned>(left);
}

void ResetDecodeCache(CpuState& state, uint8_t* begin, uint8_t* end) {
  auto* context = reinterpret_cast<CpuContext*>(begin);
  std::memset(static_cast<void*>(context), 0, sizeof(CpuContext));
  context->end = end;
  context->first_block = reinterpret_cast<uint8_t*>(context + 1);
  state.context = reinterpret_cast<uintptr_t>(context);
  Flush(*context);
}

GuestBlock* FindOrDecodeBlock(CpuState& state, uint64_t address) {
  CpuContext& context = ContextOf(state);
  if (GuestBlock* block = FindBlock(context, address)) return block;
  if (!IsCanonical(address)) {
    SetTrap(&state, TrapKind::kGeneralProtection);
    return nullptr;
  }
  if (!CanFetch(state, address)) {
    SetFetchFault(state, address);
    return nullptr;
  }
  if (context.end - context.next < static_cast<ptrdiff_t>(kMaxBlockBytes)) Flush(context);
  return DecodeBlock(state, context, address);
}

GuestBlock* FindOrDecodeQuietly(CpuState& state, uint64_t address) {
  CpuContext& context = ContextOf(state);
  if (GuestBlock* block = FindBlock(context, address)) return block;
  const bool room = context.end - context.next >= static_cast<ptrdiff_t>(kMaxBlockBytes);
  if (!room || !CanFetch(state, address)) return nullptr;
  const TrapInfo trap = state.trap;
  GuestBlock* block = DecodeBlock(state, context, address);
  state.trap = trap;
  return block;
}

void InvalidateBlocks(CpuState& state, uint64_t begin, uint64_t end) {
  CpuContext& context = ContextOf(state);
  bool found = false;
  for (uint64_t page = begin >> kPageShift; page <= (end - 1) >> kPageShift; ++page) {
    if (page >= kPageMapSize || (PageMap(state)[page] & kPageDecoded) == 0) continue;
    found = true;
    // The last instruction of a block may reach over from the page before.
    if (page != 0) InvalidatePage(context, page - 1, begin, end);
    InvalidatePage(context, page, begin, end);
    if (context.translated != nullptr) {
      if (page != 0) RetireInPage(state, page - 1, begin, end);
      RetireInPage(state, page, begin, end);
    }
  }
  if (found) ++state.code_generation;
}

}  // namespace elfin::cpu
