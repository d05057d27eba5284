// mremap(2): mappings that grow, shrink and move.
#include <algorithm>

#include "runtime/memory/address_space.h"

namespace elfin::memory {

Task<Result<uint64_t>> AddressSpace::Remap(RemapRequest request) {
  if (request.old_address % kPageSize != 0 || request.new_length == 0) return Errno::kInval;
  if (request.old_address > kGuestEnd || request.old_length > kGuestEnd) return Errno::kFault;
  if (request.new_length > kGuestEnd) return Errno::kNoMem;
  request.old_length = RoundUp(request.old_length, kPageSize);
  request.new_length = RoundUp(request.new_length, kPageSize);
  const uint64_t old_end = request.old_address + request.old_length;
  const Area* area = Find(request.old_address);
  if (area == nullptr) return Errno::kFault;
  if (request.old_length == 0) return MapAgain(*area, request);
  if (request.fixed_address) {
    const uint64_t to = *request.fixed_address;
    if (to % kPageSize != 0) return Errno::kInval;
    if (to < old_end && request.old_address < to + request.new_length) return Errno::kInval;
    MapRequest target;
    target.address = to;
    target.placement = Placement::kFixed;
    TRY(Place(target, request.new_length));
    if (area->end < request.old_address + std::min(request.old_length, request.new_length)) {
      return Errno::kFault;
    }
    return RemapMoving(request, to);
  }
  if (request.new_length == request.old_length) return request.old_address;
  if (request.new_length < request.old_length) return Shrink(request);
  if (area->end < old_end) return Errno::kFault;
  TRY(CheckLimit(request.new_length - request.old_length));
  if (area->end == old_end && IsFree(old_end, request.old_address + request.new_length) &&
      (old_end > layout_.stack_bottom ||
       request.old_address + request.new_length + kStackGuard <= layout_.stack_bottom)) {
    return RemapInPlace(request);
  }
  if (!request.may_move) return Errno::kNoMem;
  const auto to = FindFree(request.new_length, 0);
  if (!to) return Errno::kNoMem;
  return RemapMoving(request, *to);
}

/// A second view of shared pages.
Task<Result<uint64_t>> AddressSpace::MapAgain(const Area& area, const RemapRequest& request) {
  if (area.shared == nullptr || !request.may_move) return Errno::kInval;
  MapRequest again;
  again.length = request.new_length;
  again.protection = area.protection;
  again.maximum_protection = area.maximum_protection;
  again.sharing = Sharing::kShared;
  again.file = area.file;
  again.shared = area.shared;
  again.file_offset = area.file_offset + (request.old_address - area.start);
  if (request.fixed_address) {
    again.address = *request.fixed_address;
    again.placement = Placement::kFixed;
  }
  return Map(std::move(again));
}

Task<Result<uint64_t>> AddressSpace::Shrink(RemapRequest request) {
  CO_TRY(co_await Unmap(request.old_address + request.new_length,
                        request.old_length - request.new_length));
  co_return request.old_address;
}

/// The new part is mapped like any mapping that continues the old one; both then merge.
Task<Result<uint64_t>> AddressSpace::RemapInPlace(RemapRequest request) {
  const Area& area = *Find(request.old_address);
  MapRequest more;
  more.address = request.old_address + request.old_length;
  more.length = request.new_length - request.old_length;
  more.protection = area.protection;
  more.maximum_protection = area.maximum_protection;
  more.sharing = area.sharing;
  more.placement = Placement::kFixedNoReplace;
  more.kind = area.kind;
  more.locked = area.locked;
  more.grows_down = area.grows_down;
  more.file = area.file;
  more.shared = area.shared;
  if (area.file != nullptr || area.shared != nullptr) {
    more.file_offset = area.file_offset + (more.address - area.start);
  }
  CO_TRY(co_await Map(std::move(more)));
  co_return request.old_address;
}

Task<Result<uint64_t>> AddressSpace::RemapMoving(RemapRequest request, uint64_t to) {
  if (request.new_length < request.old_length) {
    CO_TRY(co_await Shrink(request));
    request.old_length = request.new_length;
  }
  CO_TRY(co_await WriteBack(request.old_address, request.old_address + request.old_length));
  CO_TRY(co_await Unmap(to, request.new_length));
  const uint64_t old_end = request.old_address + request.old_length;
  SplitAt(request.old_address);
  SplitAt(old_end);
  HoldShared();
  const Area* found = Find(request.old_address);
  if (found == nullptr) co_return Errno::kFault;
  Area area = *found;
  const uint64_t backed = area.backed_end - area.start;
  const bool has_bytes = area.protection != kNoAccess || area.start < memory_->size();
  const uint64_t bytes =
      has_bytes ? std::min(backed, memory_->size() - std::min(memory_->size(), area.start)) : 0;
  if (bytes != 0) CO_TRY(GrowTo(to + bytes));
  if (area.protection != kNoAccess) CO_TRY(GrowTo(to + backed));
  ClearStale(to, std::min(to + backed, memory_->size()));
  if (bytes != 0) memory_->Move(to, area.start, bytes);
  RemoveKeepingShared(area.start, area.end);
  area.backed_end = to + backed;
  area.end = to + request.old_length;
  area.start = to;
  ApplyFlags(area);
  Insert(std::move(area));
  if (request.new_length > request.old_length) {
    request.old_address = to;
    Result<uint64_t> grown = co_await RemapInPlace(request);
    if (!grown.ok()) co_return grown.error();
  }
  co_return to;
}

}  // namespace elfin::memory
