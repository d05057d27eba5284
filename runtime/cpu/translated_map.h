// Which translated code there is: guest address → slot in the function table, what bytes it was
// made of, and how it is dropped. One for each process that is translated, in front of the decode
// cache's blocks.
//
//   module   what is instantiated at once and dropped at once: its functions call each other
//   region   one function of a module, in one slot, with one or more entries (guest addresses)
//
//   bytes change → RetireInPage → the module leaves this map, the jump cache and the blocks' first
//   handlers → the host is told (HostRetire) and puts cpu_unresolved into the module's slots
//
// Translated code is never on the stack when it is dropped (translated_code.h). All links are
// indices; 0 is none.
#pragma once

#include <cstdint>

#include "jit/region/translation_request.h"
#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/decode_cache.h"
#include "runtime/cpu/seen_jumps.h"
#include "runtime/cpu/translated_code.h"

namespace elfin::cpu {

enum class TranslationMode : uint32_t {
  kOff = 0,
  kAsynchronous = 1,  // requests are collected for the host; the guest goes on meanwhile
  kSynchronous = 2,   // ExitReason::kTranslate
};

/// For --stats; web/host reads them as an array of u64 (docs/binary-interfaces.md).
struct TranslationCounters {
  uint64_t instructions;             // all that the guest retired
  uint64_t translated_instructions;  // of these, in translated code
  uint64_t entries;                  // from the dispatcher into translated code
  uint64_t exits_to_address;         // … and back, to another address
  uint64_t exits_to_interpreter;     // … for an instruction that is only interpreted
  uint64_t exits_for_budget;
  uint64_t lookups;   // of this map, which the jump cache did not know
  uint64_t requests;  // blocks that asked for their translation
  uint64_t regions;   // installed
  uint64_t retired;   // modules dropped
};

struct TranslatedEntry {
  uint32_t address;
  uint32_t slot;  // 0: expected (Expect); it belongs to no module
  uint32_t module;
  uint32_t next_in_bucket;
  uint32_t next_in_module;
};

/// Bytes that a module was made of; all start in one page.
struct CodeRange {
  uint32_t begin;
  uint32_t end;
  uint32_t module;
  uint32_t next_in_page;
  uint32_t next_in_module;
};

struct TranslatedModule {
  uint32_t first_entry;
  uint32_t first_range;
  uint32_t next;  // of the live ones, or of the free ones
  uint32_t previous;
};

struct PoolState {
  uint32_t live;        // in use now
  uint32_t used;        // the first so many were ever in use
  uint32_t first_free;  // of those
};

struct TranslatedCode {
  static constexpr uint32_t kMaxRequests = 256;
  static constexpr uint32_t kExpectedRuns = 2;
  static constexpr uint32_t kMaxEntries = 1u << 15;
  static constexpr uint32_t kMaxRanges = 1u << 15;
  static constexpr uint32_t kMaxModules = 1u << 14;
  static constexpr uint32_t kEntryBuckets = 1u << 13;
  static constexpr uint32_t kPageBuckets = 1u << 10;

  TranslationMode mode;
  uint32_t threshold;
  uint32_t options;  // jit::RegionOptions of every region from now on
  uint32_t request_count;
  uint32_t requests_taken;
  uint32_t requests[kMaxRequests];
  uintptr_t next_handler;  // between RunTranslated and its caller
  TranslationCounters counters;

  PoolState entry_pool;
  PoolState range_pool;
  PoolState module_pool;
  uint32_t live_modules;  // a list, the newest first
  uint32_t oldest_module;
  uint32_t entry_buckets[kEntryBuckets];
  uint32_t page_buckets[kPageBuckets];
  JumpCacheEntry jump_cache[kJumpCacheSize];
  SeenJumps seen_jumps;
  // Not cleared at the start, so untouched memory stays so.
  TranslatedEntry entries[kMaxEntries];
  CodeRange ranges[kMaxRanges];
  TranslatedModule modules[kMaxModules];
};

/// Makes room for a process's translated code; a no-op for kOff. Call right after ResetCpu, before
/// anything is decoded. A cache range that is too small leaves the process interpreted.
void ConfigureTranslation(CpuState& state, TranslationMode mode, uint32_t threshold,
                          uint32_t options);

/// From now on all accesses of translated code look at the page map; what was translated without
/// is dropped.
void UsePageChecks(CpuState& state);

/// The index of the newest entry for an address; 0: none.
uint32_t FindEntry(const TranslatedCode& code, uint32_t address);
/// The slot of the code for an address, by the map; 0: none.
uint32_t FindSlot(const TranslatedCode& code, uint32_t address);
/// The same, by the jump cache first, which then knows it.
uint32_t LookUpSlot(TranslatedCode& code, uint32_t address);

/// Opens a module. As long as there is no room for it, the oldest one is retired.
uint32_t BeginModule(CpuState& state);

/// Whether a region (in the format of jit/region/translation_request.h) is still right: its bytes
/// are what memory holds, all executable, its options those of the process.
bool IsRegionCurrent(const CpuState& state, const uint32_t* region);

/// Enters a region of a module: `entries` (guest addresses) lead to `slot` from now on; the first
/// is the region's own. What an earlier function of the slot could be entered at, and this one
/// can't, leads nowhere any more. False: there is no room; the whole module has been retired.
bool InstallRegion(CpuState& state, uint32_t module, uint32_t slot, const uint32_t* region,
                   const uint32_t* entries, uint32_t entry_count);

/// The host has kept a translation for `address`: the block there asks for it when it has run
/// kExpectedRuns times, by kTranslate in every mode; once, then it counts as any other does. False:
/// there is no room.
bool Expect(CpuState& state, uint32_t address);
/// Whether an address is expected; from now on it is not.
bool TakeExpected(CpuState& state, uint32_t address);

/// Retires the modules with ranges that start in `page` and reach into [begin, end).
void RetireInPage(CpuState& state, uint64_t page, uint64_t begin, uint64_t end);
void RetireAll(CpuState& state);

}  // namespace elfin::cpu
