// Mappings without files, protection, the heap, and the layout of a new program.
#include <algorithm>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_mappings.h"

namespace elfin::memory {

namespace {

/// A WebAssembly memory is costly to grow, so it is done in big steps.
constexpr uint64_t kGrowStep = 0x0100'0000;

bool IsAligned(uint64_t address) { return address % kPageSize == 0; }

}  // namespace

uint8_t FlagsOf(uint8_t protection) {
  uint8_t flags = 0;
  if (protection != kNoAccess) flags |= kPageRead;
  if ((protection & kProtWrite) != 0) flags |= kPageWrite;
  if ((protection & kProtExecute) != 0) flags |= kPageExecute;
  return flags;
}

AddressSpace::AddressSpace(std::unique_ptr<ProcessMemory> memory) : memory_(std::move(memory)) {}
AddressSpace::~AddressSpace() = default;

Status AddressSpace::GrowTo(uint64_t end) {
  if (end <= memory_->size()) return kOk;
  if (memory_->Grow(std::min(RoundUp(end, kGrowStep), RoundUp(kGuestEnd, 0x1'0000))).ok()) {
    return kOk;
  }
  return memory_->Grow(end);
}

Status AddressSpace::CheckLimit(uint64_t more) const {
  if (limits_.address_space == UINT64_MAX) return kOk;
  const uint64_t mapped = mapped_bytes();
  if (mapped > limits_.address_space || more > limits_.address_space - mapped) return Errno::kNoMem;
  return kOk;
}

/// Where a request goes, without changing anything.
Result<uint64_t> AddressSpace::Place(const MapRequest& request, uint64_t length) const {
  TRY(CheckLimit(length));
  if (request.placement == Placement::kAnywhere) {
    const auto found = FindFree(length, RoundDown(request.address, kPageSize));
    if (!found) return Errno::kNoMem;
    return *found;
  }
  const uint64_t address = request.address;
  if (!IsAligned(address)) return Errno::kInval;
  if (address < kGuestBegin) return Errno::kPerm;
  if (address > kGuestEnd || length > kGuestEnd - address) return Errno::kNoMem;
  if (address < layout_.cache_end && layout_.stack_top < address + length) return Errno::kNoMem;
  if (request.placement == Placement::kFixedNoReplace && !IsFree(address, address + length)) {
    return Errno::kExist;
  }
  return address;
}

Task<Result<uint64_t>> AddressSpace::Map(MapRequest request) {
  if (request.length == 0 || !IsAligned(request.file_offset)) return Errno::kInval;
  if (request.length > kGuestEnd) return Errno::kNoMem;
  const uint64_t length = RoundUp(request.length, kPageSize);
  if (request.file != nullptr && request.file_offset > UINT64_MAX - length) return Errno::kOverflow;
  const uint64_t address = TRY(Place(request, length));
  HoldShared();
  if (request.file == nullptr && !NeedsWriteBack(address, address + length)) {
    return MapAnonymous(request, address, length);
  }
  return MapSlowly(std::move(request), address, length);
}

Result<uint64_t> AddressSpace::MapAnonymous(const MapRequest& request, uint64_t address,
                                            uint64_t length) {
  const uint64_t end = address + length;
  Area area;
  area.start = address;
  area.end = area.backed_end = end;
  area.shared = SharedPagesFor(request, length);
  if (area.shared != nullptr) {
    area.file_offset = request.file_offset;
    area.backed_end = address + BytesWithin(area, area.shared->size());
  }
  const bool has_bytes = request.protection != kNoAccess || area.shared != nullptr;
  if (has_bytes) TRY(GrowTo(area.backed_end));
  Remove(address, end);
  if (has_bytes) ClearStale(address, area.backed_end);
  area.protection = request.protection;
  area.maximum_protection = request.maximum_protection;
  area.sharing = request.sharing;
  area.kind = request.kind;
  area.locked = request.locked;
  area.grows_down = request.grows_down;
  const std::shared_ptr<SharedPages> shared = area.shared;
  if (shared != nullptr) Shared().Attach(shared, 0);
  ApplyFlags(area);
  Insert(std::move(area));
  if (shared != nullptr) {
    Shared().RefreshArea(*Find(address));
    Shared().NoteAliases(*shared);
  }
  MergeAround(address, end);
  return address;
}

/// A shared page can't be written before its first write has been noticed.
void AddressSpace::ApplyFlags(const Area& area) {
  uint8_t flags = FlagsOf(area.protection);
  if (area.shared != nullptr && area.shared->tracked() && (flags & kPageWrite) != 0) {
    flags &= ~kPageWrite;
    if (!memory_->uses_page_checks()) memory_->UsePageChecks();
  }
  const uint64_t backed = (area.backed_end - area.start) >> kPageShift;
  const uint64_t all = area.size() >> kPageShift;
  if (backed != 0) {
    memory_->SetPageFlags(area.start >> kPageShift, backed, flags);
  }
  if (backed != all) {
    memory_->SetPageFlags((area.start >> kPageShift) + backed, all - backed, 0);
  }
}

Task<Status> AddressSpace::Unmap(uint64_t address, uint64_t length) {
  if (!IsAligned(address) || length == 0 || length > kGuestEnd || address > kGuestEnd) {
    return Errno::kInval;
  }
  const uint64_t end = address + RoundUp(length, kPageSize);
  if (end > kGuestEnd) return Errno::kInval;
  if (NeedsWriteBack(address, end)) return UnmapSlowly(address, end - address);
  Remove(address, end);
  return kOk;
}

Status AddressSpace::Protect(uint64_t address, uint64_t length, uint8_t protection) {
  if (!IsAligned(address)) return Errno::kInval;
  if (length == 0) return kOk;
  if (address > kGuestEnd || length > kGuestEnd - address) return Errno::kNoMem;
  const uint64_t end = address + RoundUp(length, kPageSize);
  HoldShared();
  SplitAt(address);
  SplitAt(end);
  Status result = kOk;
  uint64_t done = address;
  for (auto next = FirstFrom(address); done < end && result.ok(); ++next) {
    if (next == areas_.end() || next->second.start != done) {
      result = Errno::kNoMem;
      break;
    }
    Area& area = next->second;
    if ((protection & ~area.maximum_protection) != 0) {
      result = Errno::kAcces;
    } else if (protection != kNoAccess && area.file == nullptr && !GrowTo(area.end).ok()) {
      result = Errno::kNoMem;
    } else {
      if (protection != kNoAccess && area.file == nullptr) ClearStale(area.start, area.end);
      area.protection = protection;
      ApplyFlags(area);
      done = area.end;
    }
  }
  MergeAround(address, end);
  return result;
}

Status AddressSpace::SetLocked(uint64_t address, uint64_t length, bool locked) {
  const uint64_t start = RoundDown(address, kPageSize);
  if (length > kGuestEnd || address > kGuestEnd) return Errno::kNoMem;
  const uint64_t end = RoundUp(address + length, kPageSize);
  if (end == start) return kOk;
  if (locked && end - start > limits_.locked - std::min(limits_.locked, locked_bytes())) {
    return Errno::kNoMem;
  }
  if (!IsMapped(start, end - start)) return Errno::kNoMem;
  SplitAt(start);
  SplitAt(end);
  for (auto area = FirstFrom(start); area != areas_.end() && area->second.start < end; ++area) {
    area->second.locked = locked;
  }
  MergeAround(start, end);
  return kOk;
}

uint64_t AddressSpace::SetBreak(uint64_t address) {
  if (address < layout_.heap_start || address > kGuestEnd) return break_;
  const uint64_t old_end = RoundUp(break_, kPageSize);
  const uint64_t new_end = RoundUp(address, kPageSize);
  if (new_end < old_end) {
    Remove(new_end, old_end);
  } else if (new_end > old_end) {
    if (address - layout_.heap_start > limits_.data) return break_;
    if (new_end + kStackGuard > layout_.stack_bottom || !IsFree(old_end, new_end)) return break_;
    MapRequest request;
    request.protection = kProtRead | kProtWrite;
    request.kind = AreaKind::kHeap;
    if (!CheckLimit(new_end - old_end).ok()) return break_;
    if (!MapAnonymous(request, old_end, new_end - old_end).ok()) return break_;
  }
  break_ = address;
  return break_;
}

Status AddressSpace::Arrange(uint64_t image_end, uint64_t stack_size) {
  stack_size = RoundUp(stack_size, kPageSize);
  const uint64_t heap_start = RoundUp(image_end, kPageSize);
  if (heap_start > kGuestEnd || stack_size > kGuestEnd) return Errno::kNoMem;
  const uint64_t needed = heap_start + kHeapReserve + kStackGuard + stack_size;
  const uint64_t stack_top = std::max(kStackTop, RoundUp(needed, kStackTopStep));
  const uint64_t cache_end = stack_top + kDecodeCacheSize;
  if (cache_end > kGuestEnd) return Errno::kNoMem;
  TRY(memory_->Grow(cache_end));
  MapRequest stack;
  stack.protection = kProtRead | kProtWrite;
  stack.kind = AreaKind::kStack;
  stack.grows_down = true;
  TRY(MapAnonymous(stack, stack_top - stack_size, stack_size));
  layout_ = {heap_start, stack_top - stack_size, stack_top, cache_end};
  break_ = heap_start;
  memory_->ResetCpu(stack_top, cache_end);
  return kOk;
}

}  // namespace elfin::memory
