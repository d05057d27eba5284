// Resource limits (getrlimit(2)) of a process.
#pragma once

#include <array>
#include <cstdint>

namespace elfin::kernel {

enum class Resource : uint32_t {
  kCpu = 0,
  kFileSize = 1,
  kData = 2,
  kStack = 3,
  kCore = 4,
  kResidentSet = 5,
  kProcesses = 6,
  kFiles = 7,
  kLockedMemory = 8,
  kAddressSpace = 9,
  kLocks = 10,
  kPendingSignals = 11,
  kMessageQueue = 12,
  kNice = 13,
  kRealtimePriority = 14,
  kRealtimeTime = 15,
};
inline constexpr uint32_t kResourceCount = 16;
inline constexpr uint64_t kUnlimited = UINT64_MAX;

struct ResourceLimit {
  uint64_t current = kUnlimited;
  uint64_t maximum = kUnlimited;
};
static_assert(sizeof(ResourceLimit) == 16);  // struct rlimit64 of the guest

class ResourceLimits {
 public:
  /// The limits that a fresh Linux login has.
  ResourceLimits();
  ResourceLimit& operator[](Resource resource) { return limits_[static_cast<uint32_t>(resource)]; }
  const ResourceLimit& operator[](Resource resource) const {
    return limits_[static_cast<uint32_t>(resource)];
  }

 private:
  std::array<ResourceLimit, kResourceCount> limits_;
};

}  // namespace elfin::kernel
