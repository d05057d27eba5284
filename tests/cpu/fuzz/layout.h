// Where a case's code, data and stack are: at the same addresses for the processor and in the
// guest.
//
//   code   page, page                 read, write, execute; filled with int3, so that every way out
//   traps (hole) data   hole, page, page, hole, read-only page, hole stack  hole, page, hole
#pragma once

#include <array>
#include <cstdint>

#include "runtime/base/types.h"

namespace elfin::fuzz {

inline constexpr uint64_t kCode = 0x0120'0000;
inline constexpr uint64_t kCodeEnd = kCode + 2 * kPageSize;
inline constexpr uint64_t kData = 0x0121'1000;
inline constexpr uint64_t kDataEnd = kData + 2 * kPageSize;
inline constexpr uint64_t kReadOnly = kDataEnd + kPageSize;
inline constexpr uint64_t kReadOnlyEnd = kReadOnly + kPageSize;
inline constexpr uint64_t kStack = 0x0122'1000;
inline constexpr uint64_t kStackEnd = kStack + kPageSize;
/// The guest's decode cache and the end of its memory.
inline constexpr uint64_t kCache = 0x0200'0000;
inline constexpr uint64_t kCacheEnd = 0x0280'0000;

/// gs is the same for all cases; fs is what the C library of this process uses.
inline constexpr uint64_t kGsBase = 0x0000'3211;

struct Zone {
  uint64_t begin, end;
  uint64_t size() const { return end - begin; }
};
/// What cases may change besides registers.
inline constexpr std::array<Zone, 2> kWritable = {{{kData, kDataEnd}, {kStack, kStackEnd}}};
/// Everything with contents of its own, in the order of Pristine().
inline constexpr std::array<Zone, 3> kContents = {
    {{kData, kDataEnd}, {kStack, kStackEnd}, {kReadOnly, kReadOnlyEnd}}};

/// What a zone holds before each case (values that instructions find interesting).
const uint8_t* Pristine(const Zone& zone);

}  // namespace elfin::fuzz
