#include "blockfs/devices/fault_device.h"

#include <algorithm>
#include <cstring>

namespace elfin::blockfs {

uint64_t FaultDevice::Random() {  // splitmix64
  random_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = random_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

void FaultDevice::FailReads(uint64_t offset, uint64_t size) {
  bad_offset_ = offset;
  bad_size_ = size;
}

void FaultDevice::Keep(const Pending& write, size_t size) {
  ELFIN_CHECK(medium_.Write(write.offset, write.bytes.data(), size).Take().ok());
}

void FaultDevice::CutPower() {
  if (!powered_) return;
  powered_ = false;
  // Sometimes much is lost, sometimes little.
  const uint64_t chance = Random() % 101;
  for (const Pending& write : pending_) {
    if (Random() % 100 < chance) Keep(write, write.bytes.size());
  }
  pending_.clear();
}

Task<Status> FaultDevice::Read(uint64_t offset, void* to, size_t size) {
  if (!powered_ || !InRange(offset, size)) return Errno::kIo;
  if (bad_size_ > 0 && offset < bad_offset_ + bad_size_ && bad_offset_ < offset + size) {
    return Errno::kIo;
  }
  TRY(medium_.Read(offset, to, size).Take());
  for (const Pending& write : pending_) {
    const uint64_t begin = std::max(offset, write.offset);
    const uint64_t end = std::min(offset + size, write.offset + write.bytes.size());
    if (begin >= end) continue;
    std::memcpy(static_cast<uint8_t*>(to) + (begin - offset),
                write.bytes.data() + (begin - write.offset), end - begin);
  }
  return kOk;
}

Task<Status> FaultDevice::Write(uint64_t offset, const void* from, size_t size) {
  if (!powered_ || !InRange(offset, size)) return Errno::kIo;
  const auto* bytes = static_cast<const uint8_t*>(from);
  Pending write{offset, {bytes, bytes + size}};
  ++writes_;
  if (writes_left_.has_value() && --*writes_left_ == 0) {
    CutPower();
    const uint64_t sectors = Random() % (size / kSectorSize + 1);
    Keep(write, sectors * kSectorSize);
    return Errno::kIo;
  }
  pending_.push_back(std::move(write));
  return kOk;
}

Task<Status> FaultDevice::Discard(uint64_t offset, uint64_t size) {
  if (!powered_ || !InRange(offset, size)) return Errno::kIo;
  pending_.push_back({offset, std::vector<uint8_t>(size)});
  return kOk;
}

Task<Status> FaultDevice::Flush() {
  if (!powered_) return Errno::kIo;
  for (const Pending& write : pending_) Keep(write, write.bytes.size());
  pending_.clear();
  return kOk;
}

}  // namespace elfin::blockfs
