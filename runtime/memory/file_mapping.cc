// Mappings of files: filled when made, shared ones written back.
#include <algorithm>
#include <set>
#include <vector>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_mappings.h"

namespace elfin::memory {

namespace {

/// Bytes that go through the kernel's memory at once.
constexpr uint64_t kChunk = 0x10'0000;

/// What of an area lies in [start, end), which it overlaps.
Area PartOf(Area area, uint64_t start, uint64_t end) {
  const uint64_t part_start = std::max(area.start, start);
  area.file_offset += part_start - area.start;
  area.start = part_start;
  area.end = std::min(area.end, end);
  area.backed_end = std::clamp(area.backed_end, area.start, area.end);
  return area;
}

}  // namespace

bool AddressSpace::NeedsWriteBack(uint64_t start, uint64_t end) {
  for (auto area = FirstFrom(start); area != areas_.end() && area->first < end; ++area) {
    if (area->second.shared != nullptr && area->second.shared->has_file()) return true;
  }
  return false;
}

Task<Result<uint64_t>> AddressSpace::MapSlowly(MapRequest request, uint64_t address,
                                               uint64_t length) {
  const uint64_t end = address + length;
  CO_TRY(co_await WriteBack(address, end));
  if (request.file == nullptr) co_return MapAnonymous(request, address, length);
  const uint64_t file_size = request.file->size();
  const uint64_t in_file = file_size > request.file_offset ? file_size - request.file_offset : 0;
  Area area;
  area.start = address;
  area.end = end;
  area.backed_end = address + std::min(length, RoundUp(std::min(in_file, length), kPageSize));
  area.protection = request.protection;
  area.maximum_protection = request.maximum_protection;
  area.sharing = request.sharing;
  area.kind = request.kind;
  area.locked = request.locked;
  area.file = request.file;
  area.file_offset = request.file_offset;
  area.shared = SharedPagesFor(request, length);
  // What others have written is in the file before it is read.
  const std::shared_ptr<SharedPages> written = request.file->shared_pages().lock();
  if (written != nullptr) CO_TRY(co_await written->WriteBack());
  CO_TRY(GrowTo(area.backed_end));
  Remove(address, end);
  ClearStale(address, area.backed_end);
  if (area.shared != nullptr) Shared().Attach(area.shared, area.shared->version());
  Insert(area);
  Status filled = co_await FillArea(area);
  const Area* now = Find(address);
  const bool still_there = now != nullptr && now->file == area.file && now->end == area.end;
  if (!filled.ok()) {
    if (still_there) Remove(address, end);
    co_return filled.error();
  }
  if (still_there) {
    ApplyFlags(*now);
    if (area.shared != nullptr) {
      Shared().NoteAliases(*area.shared);
      HoldShared();
    }
    MergeAround(address, end);
  }
  co_return address;
}

Task<Status> AddressSpace::UnmapSlowly(uint64_t address, uint64_t length) {
  Status written = co_await WriteBack(address, address + length);
  Remove(address, address + length);
  co_return written;
}

/// Reads the file's bytes into those of the areas in [start, end) that have one.
Task<Status> AddressSpace::Fill(uint64_t start, uint64_t end) {
  std::vector<Area> parts;
  for (auto area = FirstFrom(start); area != areas_.end() && area->first < end; ++area) {
    if (area->second.file == nullptr) continue;
    parts.push_back(PartOf(area->second, start, end));
  }
  for (Area& part : parts) CO_TRY(co_await FillArea(std::move(part)));
  co_return kOk;
}

Task<Status> AddressSpace::FillArea(Area area) {
  area.file->WillRead(area.file_offset, area.backed_end - area.start);
  std::vector<uint8_t> bytes(std::min(kChunk, area.backed_end - area.start));
  for (uint64_t address = area.start; address < area.backed_end;) {
    const uint64_t piece = std::min(kChunk, area.backed_end - address);
    uint64_t have = 0;
    while (have < piece) {
      const uint64_t offset = area.file_offset + (address - area.start) + have;
      CO_ASSIGN(const size_t count,
                co_await area.file->Read(offset, bytes.data() + have, piece - have));
      if (count == 0) break;
      have += count;
    }
    std::fill(bytes.begin() + static_cast<ptrdiff_t>(have), bytes.end(), 0);
    const Area* now = Find(address);
    if (now == nullptr || now->file != area.file) co_return kOk;  // unmapped meanwhile
    memory_->Write(address, bytes.data(), piece);
    address += piece;
  }
  co_return kOk;
}

Task<Status> AddressSpace::WriteBack(uint64_t start, uint64_t end) {
  std::set<std::shared_ptr<SharedPages>> shared;
  for (auto area = FirstFrom(start); area != areas_.end() && area->first < end; ++area) {
    if (area->second.shared != nullptr) shared.insert(area->second.shared);
  }
  for (const auto& pages : shared) CO_TRY(co_await pages->WriteBack());
  co_return kOk;
}

Task<Status> AddressSpace::Sync(uint64_t address, uint64_t length, Holes holes) {
  const uint64_t end = address + RoundUp(length, kPageSize);
  Status written = co_await WriteBack(address, end);
  if (!written.ok()) co_return written;
  if (holes == Holes::kRefused && !IsMapped(address, end - address)) co_return Errno::kNoMem;
  co_return kOk;
}

Task<Status> AddressSpace::Discard(uint64_t address, uint64_t length) {
  if (address % kPageSize != 0) co_return Errno::kInval;
  if (address > kGuestEnd || length > kGuestEnd - address) co_return Errno::kNoMem;
  const uint64_t end = address + RoundUp(length, kPageSize);
  for (auto area = FirstFrom(address); area != areas_.end() && area->first < end; ++area) {
    if (area->second.locked) co_return Errno::kInval;
    if (area->second.file != nullptr || area->second.sharing == Sharing::kShared) continue;
    const uint64_t from = std::max(area->second.start, address);
    const uint64_t to = std::min({area->second.end, end, memory_->size()});
    if (from >= to) continue;
    memory_->Fill(from, 0, to - from);
    if ((area->second.protection & kProtExecute) != 0) memory_->InvalidateCode(from, to - from);
  }
  std::vector<std::pair<uint64_t, uint64_t>> files;
  for (auto area = FirstFrom(address); area != areas_.end() && area->first < end; ++area) {
    if (area->second.file == nullptr || area->second.sharing == Sharing::kShared) continue;
    files.emplace_back(std::max(area->second.start, address), std::min(area->second.end, end));
  }
  for (const auto& [from, to] : files) {
    CO_TRY(co_await Fill(from, to));
    memory_->InvalidateCode(from, to - from);
  }
  if (!IsMapped(address, end - address)) co_return Errno::kNoMem;
  co_return kOk;
}

}  // namespace elfin::memory
