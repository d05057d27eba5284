// The list of areas: look-up, splitting, merging, free ranges.
#include <algorithm>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_mappings.h"

namespace elfin::memory {

namespace {

bool CanMerge(const Area& left, const Area& right) {
  return left.end == right.start && left.protection == right.protection &&
         left.maximum_protection == right.maximum_protection && left.sharing == right.sharing &&
         left.kind == right.kind && left.locked == right.locked &&
         left.grows_down == right.grows_down && left.file == right.file &&
         left.shared == right.shared && left.backed_end == left.end &&
         ((left.file == nullptr && left.shared == nullptr) ||
          left.file_offset + left.size() == right.file_offset);
}

bool Overlaps(uint64_t start, uint64_t end, uint64_t other_start, uint64_t other_end) {
  return start < other_end && other_start < end;
}

}  // namespace

const Area* AddressSpace::Find(uint64_t address) const {
  auto next = areas_.upper_bound(address);
  if (next == areas_.begin()) return nullptr;
  const Area& area = std::prev(next)->second;
  return address < area.end ? &area : nullptr;
}

/// The first area that ends behind `address`.
AddressSpace::AreaMap::iterator AddressSpace::FirstFrom(uint64_t address) {
  auto next = areas_.upper_bound(address);
  if (next != areas_.begin() && std::prev(next)->second.end > address) return std::prev(next);
  return next;
}

void AddressSpace::SplitAt(uint64_t address) {
  auto found = FirstFrom(address);
  if (found == areas_.end() || found->second.start >= address) return;
  Area& left = found->second;
  Area right = left;
  right.start = address;
  if (right.file != nullptr || right.shared != nullptr) right.file_offset += address - left.start;
  right.backed_end = std::max(left.backed_end, address);
  left.end = address;
  left.backed_end = std::min(left.backed_end, address);
  areas_.emplace(address, std::move(right));
}

void AddressSpace::Insert(Area area) {
  const uint64_t start = area.start;
  areas_.insert_or_assign(start, std::move(area));
}

/// Joins neighbours in and around [start, end) that differ in nothing.
void AddressSpace::MergeAround(uint64_t start, uint64_t end) {
  auto area = FirstFrom(start == 0 ? 0 : start - 1);
  while (area != areas_.end() && area->second.start <= end) {
    auto next = std::next(area);
    if (next == areas_.end()) return;
    if (!CanMerge(area->second, next->second)) {
      area = next;
      continue;
    }
    area->second.end = next->second.end;
    area->second.backed_end = next->second.backed_end;
    areas_.erase(next);
  }
}

/// Takes [start, end) out of the list; what the pages hold is stale from now on.
void AddressSpace::Remove(uint64_t start, uint64_t end) {
  RemoveKeepingShared(start, end);
  if (shared_ != nullptr) shared_->DetachUnmapped();
}

/// Remove, where shared pages are about to be mapped elsewhere.
void AddressSpace::RemoveKeepingShared(uint64_t start, uint64_t end) {
  if (shared_ != nullptr) shared_->PublishRange(start, end);
  SplitAt(start);
  SplitAt(end);
  for (auto area = FirstFrom(start); area != areas_.end() && area->second.start < end;) {
    const uint64_t stale_end = std::min(area->second.end, memory_->size());
    if (area->second.start < stale_end) MarkStale(area->second.start, stale_end);
    memory_->SetPageFlags(area->second.start >> kPageShift, area->second.size() >> kPageShift, 0);
    area = areas_.erase(area);
  }
}

void AddressSpace::MarkStale(uint64_t start, uint64_t end) {
  auto next = stale_.upper_bound(start);
  if (next != stale_.begin() && std::prev(next)->second >= start) {
    --next;
    start = next->first;
  }
  while (next != stale_.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = stale_.erase(next);
  }
  stale_.emplace(start, end);
}

/// Zeroes what is stale in [start, end).
void AddressSpace::ClearStale(uint64_t start, uint64_t end) {
  auto range = stale_.upper_bound(start);
  if (range != stale_.begin() && std::prev(range)->second > start) --range;
  while (range != stale_.end() && range->first < end) {
    const auto [stale_start, stale_end] = *range;
    range = stale_.erase(range);
    const uint64_t from = std::max(stale_start, start);
    const uint64_t to = std::min(stale_end, end);
    memory_->Fill(from, 0, to - from);
    if (stale_start < from) stale_.emplace(stale_start, from);
    if (to < stale_end) stale_.emplace(to, stale_end);
  }
}

bool AddressSpace::IsFree(uint64_t start, uint64_t end) const {
  if (start < kGuestBegin || end > kGuestEnd || start >= end) return false;
  if (Overlaps(start, end, layout_.stack_top, layout_.cache_end)) return false;
  auto next = areas_.lower_bound(end);
  return next == areas_.begin() || std::prev(next)->second.end <= start;
}

/// Where an anonymous or library mapping goes: at the hint if that is free, otherwise the lowest
/// hole above the stack, otherwise the lowest one between heap reserve and stack guard or below.
std::optional<uint64_t> AddressSpace::FindFree(uint64_t length, uint64_t hint) const {
  if (length > kGuestEnd) return std::nullopt;
  const uint64_t stack_guard_start =
      layout_.stack_bottom - std::min(layout_.stack_bottom, kStackGuard);
  const uint64_t heap_room_start = RoundUp(break_, kPageSize);
  auto usable = [&](uint64_t start) {
    if (start > kGuestEnd - length || !IsFree(start, start + length)) return false;
    return !Overlaps(start, start + length, stack_guard_start, layout_.stack_bottom);
  };
  if (hint != 0 && hint <= kGuestEnd && usable(hint)) return hint;
  auto first_hole = [&](uint64_t from, uint64_t until) -> std::optional<uint64_t> {
    uint64_t candidate = from;
    auto next = areas_.upper_bound(candidate);
    if (next != areas_.begin()) candidate = std::max(candidate, std::prev(next)->second.end);
    for (; next != areas_.end() && next->first < candidate + length; ++next) {
      candidate = std::max(candidate, next->second.end);
    }
    if (candidate > until || length > until - candidate) return std::nullopt;
    return candidate;
  };
  if (auto high = first_hole(std::max(layout_.cache_end, kGuestBegin), kGuestEnd)) return high;
  const uint64_t reserve_end = heap_room_start + kHeapReserve / 2;
  if (auto low = first_hole(std::max(reserve_end, kGuestBegin), stack_guard_start)) return low;
  return std::nullopt;
}

bool AddressSpace::IsMapped(uint64_t address, uint64_t length) const {
  const uint64_t end = address + length;
  while (address < end) {
    const Area* area = Find(address);
    if (area == nullptr) return false;
    address = area->end;
  }
  return true;
}

uint64_t AddressSpace::mapped_bytes() const {
  uint64_t total = 0;
  for (const auto& [start, area] : areas_) total += area.size();
  return total;
}

uint64_t AddressSpace::locked_bytes() const {
  uint64_t total = 0;
  for (const auto& [start, area] : areas_) total += area.locked ? area.size() : 0;
  return total;
}

}  // namespace elfin::memory
