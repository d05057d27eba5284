#include "runtime/memory/shared_mappings.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/memory/address_space.h"

namespace elfin::memory {

namespace {

/// The number of a page of an area within what it maps.
uint64_t IndexOf(const Area& area, uint64_t page) {
  return (area.file_offset + (page - area.start)) >> kPageShift;
}

}  // namespace

uint64_t BytesWithin(const Area& area, uint64_t size) {
  const uint64_t all = RoundUp(size, kPageSize);
  return all > area.file_offset ? std::min(area.size(), all - area.file_offset) : 0;
}

SharedMappings::~SharedMappings() {
  for (auto& [pages, attachment] : attachments_) attachment.pages->Detach(*this);
}

void SharedMappings::Attach(const std::shared_ptr<SharedPages>& pages, uint64_t seen) {
  const bool is_new = attachments_.try_emplace(pages.get(), Attachment{pages, seen, {}}).second;
  if (is_new) pages->Attach(*this);
}

void SharedMappings::DetachUnmapped() {
  std::set<const SharedPages*> mapped;
  for (const auto& [start, area] : space_.areas()) mapped.insert(area.shared.get());
  for (auto next = attachments_.begin(); next != attachments_.end();) {
    if (mapped.count(next->first) != 0) {
      ++next;
      continue;
    }
    next->second.pages->Detach(*this);
    next = attachments_.erase(next);
  }
}

void SharedMappings::Hold() {
  for (auto& [pages, attachment] : attachments_) attachment.pages->Hold(*this);
}

void SharedMappings::NoteAliases(const SharedPages& pages) {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const auto& [start, area] : space_.areas()) {
    if (area.shared.get() != &pages) continue;
    ranges.emplace_back(area.file_offset, area.file_offset + area.size());
  }
  std::sort(ranges.begin(), ranges.end());
  bool& aliased = attachments_.at(&pages).aliased;
  for (size_t i = 1; i < ranges.size(); ++i) {
    aliased = aliased || ranges[i].first < ranges[i - 1].second;
  }
}

void SharedMappings::Settle() {
  for (auto& [pages, attachment] : attachments_) {
    if (attachment.aliased && !attachment.written.empty()) Publish(*attachment.pages);
  }
}

std::vector<SharedMappings::Place> SharedMappings::PlacesOf(const SharedPages& pages,
                                                            uint64_t index) const {
  std::vector<Place> places;
  const uint64_t offset = index << kPageShift;
  for (const auto& [start, area] : space_.areas()) {
    if (area.shared.get() != &pages || offset < area.file_offset) continue;
    const uint64_t page = area.start + (offset - area.file_offset);
    if (page < area.backed_end) places.emplace_back(&area, page);
  }
  return places;
}

bool SharedMappings::IsElsewhere(const Area& area, uint64_t page) const {
  const Attachment& attachment = attachments_.at(area.shared.get());
  if (!attachment.aliased || attachment.written.count(page) != 0) return false;
  const std::vector<Place> places = PlacesOf(*area.shared, IndexOf(area, page));
  return std::any_of(places.begin(), places.end(), [&](const Place& place) {
    return attachment.written.count(place.second) != 0;
  });
}

void SharedMappings::PublishRange(uint64_t start, uint64_t end) {
  for (auto& [pages, attachment] : attachments_) {
    const auto first = attachment.written.lower_bound(start);
    if (first != attachment.written.end() && *first < end) Publish(*attachment.pages);
  }
}

void SharedMappings::PublishAll() {
  for (auto& [pages, attachment] : attachments_) Publish(*attachment.pages);
}

bool SharedMappings::Mark(const Area& area, uint64_t page) {
  const auto found = attachments_.find(area.shared.get());
  ELFIN_CHECK(found != attachments_.end());
  if (!area.shared->tracked() || !found->second.written.insert(page).second) return false;
  if (!found->second.aliased) return true;
  for (const auto& [other, address] : PlacesOf(*area.shared, IndexOf(area, page))) {
    if (address != page) space_.memory().SetPageFlags(address >> kPageShift, 1, 0);
  }
  return true;
}

void SharedMappings::Publish(SharedPages& pages) {
  const auto found = attachments_.find(&pages);
  if (found == attachments_.end()) return;
  for (const uint64_t page : std::exchange(found->second.written, {})) {
    PublishPage(pages, found->second.aliased, page);
  }
  // It was the newest copy, or nothing was marked and there is nothing to miss.
  if (pages.is_held_by(*this)) found->second.seen = pages.version();
}

void SharedMappings::PublishPage(SharedPages& pages, bool aliased, uint64_t page) {
  const Area* area = space_.Find(page);
  if (area == nullptr || area->shared.get() != &pages || page >= area->backed_end) return;
  SharedPages::Page bytes;
  space_.memory().Read(page, bytes.data(), bytes.size());
  const uint64_t index = IndexOf(*area, page);
  pages.Store(index, bytes);
  std::vector<Place> places = {{area, page}};
  if (aliased) places = PlacesOf(pages, index);
  for (const auto& [place, address] : places) {
    if (address != page) TakeOver(*place, {index, &bytes});
    const uint8_t unmarked = FlagsOf(place->protection) & ~kPageWrite;
    space_.memory().SetPageFlags(address >> kPageShift, 1, unmarked);
  }
}

void SharedMappings::RefreshArea(const Area& area) {
  area.shared->Hold(*this);
  Publish(*area.shared);
  for (const SharedPages::Change& change : area.shared->ChangedSince(0)) TakeOver(area, change);
}

void SharedMappings::TakeOver(const Area& area, const SharedPages::Change& change) {
  const uint64_t offset = change.index * kPageSize;
  if (offset < area.file_offset) return;
  const uint64_t page = area.start + (offset - area.file_offset);
  if (page >= area.backed_end) return;
  space_.memory().Write(page, change.bytes->data(), change.bytes->size());
  if ((area.protection & kProtExecute) != 0) space_.memory().InvalidateCode(page, kPageSize);
}

void SharedMappings::Refresh(SharedPages& pages) {
  const auto found = attachments_.find(&pages);
  if (found == attachments_.end() || found->second.seen == pages.version()) return;
  std::vector<const Area*> areas;
  for (const auto& [start, area] : space_.areas()) {
    if (area.shared.get() == &pages) areas.push_back(&area);
  }
  for (const SharedPages::Change& change : pages.ChangedSince(found->second.seen)) {
    for (const Area* area : areas) TakeOver(*area, change);
  }
  found->second.seen = pages.version();
}

void SharedMappings::Resized(SharedPages& pages) {
  for (const auto& [start, area] : space_.areas()) {
    if (area.shared.get() != &pages) continue;
    space_.ResizeBacking(start, area.start + BytesWithin(area, pages.size()));
    const uint64_t rest = pages.size() % kPageSize;
    const uint64_t last = area.start + (RoundDown(pages.size(), kPageSize) - area.file_offset);
    const bool has_last = rest != 0 && pages.size() > area.file_offset && last < area.backed_end;
    if (has_last) space_.memory().Fill(last + rest, 0, kPageSize - rest);
  }
}

void SharedMappings::Tracked(SharedPages& pages) {
  for (const auto& [start, area] : space_.areas()) {
    if (area.shared.get() == &pages) space_.ApplyFlags(area);
  }
}

}  // namespace elfin::memory
