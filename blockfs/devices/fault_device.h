// A disk that fails on purpose, for tests: it loses power at a chosen write, or can't read a range.
//
// It behaves as block_device.h allows a disk to behave at its worst. What was written since the
// last Flush is in its volatile cache. When the power goes, each of those writes has reached the
// medium or not, by lot; the one under way has reached it up to a border of 512 bytes. From then on
// everything fails with kIo. What happens depends on the seed alone.
#pragma once

#include <optional>
#include <vector>

#include "blockfs/devices/memory_device.h"

namespace elfin::blockfs {

class FaultDevice final : public BlockDevice {
 public:
  /// `medium` holds what is durable, and is what a next start would find. It outlives this.
  FaultDevice(MemoryDevice& medium, uint64_t seed) : medium_(medium), random_(seed) {}

  /// The power goes with the `writes`th Write from now on (1: the next one).
  void CutPowerAfter(uint64_t writes) { writes_left_ = writes; }
  /// Now.
  void CutPower();
  bool powered() const { return powered_; }
  uint64_t writes() const { return writes_; }
  /// Reads that touch the range fail until this is called again with size 0.
  void FailReads(uint64_t offset, uint64_t size);

  uint64_t size() const override { return medium_.size(); }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override;
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override;
  Task<Status> Flush() override;
  /// As a write of zeros, which the power's end may take back.
  Task<Status> Discard(uint64_t offset, uint64_t size) override;

 private:
  struct Pending {
    uint64_t offset;
    std::vector<uint8_t> bytes;
  };
  uint64_t Random();
  void Keep(const Pending& write, size_t size);

  MemoryDevice& medium_;
  uint64_t random_;
  std::optional<uint64_t> writes_left_;
  uint64_t writes_ = 0;
  bool powered_ = true;
  uint64_t bad_offset_ = 0;
  uint64_t bad_size_ = 0;
  std::vector<Pending> pending_;
};

}  // namespace elfin::blockfs
