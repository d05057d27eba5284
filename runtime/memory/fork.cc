// fork(2): an address space once more.
#include <algorithm>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_mappings.h"

namespace elfin::memory {

namespace {

/// Below the stack pointer: the red zone and what an interrupted call may have pushed.
constexpr uint64_t kBelowStackPointer = 0x1000;

/// Where the bytes of an area begin that have to be copied.
uint64_t FirstOf(const Area& area, uint64_t stack_pointer) {
  const bool stack =
      area.kind == AreaKind::kStack && area.start + kBelowStackPointer < stack_pointer;
  if (!stack || stack_pointer >= area.end) return area.start;
  return RoundDown(stack_pointer - kBelowStackPointer, kPageSize);
}

}  // namespace

Result<std::unique_ptr<AddressSpace>> AddressSpace::Fork(std::unique_ptr<ProcessMemory> memory,
                                                         uint64_t stack_pointer) {
  auto child = std::make_unique<AddressSpace>(std::move(memory));
  TRY(child->memory_->Grow(memory_->size()));
  child->layout_ = layout_;
  child->limits_ = limits_;
  child->break_ = break_;
  child->memory_->ResetCpu(layout_.stack_top, layout_.cache_end);
  if (memory_->uses_page_checks()) child->memory_->UsePageChecks();
  if (shared_ != nullptr) {
    shared_->Hold();
    shared_->PublishAll();
  }
  for (const auto& [start, area] : areas_) {
    const uint64_t first = FirstOf(area, stack_pointer);
    const uint64_t end = std::min(area.backed_end, memory_->size());
    if (first < end) child->memory_->CopyPages(*memory_, first, end - first);
    if (area.shared != nullptr) child->Shared().Attach(area.shared, area.shared->version());
    if (area.protection != kNoAccess) child->ApplyFlags(area);
    Area copy = area;
    copy.locked = false;
    child->areas_.emplace(start, std::move(copy));
  }
  for (const auto& [start, area] : child->areas_) {
    if (area.shared != nullptr) child->shared_->NoteAliases(*area.shared);
  }
  return child;
}

}  // namespace elfin::memory
