// Where file data goes to and comes from: guest memory (iovecs), or the kernel's own memory.
//
// A file hands its bytes to a sink in as many pieces as it likes, straight from where they are, so
// that a read costs one copy. Sinks look their destination up anew for each piece: a file may wait
// in between.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "runtime/base/foreign_range.h"
#include "runtime/base/result.h"

namespace elfin::vfs {

class DataSink {
 public:
  virtual ~DataSink() = default;
  /// Bytes that it still takes.
  virtual uint64_t remaining() const = 0;
  /// Takes up to `size` bytes, at most remaining(); returns how many. Fewer than asked for also
  /// where the destination stops being writable. Errors: kFault when that is so for the first byte
  /// already.
  virtual Result<size_t> Put(const void* from, size_t size) = 0;
  /// Where its next bytes go to, at most `size` of them, for whoever can let the host fill that in
  /// the place of Put, and then tells how much by Filled. nullopt: only Put will do.
  virtual std::optional<ForeignRange> Foreign(uint64_t /*size*/) { return std::nullopt; }
  /// At most the size of what Foreign gave; before anything else is asked of the sink.
  virtual void Filled(uint64_t /*size*/) {}
  Result<size_t> PutZeros(uint64_t size);
};

class DataSource {
 public:
  virtual ~DataSource() = default;
  virtual uint64_t remaining() const = 0;
  /// Gives up to `size` bytes, at most remaining(); returns how many. Errors: as DataSink::Put.
  virtual Result<size_t> Take(void* to, size_t size) = 0;
};

/// The kernel's own memory as a sink or a source; the memory must outlive it.
class MemorySink final : public DataSink {
 public:
  MemorySink(void* to, size_t size) : next_(static_cast<char*>(to)), remaining_(size) {}
  uint64_t remaining() const override { return remaining_; }
  Result<size_t> Put(const void* from, size_t size) override;

 private:
  char* next_;
  size_t remaining_;
};

class MemorySource final : public DataSource {
 public:
  MemorySource(const void* from, size_t size)
      : next_(static_cast<const char*>(from)), remaining_(size) {}
  explicit MemorySource(std::string_view text) : MemorySource(text.data(), text.size()) {}
  uint64_t remaining() const override { return remaining_; }
  Result<size_t> Take(void* to, size_t size) override;

 private:
  const char* next_;
  size_t remaining_;
};

/// The bytes of `whole` from `offset` on: how files whose text is made at open (procfs) are read.
Result<size_t> PutSlice(std::string_view whole, uint64_t offset, DataSink& sink);

}  // namespace elfin::vfs
