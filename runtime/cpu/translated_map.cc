#include "runtime/cpu/translated_map.h"

#include <cstring>

#include "runtime/base/types.h"
#include "runtime/cpu/guest_access.h"
#include "runtime/cpu/translated_entry.h"

#ifdef __wasm__
extern "C" __attribute__((import_module("host"), import_name("retire"))) void HostRetire(
    uint32_t module);
#endif

namespace elfin::cpu {
namespace {

uint32_t EntryBucket(uint32_t address) {
  return (address ^ address >> 13) % TranslatedCode::kEntryBuckets;
}
uint32_t PageBucket(uint64_t page) {
  return static_cast<uint32_t>(page % TranslatedCode::kPageBuckets);
}

/// An element of a pool; 0: it is full. `kNext` links the free ones.
template <class T, uint32_t kMax, uint32_t T::*kNext>
uint32_t Allocate(T (&pool)[kMax], PoolState& state) {
  if (state.live + 1 >= kMax) return 0;
  ++state.live;
  if (state.first_free == 0) return ++state.used;
  const uint32_t index = state.first_free;
  state.first_free = pool[index].*kNext;
  return index;
}

template <class T, uint32_t kMax, uint32_t T::*kNext>
void Free(T (&pool)[kMax], PoolState& state, uint32_t index) {
  --state.live;
  pool[index].*kNext = state.first_free;
  state.first_free = index;
}

using Code = TranslatedCode;
constexpr auto NewEntry =
    Allocate<TranslatedEntry, Code::kMaxEntries, &TranslatedEntry::next_in_bucket>;
constexpr auto FreeEntry =
    Free<TranslatedEntry, Code::kMaxEntries, &TranslatedEntry::next_in_bucket>;
constexpr auto NewRange = Allocate<CodeRange, Code::kMaxRanges, &CodeRange::next_in_page>;
constexpr auto FreeRange = Free<CodeRange, Code::kMaxRanges, &CodeRange::next_in_page>;
constexpr auto NewModule = Allocate<TranslatedModule, Code::kMaxModules, &TranslatedModule::next>;
constexpr auto FreeModule = Free<TranslatedModule, Code::kMaxModules, &TranslatedModule::next>;

void ForgetInJumpCache(TranslatedCode& code, uint32_t address) {
  const uint32_t index = JumpCacheIndex(address);
  if (code.jump_cache[index].address == address) code.jump_cache[index] = NoJump(index);
}

void PutEntry(CpuState& state, uint32_t module, uint32_t slot, uint32_t address) {
  TranslatedCode& code = *ContextOf(state).translated;
  const uint32_t index = NewEntry(code.entries, code.entry_pool);
  uint32_t& bucket = code.entry_buckets[EntryBucket(address)];
  TranslatedModule& owner = code.modules[module];
  code.entries[index] = {address, slot, module, bucket, owner.first_entry};
  bucket = owner.first_entry = index;
  ForgetInJumpCache(code, address);
  if (GuestBlock* block = FindBlock(ContextOf(state), address)) ArmBlock(state, block);
}

void RemoveEntry(CpuState& state, uint32_t index) {
  TranslatedCode& code = *ContextOf(state).translated;
  TranslatedEntry& entry = code.entries[index];
  uint32_t* link = &code.entry_buckets[EntryBucket(entry.address)];
  while (*link != index) link = &code.entries[*link].next_in_bucket;
  *link = entry.next_in_bucket;
  ForgetInJumpCache(code, entry.address);
  if (GuestBlock* block = FindBlock(ContextOf(state), entry.address)) ArmBlock(state, block);
  FreeEntry(code.entries, code.entry_pool, index);
}

/// A slot is getting another function, which need not know all addresses of the one before: it is
/// the region's that begins at `address`, in a module that lives on. Its entries go.
void ForgetFunction(CpuState& state, uint32_t slot, uint32_t address) {
  TranslatedCode& code = *ContextOf(state).translated;
  uint32_t own = code.entry_buckets[EntryBucket(address)];
  while (own != 0 && (code.entries[own].address != address || code.entries[own].slot != slot)) {
    own = code.entries[own].next_in_bucket;
  }
  if (own == 0) return;
  uint32_t* link = &code.modules[code.entries[own].module].first_entry;
  while (*link != 0) {
    const uint32_t index = *link;
    TranslatedEntry& entry = code.entries[index];
    if (entry.slot == slot) {
      *link = entry.next_in_module;
      RemoveEntry(state, index);
    } else {
      link = &entry.next_in_module;
    }
  }
}

void PutRange(CpuState& state, uint32_t module, uint32_t begin, uint32_t end) {
  TranslatedCode& code = *ContextOf(state).translated;
  const uint32_t index = NewRange(code.ranges, code.range_pool);
  uint32_t& bucket = code.page_buckets[PageBucket(begin >> kPageShift)];
  TranslatedModule& owner = code.modules[module];
  code.ranges[index] = {begin, end, module, bucket, owner.first_range};
  bucket = owner.first_range = index;
  MarkDecoded(state, begin, end);
}

void RemoveRange(TranslatedCode& code, uint32_t index) {
  CodeRange& range = code.ranges[index];
  uint32_t* link = &code.page_buckets[PageBucket(range.begin >> kPageShift)];
  while (*link != index) link = &code.ranges[*link].next_in_page;
  *link = range.next_in_page;
  FreeRange(code.ranges, code.range_pool, index);
}

void UnlinkModule(TranslatedCode& code, uint32_t index) {
  TranslatedModule& module = code.modules[index];
  if (module.previous != 0) code.modules[module.previous].next = module.next;
  if (module.next != 0) code.modules[module.next].previous = module.previous;
  if (code.live_modules == index) code.live_modules = module.next;
  if (code.oldest_module == index) code.oldest_module = module.previous;
  FreeModule(code.modules, code.module_pool, index);
}

void RetireModule(CpuState& state, uint32_t index) {
  TranslatedCode& code = *ContextOf(state).translated;
  TranslatedModule& module = code.modules[index];
  for (uint32_t entry = module.first_entry; entry != 0;) {
    const uint32_t next = code.entries[entry].next_in_module;
    RemoveEntry(state, entry);
    entry = next;
  }
  for (uint32_t range = module.first_range; range != 0;) {
    const uint32_t next = code.ranges[range].next_in_module;
    RemoveRange(code, range);
    range = next;
  }
  UnlinkModule(code, index);
  ++code.counters.retired;
  ++state.code_generation;
#ifdef __wasm__
  HostRetire(index);
#endif
}

bool HasRoom(const TranslatedCode& code, uint32_t entries, uint32_t blocks) {
  return code.entry_pool.live + entries + 1 < TranslatedCode::kMaxEntries &&
         code.range_pool.live + blocks + 1 < TranslatedCode::kMaxRanges;
}

}  // namespace

void ConfigureTranslation(CpuState& state, TranslationMode mode, uint32_t threshold,
                          uint32_t options) {
  CpuContext& context = ContextOf(state);
  constexpr ptrdiff_t kLeastForBlocks = 1 << 20;
  const auto room = context.end - context.next;
  const bool fits = room >= static_cast<ptrdiff_t>(sizeof(TranslatedCode)) + kLeastForBlocks;
  if (mode == TranslationMode::kOff || context.translated != nullptr || !fits) return;
  static_assert(sizeof(CpuContext) % alignof(TranslatedCode) == 0);
  auto* code = reinterpret_cast<TranslatedCode*>(context.next);
  std::memset(static_cast<void*>(code), 0, offsetof(TranslatedCode, entries));
  code->mode = mode;
  code->threshold = threshold;
  code->options = options;
  context.translated = code;
  context.next = context.first_block = reinterpret_cast<uint8_t*>(code + 1);
  code->jump_cache[0] = NoJump(0);  // zeros are right for the others
  state.jump_cache = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(code->jump_cache));
}

void UsePageChecks(CpuState& state) {
  TranslatedCode* code = ContextOf(state).translated;
  if (code == nullptr || (code->options & jit::kPageChecks) != 0) return;
  code->options |= jit::kPageChecks;
  RetireAll(state);
}

uint32_t FindEntry(const TranslatedCode& code, uint32_t address) {
  uint32_t index = code.entry_buckets[EntryBucket(address)];
  while (index != 0 && code.entries[index].address != address) {
    index = code.entries[index].next_in_bucket;
  }
  return index;
}

uint32_t FindSlot(const TranslatedCode& code, uint32_t address) {
  const uint32_t index = FindEntry(code, address);
  return index != 0 ? code.entries[index].slot : 0;
}

uint32_t LookUpSlot(TranslatedCode& code, uint32_t address) {
  JumpCacheEntry& known = code.jump_cache[JumpCacheIndex(address)];
  if (known.address == address && known.slot != 0) return known.slot;
  ++code.counters.lookups;
  const uint32_t slot = FindSlot(code, address);
  if (slot != 0) known = {address, slot};
  return slot;
}

uint32_t BeginModule(CpuState& state) {
  TranslatedCode& code = *ContextOf(state).translated;
  while (code.oldest_module != 0 &&
         !HasRoom(code, TranslatedCode::kMaxEntries / 4, TranslatedCode::kMaxRanges / 4)) {
    RetireModule(state, code.oldest_module);
  }
  uint32_t index = NewModule(code.modules, code.module_pool);
  if (index == 0) {
    RetireModule(state, code.oldest_module);
    index = NewModule(code.modules, code.module_pool);
  }
  code.modules[index] = {0, 0, code.live_modules, 0};
  if (code.live_modules != 0) code.modules[code.live_modules].previous = index;
  code.live_modules = index;
  if (code.oldest_module == 0) code.oldest_module = index;
  return index;
}

bool Expect(CpuState& state, uint32_t address) {
  TranslatedCode& code = *ContextOf(state).translated;
  if (FindEntry(code, address) != 0) return true;
  if (!HasRoom(code, TranslatedCode::kMaxEntries / 2, 0)) return false;
  const uint32_t index = NewEntry(code.entries, code.entry_pool);
  uint32_t& bucket = code.entry_buckets[EntryBucket(address)];
  code.entries[index] = {address, 0, 0, bucket, 0};
  bucket = index;
  if (GuestBlock* block = FindBlock(ContextOf(state), address)) ArmBlock(state, block);
  return true;
}

bool TakeExpected(CpuState& state, uint32_t address) {
  const TranslatedCode& code = *ContextOf(state).translated;
  const uint32_t index = FindEntry(code, address);
  if (index == 0 || code.entries[index].slot != 0) return false;
  RemoveEntry(state, index);
  return true;
}

bool IsRegionCurrent(const CpuState& state, const uint32_t* region) {
  if (region[jit::kRegionOptions] != ContextOf(state).translated->options) return false;
  const uint32_t* blocks = region + jit::kRegionHeaderWords;
  const uint32_t count = region[jit::kRegionBlockCount];
  const auto* code = reinterpret_cast<const uint8_t*>(
      blocks + 2 * (count + region[jit::kRegionCallCount]) + region[jit::kRegionJumpCount]);
  for (uint32_t n = 0; n < count; ++n) {
    const uint32_t begin = blocks[2 * n];
    const uint32_t end = blocks[2 * n + 1];
    const bool fetchable = (PageMap(state)[begin >> kPageShift] & kPageExecute) != 0 &&
                           (PageMap(state)[(end - 1) >> kPageShift] & kPageExecute) != 0;
    if (!fetchable || std::memcmp(HostPointer(state, begin), code, end - begin) != 0) return false;
    code += end - begin;
  }
  return true;
}

bool InstallRegion(CpuState& state, uint32_t module, uint32_t slot, const uint32_t* region,
                   const uint32_t* entries, uint32_t entry_count) {
  TranslatedCode& code = *ContextOf(state).translated;
  const uint32_t count = region[jit::kRegionBlockCount];
  if (!HasRoom(code, entry_count, count)) {
    RetireModule(state, module);
    return false;
  }
  // Blocks ascend; neighbours in one page become one range.
  const uint32_t* blocks = region + jit::kRegionHeaderWords;
  for (uint32_t n = 0; n < count;) {
    const uint32_t begin = blocks[2 * n];
    uint32_t end = blocks[2 * n + 1];
    for (++n; n < count; ++n) {
      const uint32_t next = blocks[2 * n];
      if (next > end || next >> kPageShift != begin >> kPageShift) break;
      if (blocks[2 * n + 1] > end) end = blocks[2 * n + 1];
    }
    PutRange(state, module, begin, end);
  }
  if (entry_count != 0) ForgetFunction(state, slot, entries[0]);
  // The region's own entry comes before those that others have there; further entries don't.
  for (uint32_t n = 0; n < entry_count; ++n) {
    if (n == 0 || FindSlot(code, entries[n]) == 0) PutEntry(state, module, slot, entries[n]);
  }
  ++code.counters.regions;
  return true;
}

void RetireInPage(CpuState& state, uint64_t page, uint64_t begin, uint64_t end) {
  TranslatedCode& code = *ContextOf(state).translated;
  uint32_t index = code.page_buckets[PageBucket(page)];
  while (index != 0) {
    const CodeRange& range = code.ranges[index];
    if (range.begin >> kPageShift == page && range.begin < end && range.end > begin) {
      RetireModule(state, range.module);
      index = code.page_buckets[PageBucket(page)];  // its other ranges may have been in the list
    } else {
      index = range.next_in_page;
    }
  }
}

void RetireAll(CpuState& state) {
  TranslatedCode& code = *ContextOf(state).translated;
  while (code.live_modules != 0) RetireModule(state, code.live_modules);
}

}  // namespace elfin::cpu
