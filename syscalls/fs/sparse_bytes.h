// The bytes of a file in memory: pages where something was written, holes elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>

#include "runtime/base/result.h"
#include "runtime/base/types.h"
#include "syscalls/vfs/data.h"
#include "syscalls/vfs/inode.h"

namespace elfin::fs {

/// How many pages a filesystem may still hand out. Shared by its files.
struct PageBudget {
  uint64_t limit = 0;
  uint64_t used = 0;
};

class SparseBytes {
 public:
  explicit SparseBytes(PageBudget& budget) : budget_(budget) {}
  SparseBytes(const SparseBytes&) = delete;
  SparseBytes& operator=(const SparseBytes&) = delete;
  ~SparseBytes() { budget_.used -= pages_.size(); }

  uint64_t size() const { return size_; }
  uint64_t pages() const { return pages_.size(); }
  /// Bytes beyond a new, smaller size are gone; growing makes a hole.
  void Resize(uint64_t size);
  Result<size_t> Read(uint64_t offset, vfs::DataSink& sink) const;
  /// Errors: kNoSpc, kFBig, kFault.
  Result<size_t> Write(uint64_t offset, vfs::DataSource& source);
  /// Zeros within the size; whole pages become holes.
  void PunchHole(uint64_t offset, uint64_t size);
  /// Gives every page of the range memory. Errors: kNoSpc.
  Status Reserve(uint64_t offset, uint64_t size);
  /// Errors: kNxio.
  Result<uint64_t> Seek(uint64_t offset, vfs::SeekKind kind) const;

 private:
  using Page = std::array<uint8_t, kPageSize>;
  Result<Page*> PageFor(uint64_t index);

  PageBudget& budget_;
  uint64_t size_ = 0;
  std::map<uint64_t, std::unique_ptr<Page>> pages_;
};

}  // namespace elfin::fs
