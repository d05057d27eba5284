// OverlayDevice: what is written to a disk goes elsewhere, the disk itself stays as it is.
//
// Reads come from the store where it has the cluster (4 KiB), else from the base. The store is any
// device of StoreSize() bytes, best a sparse one; FORMAT.md has its layout. It remembers which base
// it belongs to. A cluster counts as written once Flush has made its bytes durable and then its
// bit: a power cut in between leaves the base's bytes.
//
// New clusters make a Flush dear: their bits are written, and the store makes room for them. So for
// a writer that flushes after each few clusters, and goes on behind them (a log), the next ones are
// taken along.
#pragma once

#include <array>
#include <memory>
#include <set>
#include <vector>

#include "blockfs/block_device.h"

namespace elfin::blockfs {

class OverlayDevice final : public BlockDevice {
 public:
  static constexpr uint32_t kClusterSize = 4096;
  /// Bytes of a store for a base of that size.
  static uint64_t StoreSize(uint64_t base_size);

  /// A store of zeros is made new. Both outlive it. Errors: kInval (not a store, or of another
  /// version), kStale (of another base, or of this one before somebody wrote to it), kIo.
  static Task<Result<std::unique_ptr<OverlayDevice>>> Open(BlockDevice& base, BlockDevice& store);

  uint64_t size() const override { return base_.size(); }
  bool read_only() const override { return store_.read_only(); }
  Task<Status> Read(uint64_t offset, void* to, size_t size) override;
  uint64_t ForeignRun(uint64_t offset, uint64_t size) const override;
  Status ReadForeign(uint64_t offset, const ForeignRange& to) override;
  Task<Status> Write(uint64_t offset, const void* from, size_t size) override;
  Task<Status> Flush() override;
  /// Whole clusters leave the store, and read as the base has them.
  Task<Status> Discard(uint64_t offset, uint64_t size) override;

  /// Clusters that the store has.
  uint64_t written_clusters() const;

 private:
  OverlayDevice(BlockDevice& base, BlockDevice& store);
  bool Has(uint64_t cluster) const { return (bits_[cluster / 8] >> cluster % 8 & 1) != 0; }
  uint64_t DataAt(uint64_t cluster) const { return data_offset_ + cluster * kClusterSize; }
  void Mark(uint64_t cluster, bool has);
  /// Clusters from `cluster` on, before `end`, that lie where it lies.
  uint64_t RunEnd(uint64_t cluster, uint64_t end) const;
  /// Where the bytes from `offset` on lie, as far as they do together; `size` is above 0.
  struct Piece {
    BlockDevice& device;
    uint64_t offset;
    size_t size;
  };
  Piece PieceAt(uint64_t offset, uint64_t size) const;
  Task<Status> CopyFromBase(uint64_t first, uint64_t count);
  bool GoesOn(uint64_t first, uint64_t end);
  Task<Status> TakeAhead(uint64_t first);

  BlockDevice& base_;
  BlockDevice& store_;
  uint64_t data_offset_;
  std::vector<uint8_t> bits_;
  std::set<uint64_t> changed_bit_blocks_;
  /// Where writers ended lately, and after how many flushes that was.
  struct Writer {
    uint64_t end = 0;  // cluster
    uint64_t flushes = 0;
  };
  std::array<Writer, 4> writers_;
  size_t oldest_writer_ = 0;
  uint64_t flushes_ = 0;
};

}  // namespace elfin::blockfs
