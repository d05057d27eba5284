// Guest memory as where file data goes to and comes from: one buffer, or an iovec array.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/result.h"
#include "syscalls/abi/uio.h"
#include "syscalls/kernel/syscall_context.h"
#include "syscalls/vfs/data.h"

namespace elfin::kernel {

/// The pieces of guest memory that one call moves data to or from, in order.
class GuestPieces {
 public:
  /// One buffer; what is over MAX_RW_COUNT is left out, as in Linux.
  GuestPieces(GuestAddr address, uint64_t size);
  /// Copies and checks an iovec array. Errors: kInval (count, lengths), kFault.
  static Result<GuestPieces> FromIovecs(const SyscallContext& context, GuestPtr<abi::IoVec> vectors,
                                        int32_t count);

  uint64_t remaining() const { return remaining_; }
  GuestAddr next() const { return GuestAddr{pieces_[index_].base}; }
  /// Bytes of the current piece. Precondition: remaining() > 0.
  uint64_t next_size() const { return pieces_[index_].length; }
  void Advance(uint64_t size);

 private:
  GuestPieces() = default;
  void SkipEmpty();

  std::vector<abi::IoVec> pieces_;
  size_t index_ = 0;
  uint64_t remaining_ = 0;
};

class GuestSink final : public vfs::DataSink {
 public:
  GuestSink(const SyscallContext& context, GuestPieces pieces)
      : context_(context), pieces_(std::move(pieces)) {}
  uint64_t remaining() const override { return pieces_.remaining(); }
  Result<size_t> Put(const void* from, size_t size) override;
  std::optional<ForeignRange> Foreign(uint64_t size) override;
  void Filled(uint64_t size) override { pieces_.Advance(size); }

 private:
  const SyscallContext& context_;
  GuestPieces pieces_;
};

class GuestSource final : public vfs::DataSource {
 public:
  GuestSource(const SyscallContext& context, GuestPieces pieces)
      : context_(context), pieces_(std::move(pieces)) {}
  uint64_t remaining() const override { return pieces_.remaining(); }
  Result<size_t> Take(void* to, size_t size) override;

 private:
  const SyscallContext& context_;
  GuestPieces pieces_;
};

}  // namespace elfin::kernel
