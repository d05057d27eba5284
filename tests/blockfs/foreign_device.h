// The twins of a disk that the host reads into process memories, and of a reader there.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "blockfs/block_device.h"
#include "blockfs/byte_stream.h"
#include "runtime/base/check.h"

namespace elfin::blockfs {

/// Process memories by number, as the host has them.
using ForeignMemories = std::map<int32_t, std::string>;

/// Another device, of which [begin, end) can be read into those memories.
class ForeignDevice final : public BlockDevice {
 public:
  ForeignDevice(BlockDevice& below, ForeignMemories& memories, uint64_t begin = 0,
                uint64_t end = UINT64_MAX)
      : below_(below), memories_(memories), begin_(begin), end_(end) {}
  uint64_t size() const override { return below_.size(); }
  bool read_only() const override { return below_.read_only(); }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override {
    return below_.Read(offset, to, size);
  }
  uint64_t ForeignRun(uint64_t offset, uint64_t size) const override {
    if (offset < begin_ || offset >= end_) return 0;
    return std::min(size, end_ - offset);
  }
  Status ReadForeign(uint64_t offset, const ForeignRange& to) override {
    ELFIN_CHECK(ForeignRun(offset, to.size) == to.size);
    std::string& memory = memories_.at(to.memory);
    ELFIN_CHECK(to.address + to.size <= memory.size());
    foreign_bytes += to.size;
    ++foreign_reads;
    return below_.Read(offset, memory.data() + to.address, to.size).Take();
  }
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override {
    return below_.Write(offset, from, size);
  }
  Task<Status> Flush() override { return below_.Flush(); }

  uint64_t foreign_bytes = 0;
  int foreign_reads = 0;

 private:
  BlockDevice& below_;
  ForeignMemories& memories_;
  uint64_t begin_;
  uint64_t end_;
};

/// Takes bytes into memory 7, `piece` at once at most.
class ForeignSink final : public ByteSink {
 public:
  ForeignSink(ForeignMemories& memories, uint64_t size, uint64_t piece = UINT64_MAX)
      : memory_(memories[kMemory]), piece_(piece) {
    memory_.assign(size, '?');
  }
  uint64_t remaining() const override { return memory_.size() - at_; }
  Result<size_t> Put(const void* from, size_t size) override {
    ELFIN_CHECK(size <= remaining());
    memory_.replace(at_, size, static_cast<const char*>(from), size);
    at_ += size;
    return size;
  }
  std::optional<ForeignRange> Foreign(uint64_t size) override {
    return ForeignRange{kMemory, at_, std::min({size, piece_, remaining()})};
  }
  void Filled(uint64_t size) override { at_ += size; }

  std::string text() const { return memory_.substr(0, at_); }

 private:
  static constexpr int32_t kMemory = 7;
  std::string& memory_;
  uint64_t piece_;
  uint64_t at_ = 0;
};

}  // namespace elfin::blockfs
