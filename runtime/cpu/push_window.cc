#include "runtime/cpu/push_window.h"

#include <algorithm>

#include "runtime/address_map.h"
#include "runtime/base/types.h"
#include "runtime/cpu/guest_access.h"

namespace elfin::cpu {
namespace {

constexpr unsigned kRsp = 4;
/// How many pages it has on either side of the stack pointer's, at most.
constexpr uint64_t kPagesBelow = 16, kPagesAbove = 8;

bool TakesPushes(const uint8_t* map, uint64_t page) {
  return (map[page] & (kPageWrite | kPageDecoded)) == kPageWrite;
}

}  // namespace

void RefreshPushWindow(CpuState& state) {
  const uint64_t place = state.gpr[kRsp] - 8;
  if (place - state.push_window_begin < state.push_window_size) return;
  const uint64_t page = place >> kPageShift;
  const uint8_t* map = PageMap(state);
  ForgetPushWindow(state);
  if (page >= kPageMapSize || !TakesPushes(map, page)) return;
  uint64_t first = page, last = page;
  const uint64_t lowest = page - std::min(page, kPagesBelow);
  const uint64_t highest = std::min(page + kPagesAbove, kPageMapSize - 1);
  while (first > lowest && TakesPushes(map, first - 1)) --first;
  while (last < highest && TakesPushes(map, last + 1)) ++last;
  state.push_window_begin = first << kPageShift;
  // The last of its eight bytes has to be in it, too.
  state.push_window_size = ((last - first + 1) << kPageShift) - 7;
}

}  // namespace elfin::cpu
