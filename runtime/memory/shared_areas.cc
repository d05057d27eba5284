// Shared mappings in an address space: shared_mappings.h.
#include <algorithm>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_mappings.h"

namespace elfin::memory {

SharedMappings& AddressSpace::Shared() {
  if (shared_ == nullptr) shared_ = std::make_unique<SharedMappings>(*this);
  return *shared_;
}

/// Null for a private mapping.
std::shared_ptr<SharedPages> AddressSpace::SharedPagesFor(const MapRequest& request,
                                                          uint64_t length) const {
  if (request.sharing != Sharing::kShared) return nullptr;
  if (request.shared != nullptr) return request.shared;
  if (request.file == nullptr) {
    return std::make_shared<SharedPages>(length, SharedPages::Tracking::kWhenShared);
  }
  std::weak_ptr<SharedPages>& place = request.file->shared_pages();
  std::shared_ptr<SharedPages> pages = place.lock();
  if (pages == nullptr) place = pages = std::make_shared<SharedPages>(request.file);
  return pages;
}

void AddressSpace::HoldShared() const {
  if (shared_ == nullptr) return;
  shared_->Hold();
  shared_->Settle();
}

bool AddressSpace::ResolveFault(uint64_t address, uint8_t access) {
  const Area* area = Find(address);
  if (area == nullptr || area->shared == nullptr || address >= area->backed_end) return false;
  const uint64_t page = RoundDown(address, kPageSize);
  const bool writes = (access & kProtWrite) != 0;
  const bool allowed =
      access == kProtRead ? area->protection != kNoAccess : (area->protection & access) != 0;
  if (!allowed) return false;
  if (!writes && !shared_->IsElsewhere(*area, page)) return false;
  HoldShared();
  if (!writes) return true;
  shared_->Mark(*area, page);
  memory_->SetPageFlags(page >> kPageShift, 1, FlagsOf(area->protection));
  return true;
}

AddressSpace::SharedPlace AddressSpace::FindShared(uint64_t address) const {
  if (shared_ == nullptr) return {};
  const Area* area = Find(address);
  if (area == nullptr || area->shared == nullptr) return {};
  return {area->shared.get(), area->file_offset + (address - area->start)};
}

/// Pages that come into what an area maps read as zero until they are refreshed; no memory for
/// them: they stay beyond its end.
void AddressSpace::ResizeBacking(uint64_t start, uint64_t backed_end) {
  Area& area = areas_.at(start);
  if (backed_end > area.backed_end) {
    if (!GrowTo(backed_end).ok()) return;
    memory_->Fill(area.backed_end, 0, backed_end - area.backed_end);
  }
  area.backed_end = backed_end;
  ApplyFlags(area);
}

}  // namespace elfin::memory
