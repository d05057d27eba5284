// What goes into the translator and comes out of it: bytes. All words are little-endian uint32_t.
//
// Written by runtime/cpu (the region) and web/host (slots, batches); read by jit/region.
//
//   batch    : count, then `count` times: slot (of the region's function), region
//   region   : size (bytes, with this word, a multiple of 4)
//              entry (guest address), options (RegionOptions), block count, call count, jump count
//              blocks: {address, end} × block count, ascending by address; ends are exclusive;
//                      blocks may overlap (a jump into the middle of another block)
//              calls:  {target, slot} × call count: slots of the functions that direct calls of the
//                      region go to
//              jumps:  guest addresses × jump count: blocks that indirect jumps of the region have
//                      been seen to go to
//              code:   the bytes of each block in the same order, one behind the other; then zeros
//   answer   : size (bytes, with this word), region count
//              for each region of the batch: slot, guest instructions, entry count,
//                      entries (guest addresses; the first is the region's own).
//                      Entry count 0: it could not be translated.
//              module size (bytes; 0: no region could be translated), the module
#pragma once

#include <cstdint>

namespace elfin::jit {

enum RegionOptions : uint32_t {
  /// Every access looks at its page's permissions, not only at the span.
  kPageChecks = 1,
};

/// Where what is in a region's description, in words.
enum RegionWord : uint32_t {
  kRegionSize,
  kRegionEntry,
  kRegionOptions,
  kRegionBlockCount,
  kRegionCallCount,
  kRegionJumpCount,
  kRegionHeaderWords,
};

/// Bounds of a region. One of 25,000 instructions never got fast in V8 and took 178 MB.
inline constexpr uint32_t kMaxRegionInsns = 1000;
inline constexpr uint32_t kMaxRegionBytes = 64 * 1024;
inline constexpr uint32_t kMaxRegionBlocks = 400;
inline constexpr uint32_t kMaxRegionCalls = 200;
inline constexpr uint32_t kMaxRegionJumps = 100;
inline constexpr uint32_t kMaxRegionEntries = 128;

/// The modules' imports: module "elfin", these names.
///   memory            the process memory
///   table             the cpu's function table
///   <helper>          functions of cpu.wasm by their names (runtime/cpu/translated_helpers.inc)
inline constexpr char kImportModule[] = "elfin";

}  // namespace elfin::jit
