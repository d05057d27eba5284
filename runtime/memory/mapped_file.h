// What AddressSpace and loader need of a file: the kernel's vfs implements it, tests with a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/result.h"
#include "runtime/base/task.h"

namespace elfin::memory {

/// An open regular file that a mapping keeps alive (by shared_ptr), apart from any descriptor.
class SharedPages;  // shared_pages.h

class MappedFile {
 public:
  virtual ~MappedFile() = default;

  /// Reads up to `size` bytes; fewer only at the end of the file (0 at or beyond it). `to` is the
  /// kernel's own memory and stays valid until the task is ready. Errors: kIo and whatever the
  /// filesystem has.
  virtual Task<Result<size_t>> Read(uint64_t offset, void* to, size_t size) = 0;
  /// That much of the file will be read soon: whoever has to fetch it from afar may begin.
  virtual void WillRead(uint64_t /*offset*/, uint64_t /*size*/) {}
  /// Writes within the file's present size, for shared writable mappings. Errors: as Read, kRoFs,
  /// kNoSpc.
  virtual Task<Result<size_t>> Write(uint64_t offset, const void* from, size_t size) = 0;
  /// Bytes now.
  virtual uint64_t size() const = 0;

  /// Where the shared mappings of one file find each other, whoever has them.
  virtual std::weak_ptr<SharedPages>& shared_pages() = 0;

  // What /proc/self/maps prints.
  virtual uint64_t device() const = 0;
  virtual uint64_t inode() const = 0;
  virtual std::string path() const = 0;
};

}  // namespace elfin::memory
