#include "syscalls/handlers/guest_data.h"

#include <algorithm>

#include "runtime/memory/address_space.h"
#include "syscalls/abi/fcntl.h"

namespace elfin::kernel {
namespace {

/// Moves bytes piece by piece with `copy(address, done, count)`, up to the first that is out of
/// reach.
template <class Copy>
Result<size_t> Move(GuestPieces& pieces, size_t size, Copy copy) {
  size_t done = 0;
  while (done < size && pieces.remaining() > 0) {
    const size_t piece = static_cast<size_t>(std::min<uint64_t>(pieces.next_size(), size - done));
    const Result<size_t> moved = copy(pieces.next(), done, piece);
    if (!moved.ok()) return done > 0 ? Result<size_t>(done) : moved;
    pieces.Advance(moved.value());
    done += moved.value();
    if (moved.value() < piece) break;
  }
  return done;
}

}  // namespace

GuestPieces::GuestPieces(GuestAddr address, uint64_t size)
    : pieces_{{address.value, std::min(size, abi::kMaxReadWrite)}},
      remaining_(pieces_.front().length) {}

Result<GuestPieces> GuestPieces::FromIovecs(const SyscallContext& context,
                                            GuestPtr<abi::IoVec> vectors, int32_t count) {
  if (count < 0 || count > abi::kIovMax) return Errno::kInval;
  GuestPieces pieces;
  pieces.pieces_.resize(static_cast<size_t>(count));
  TRY(context.CopyIn(vectors.address, pieces.pieces_.data(),
                     pieces.pieces_.size() * sizeof(abi::IoVec)));
  for (abi::IoVec& piece : pieces.pieces_) {
    if (piece.length > INT64_MAX) return Errno::kInval;
    piece.length = std::min(piece.length, abi::kMaxReadWrite - pieces.remaining_);
    pieces.remaining_ += piece.length;
  }
  pieces.SkipEmpty();
  return pieces;
}

void GuestPieces::SkipEmpty() {
  while (index_ < pieces_.size() && pieces_[index_].length == 0) ++index_;
}

void GuestPieces::Advance(uint64_t size) {
  pieces_[index_].base += size;
  pieces_[index_].length -= size;
  remaining_ -= size;
  SkipEmpty();
}

Result<size_t> GuestSink::Put(const void* from, size_t size) {
  return Move(pieces_, size, [this, from](GuestAddr to, size_t done, size_t count) {
    return context_.CopyOutPartial(to, static_cast<const char*>(from) + done, count);
  });
}

std::optional<ForeignRange> GuestSink::Foreign(uint64_t size) {
  if (pieces_.remaining() == 0) return std::nullopt;
  return context_.memory().ForeignWritable(pieces_.next(), std::min(size, pieces_.next_size()));
}

Result<size_t> GuestSource::Take(void* to, size_t size) {
  return Move(pieces_, size, [this, to](GuestAddr from, size_t done, size_t count) {
    return context_.CopyInPartial(from, static_cast<char*>(to) + done, count);
  });
}

}  // namespace elfin::kernel
