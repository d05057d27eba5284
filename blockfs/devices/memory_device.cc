#include "blockfs/devices/memory_device.h"

#include <algorithm>
#include <cstring>

namespace elfin::blockfs {

MemoryDevice::MemoryDevice(const MemoryDevice& other) : BlockDevice(other), size_(other.size_) {
  for (const auto& [number, page] : other.pages_) pages_[number] = std::make_unique<Page>(*page);
}

Task<Status> MemoryDevice::Read(uint64_t offset, void* to, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  auto* next = static_cast<uint8_t*>(to);
  while (size > 0) {
    const size_t within = offset % kPageSize;
    const size_t piece = std::min(size, kPageSize - within);
    const auto page = pages_.find(offset / kPageSize);
    if (page == pages_.end()) {
      std::memset(next, 0, piece);
    } else {
      std::memcpy(next, page->second->data() + within, piece);
    }
    next += piece;
    offset += piece;
    size -= piece;
  }
  return kOk;
}

Task<Status> MemoryDevice::Write(uint64_t offset, const void* from, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  const auto* next = static_cast<const uint8_t*>(from);
  while (size > 0) {
    const size_t within = offset % kPageSize;
    const size_t piece = std::min(size, kPageSize - within);
    std::unique_ptr<Page>& page = pages_[offset / kPageSize];
    if (page == nullptr) page = std::make_unique<Page>();
    std::memcpy(page->data() + within, next, piece);
    next += piece;
    offset += piece;
    size -= piece;
  }
  return kOk;
}

Task<Status> MemoryDevice::Discard(uint64_t offset, uint64_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  const uint64_t first = (offset + kPageSize - 1) / kPageSize;
  const uint64_t end = (offset + size) / kPageSize;
  for (uint64_t page = first; page < end; ++page) pages_.erase(page);
  return kOk;
}

}  // namespace elfin::blockfs
