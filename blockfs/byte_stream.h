// Where a file's bytes go to and come from. The filesystem gives and takes them piece by piece,
// straight out of its cache, so that a read costs one copy.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/result.h"

namespace elfin::blockfs {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Bytes that it still takes.
  virtual uint64_t remaining() const = 0;
  /// Takes up to `size` bytes, at most remaining(); returns how many: fewer than asked for where
  /// the destination ends. Errors: kFault when it takes none at all.
  virtual Result<size_t> Put(const void* from, size_t size) = 0;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t remaining() const = 0;
  /// Gives up to `size` bytes; returns how many. Errors: as ByteSink::Put.
  virtual Result<size_t> Take(void* to, size_t size) = 0;
};

}  // namespace elfin::blockfs
