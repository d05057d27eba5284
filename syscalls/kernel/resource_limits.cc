#include "syscalls/kernel/resource_limits.h"

namespace elfin::kernel {

ResourceLimits::ResourceLimits() {
  auto& limits = *this;
  limits[Resource::kStack] = {8 << 20, kUnlimited};
  limits[Resource::kCore] = {0, kUnlimited};
  limits[Resource::kProcesses] = {31'000, 31'000};
  limits[Resource::kFiles] = {1024, 1 << 20};
  limits[Resource::kLockedMemory] = {8 << 20, 8 << 20};
  limits[Resource::kPendingSignals] = {31'000, 31'000};
  limits[Resource::kMessageQueue] = {819'200, 819'200};
  limits[Resource::kNice] = {0, 0};
  limits[Resource::kRealtimePriority] = {0, 0};
}

}  // namespace elfin::kernel
