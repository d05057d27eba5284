// CopyIn, CopyOut and their like: the checked ways to guest memory.
#include <algorithm>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_mappings.h"

namespace elfin::memory {

namespace {

/// PROT_WRITE and PROT_EXEC let the processor read, too.
bool Allows(const Area& area, uint8_t access) {
  return access == kProtRead ? area.protection != kNoAccess : (area.protection & access) != 0;
}

}  // namespace

/// Also makes the bytes the newest ones, where they are shared.
uint64_t AddressSpace::Accessible(uint64_t address, uint64_t size, uint8_t access) const {
  HoldShared();
  uint64_t done = 0;
  while (done < size) {
    const Area* area = Find(address + done);
    if (area == nullptr || !Allows(*area, access) || address + done >= area->backed_end) break;
    done = std::min(size, area->backed_end - address);
    if (area->backed_end != area->end) break;
  }
  return done;
}

FaultKind AddressSpace::ExplainFault(uint64_t address, uint8_t access) const {
  const Area* area = Find(address);
  if (area == nullptr) return FaultKind::kNotMapped;
  if (!Allows(*area, access)) return FaultKind::kForbidden;
  if (address >= area->backed_end) return FaultKind::kBeyondFile;
  return FaultKind::kNone;
}

Status AddressSpace::CopyIn(GuestAddr from, void* to, size_t size) const {
  if (Accessible(from.value, size, kProtRead) != size) return Errno::kFault;
  if (size != 0) memory_->Read(from.value, to, size);
  return kOk;
}

Status AddressSpace::CopyOut(GuestAddr to, const void* from, size_t size) {
  if (Accessible(to.value, size, kProtWrite) != size) return Errno::kFault;
  Store(to.value, from, size);
  return kOk;
}

Status AddressSpace::Zero(GuestAddr to, size_t size) {
  if (Accessible(to.value, size, kProtWrite) != size) return Errno::kFault;
  if (size == 0) return kOk;
  memory_->Fill(to.value, 0, size);
  NoteWrite(to.value, size);
  return kOk;
}

Result<size_t> AddressSpace::CopyInPartial(GuestAddr from, void* to, size_t size) const {
  const uint64_t reachable = Accessible(from.value, size, kProtRead);
  if (size != 0 && reachable == 0) return Errno::kFault;
  if (reachable != 0) memory_->Read(from.value, to, reachable);
  return static_cast<size_t>(reachable);
}

Result<size_t> AddressSpace::CopyOutPartial(GuestAddr to, const void* from, size_t size) {
  const uint64_t reachable = Accessible(to.value, size, kProtWrite);
  if (size != 0 && reachable == 0) return Errno::kFault;
  Store(to.value, from, reachable);
  return static_cast<size_t>(reachable);
}

std::optional<ForeignRange> AddressSpace::ForeignWritable(GuestAddr to, uint64_t size) {
  const std::optional<int32_t> number = memory_->host_number();
  if (!number) return std::nullopt;
  const uint64_t reachable = Accessible(to.value, size, kProtWrite);
  if (reachable == 0) return std::nullopt;
  NoteWrite(to.value, reachable);
  return ForeignRange{*number, to.value, reachable};
}

Result<std::string> AddressSpace::CopyInString(GuestAddr from, size_t limit) const {
  std::string text;
  uint64_t address = from.value;
  while (text.size() < limit) {
    const uint64_t to_page_end = kPageSize - address % kPageSize;
    const uint64_t piece = std::min<uint64_t>(to_page_end, limit - text.size());
    const uint64_t reachable = Accessible(address, piece, kProtRead);
    if (reachable == 0) return Errno::kFault;
    const size_t length = memory_->FindZero(address, reachable);
    const size_t have = text.size();
    text.resize(have + length);
    if (length != 0) memory_->Read(address, text.data() + have, length);
    if (length < reachable) return text;
    address += reachable;
  }
  return Errno::kNameTooLong;
}

void AddressSpace::Store(uint64_t address, const void* from, uint64_t size) {
  if (size == 0) return;
  memory_->Write(address, from, size);
  NoteWrite(address, size);
}

/// Kernel code has written: code is dropped, shared pages are marked.
void AddressSpace::NoteWrite(uint64_t address, uint64_t size) {
  const uint64_t end = address + size;
  for (auto next = FirstFrom(address); next != areas_.end() && next->second.start < end; ++next) {
    const Area& area = next->second;
    if ((area.protection & kProtExecute) != 0) memory_->InvalidateCode(address, size);
    if (area.shared == nullptr) continue;
    const uint64_t first = RoundDown(std::max(address, area.start), kPageSize);
    for (uint64_t page = first; page < std::min(end, area.end); page += kPageSize) {
      if (!shared_->Mark(area, page)) continue;
      memory_->SetPageFlags(page >> kPageShift, 1, FlagsOf(area.protection));
    }
  }
}

}  // namespace elfin::memory
