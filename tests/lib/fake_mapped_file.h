// A MappedFile over a string, which can be made to wait or to fail.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/memory/mapped_file.h"

namespace elfin::testing {

class FakeMappedFile : public memory::MappedFile {
 public:
  explicit FakeMappedFile(std::string text, uint64_t inode = 1)
      : bytes(std::move(text)), inode_(inode) {}

  Task<Result<size_t>> Read(uint64_t offset, void* to, size_t size) override {
    ++reads;
    if (fail) return Errno::kIo;
    if (offset >= bytes.size()) return size_t{0};
    const size_t count = std::min<size_t>(size, bytes.size() - offset);
    std::memcpy(to, bytes.data() + offset, count);
    return count;
  }
  Task<Result<size_t>> Write(uint64_t offset, const void* from, size_t size) override {
    ++writes;
    if (fail) return Errno::kIo;
    ELFIN_CHECK(offset + size <= bytes.size());
    bytes.replace(offset, size, static_cast<const char*>(from), size);
    return size;
  }
  std::weak_ptr<memory::SharedPages>& shared_pages() override { return shared_pages_; }
  uint64_t size() const override { return bytes.size(); }
  uint64_t device() const override { return 7; }
  uint64_t inode() const override { return inode_; }
  std::string path() const override { return "/fake"; }

  std::string bytes;
  bool fail = false;
  int reads = 0;
  int writes = 0;

 private:
  uint64_t inode_;
  std::weak_ptr<memory::SharedPages> shared_pages_;
};

}  // namespace elfin::testing
