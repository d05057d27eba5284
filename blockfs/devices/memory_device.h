// A disk in memory: pages of 4 KiB, those never written are zeros and take no room.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include "blockfs/block_device.h"

namespace elfin::blockfs {

class MemoryDevice final : public BlockDevice {
 public:
  explicit MemoryDevice(uint64_t size) : size_(size) {}
  /// A copy of another's contents, as they are now.
  MemoryDevice(const MemoryDevice& other);
  MemoryDevice& operator=(MemoryDevice&& other) noexcept = default;

  uint64_t size() const override { return size_; }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override;
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override;
  Task<Status> Flush() override { return kOk; }
  /// Whole pages become zeros.
  Task<Status> Discard(uint64_t offset, uint64_t size) override;

  static constexpr size_t kPageSize = 4096;
  using Page = std::array<uint8_t, kPageSize>;
  /// The pages ever written, by number.
  const std::unordered_map<uint64_t, std::unique_ptr<Page>>& pages() const { return pages_; }

 private:
  uint64_t size_;
  std::unordered_map<uint64_t, std::unique_ptr<Page>> pages_;
};

}  // namespace elfin::blockfs
