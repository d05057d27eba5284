// Where a file's bytes go to and come from. The filesystem gives and takes them piece by piece,
// straight out of its cache, so that a read costs one copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/base/foreign_range.h"
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
  /// Where its next bytes go to, at most `size` of them, if somebody else may fill that in the
  /// place of Put and then tell how much by Filled; nullopt: only Put will do.
  virtual std::optional<ForeignRange> Foreign(uint64_t /*size*/) { return std::nullopt; }
  /// At most the size of what Foreign gave; before anything else is asked of the sink.
  virtual void Filled(uint64_t /*size*/) {}
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t remaining() const = 0;
  /// Gives up to `size` bytes; returns how many. Errors: as ByteSink::Put.
  virtual Result<size_t> Take(void* to, size_t size) = 0;
};

}  // namespace elfin::blockfs
