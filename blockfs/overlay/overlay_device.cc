#include "blockfs/overlay/overlay_device.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "blockfs/crc32c.h"
#include "runtime/base/log.h"

namespace elfin::blockfs {
namespace {

constexpr uint64_t kBitsOffset = 4096;
constexpr uint32_t kVersion = 1;
/// Clusters that are taken along at once.
constexpr uint64_t kAheadClusters = 64;
constexpr char kMagic[8] = {'E', 'l', 'f', 'i', 'n', 'O', 'v', 'l'};
/// An ext filesystem's superblock; of another disk, just its third and fourth sector.
constexpr uint64_t kSuperblockOffset = 1024;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t cluster_size;
  uint64_t base_size;
  char base_identity[256];
  uint8_t base_superblock[1024];
  uint8_t reserved[4096 - 8 - 4 - 4 - 8 - 256 - 1024 - 4];
  uint32_t checksum;  // CRC-32C of everything before it
};
static_assert(sizeof(Header) == kBitsOffset);

uint64_t Clusters(uint64_t base_size) {
  return (base_size + OverlayDevice::kClusterSize - 1) / OverlayDevice::kClusterSize;
}
uint64_t BitBytes(uint64_t base_size) {
  constexpr uint64_t kBlock = 4096;
  return (Clusters(base_size) / 8 + kBlock) / kBlock * kBlock;
}

uint32_t ChecksumOf(const Header& header) {
  return Crc32c(kCrcStart, &header, offsetof(Header, checksum));
}

}  // namespace

uint64_t OverlayDevice::StoreSize(uint64_t base_size) {
  return kBitsOffset + BitBytes(base_size) + Clusters(base_size) * kClusterSize;
}

OverlayDevice::OverlayDevice(BlockDevice& base, BlockDevice& store)
    : base_(base),
      store_(store),
      data_offset_(kBitsOffset + BitBytes(base.size())),
      bits_(BitBytes(base.size())) {}

Task<Result<std::unique_ptr<OverlayDevice>>> OverlayDevice::Open(BlockDevice& base,
                                                                 BlockDevice& store) {
  if (store.size() < StoreSize(base.size())) {
    Log(LogLevel::kError, "overlay: it is shorter than its disk");
    co_return Errno::kStale;
  }
  auto wanted = std::make_unique<Header>();
  std::memset(wanted.get(), 0, sizeof(Header));
  std::memcpy(wanted->magic, kMagic, sizeof(kMagic));
  wanted->version = kVersion;
  wanted->cluster_size = kClusterSize;
  wanted->base_size = base.size();
  const std::string identity = base.identity();
  std::memcpy(wanted->base_identity, identity.data(),
              std::min(identity.size(), sizeof(wanted->base_identity)));
  if (base.size() >= kSuperblockOffset + sizeof(wanted->base_superblock)) {
    CO_TRY(co_await base.Read(kSuperblockOffset, wanted->base_superblock,
                              sizeof(wanted->base_superblock)));
  }
  wanted->checksum = ChecksumOf(*wanted);

  auto found = std::make_unique<Header>();
  CO_TRY(co_await store.Read(0, found.get(), sizeof(Header)));
  std::unique_ptr<OverlayDevice> overlay(new OverlayDevice(base, store));
  const auto* bytes = reinterpret_cast<const uint8_t*>(found.get());
  if (std::all_of(bytes, bytes + sizeof(Header), [](uint8_t byte) { return byte == 0; })) {
    CO_TRY(co_await store.Write(0, wanted.get(), sizeof(Header)));
    CO_TRY(co_await store.Flush());
    co_return overlay;
  }
  const bool torn = std::memcmp(found->magic, kMagic, sizeof(kMagic)) == 0 &&
                    found->checksum != ChecksumOf(*found);
  if (!torn && (std::memcmp(found->magic, kMagic, sizeof(kMagic)) != 0 ||
                found->version != kVersion || found->cluster_size != kClusterSize)) {
    Log(LogLevel::kError, "overlay: this is none, or one of another version");
    co_return Errno::kInval;
  }
  CO_TRY(co_await store.Read(kBitsOffset, overlay->bits_.data(), overlay->bits_.size()));
  const bool unused = overlay->written_clusters() == 0;
  if (torn && !unused) {
    Log(LogLevel::kError, "overlay: its header is damaged");
    co_return Errno::kInval;
  }
  if (std::memcmp(found.get(), wanted.get(), sizeof(Header)) != 0) {
    if (!unused) {
      Log(LogLevel::kError, "overlay: it belongs to another disk, or the disk has changed");
      co_return Errno::kStale;
    }
    // Nothing is in it: the power went while it was made.
    CO_TRY(co_await store.Write(0, wanted.get(), sizeof(Header)));
    CO_TRY(co_await store.Flush());
  }
  co_return overlay;
}

uint64_t OverlayDevice::written_clusters() const {
  uint64_t count = 0;
  for (const uint8_t byte : bits_) count += static_cast<uint64_t>(__builtin_popcount(byte));
  return count;
}

uint64_t OverlayDevice::RunEnd(uint64_t cluster, uint64_t end) const {
  const bool here = Has(cluster);
  do ++cluster;
  while (cluster < end && Has(cluster) == here);
  return cluster;
}

OverlayDevice::Piece OverlayDevice::PieceAt(uint64_t offset, uint64_t size) const {
  const uint64_t cluster = offset / kClusterSize;
  const uint64_t run_end = RunEnd(cluster, (offset + size - 1) / kClusterSize + 1);
  const size_t piece = std::min<uint64_t>(size, run_end * kClusterSize - offset);
  if (Has(cluster)) return {store_, data_offset_ + offset, piece};
  return {base_, offset, piece};
}

Task<Status> OverlayDevice::Read(uint64_t offset, void* to, size_t size) {
  if (!InRange(offset, size)) co_return Errno::kIo;
  for (size_t done = 0; done < size;) {
    const Piece piece = PieceAt(offset + done, size - done);
    CO_TRY(co_await piece.device.Read(piece.offset, static_cast<uint8_t*>(to) + done, piece.size));
    done += piece.size;
  }
  co_return kOk;
}

uint64_t OverlayDevice::ForeignRun(uint64_t offset, uint64_t size) const {
  if (size == 0 || !InRange(offset, size)) return 0;
  const Piece piece = PieceAt(offset, size);
  return piece.device.ForeignRun(piece.offset, piece.size);
}

Status OverlayDevice::ReadForeign(uint64_t offset, const ForeignRange& to) {
  if (to.size == 0 || !InRange(offset, to.size)) return Errno::kIo;
  const Piece piece = PieceAt(offset, to.size);
  if (piece.size != to.size) return Errno::kIo;
  return piece.device.ReadForeign(piece.offset, to);
}

Task<Status> OverlayDevice::CopyFromBase(uint64_t first, uint64_t count) {
  const uint64_t offset = first * kClusterSize;
  std::vector<uint8_t> bytes(count * kClusterSize);
  CO_TRY(co_await base_.Read(offset, bytes.data(),
                             std::min<uint64_t>(bytes.size(), base_.size() - offset)));
  co_return co_await store_.Write(DataAt(first), bytes.data(), bytes.size());
}

/// Whether a writer had ended at `first` and flushed since; it is at `end` now.
bool OverlayDevice::GoesOn(uint64_t first, uint64_t end) {
  for (Writer& writer : writers_) {
    if (writer.end != first) continue;
    return std::exchange(writer, {end, flushes_}).flushes != flushes_;
  }
  writers_[oldest_writer_] = {end, flushes_};
  oldest_writer_ = (oldest_writer_ + 1) % writers_.size();
  return false;
}

/// Those from `first` on that aren't there, as the base has them.
Task<Status> OverlayDevice::TakeAhead(uint64_t first) {
  const uint64_t end = std::min(first + kAheadClusters, base_.size() / kClusterSize);
  if (first >= end || Has(first)) co_return kOk;
  const uint64_t run_end = RunEnd(first, end);
  CO_TRY(co_await CopyFromBase(first, run_end - first));
  for (uint64_t cluster = first; cluster < run_end; ++cluster) Mark(cluster, true);
  co_return kOk;
}

Task<Status> OverlayDevice::Write(uint64_t offset, const void* from, size_t size) {
  if (!InRange(offset, size)) co_return Errno::kIo;
  if (size == 0) co_return kOk;
  const uint64_t first = offset / kClusterSize;
  const uint64_t last = (offset + size - 1) / kClusterSize;
  // What of the first and the last cluster isn't written now comes from the base.
  const bool whole_first = offset % kClusterSize == 0;
  const bool whole_last = (offset + size) % kClusterSize == 0 || offset + size == base_.size();
  if (!Has(first) && (!whole_first || (first == last && !whole_last))) {
    CO_TRY(co_await CopyFromBase(first, 1));
  }
  if (last != first && !Has(last) && !whole_last) CO_TRY(co_await CopyFromBase(last, 1));
  CO_TRY(co_await store_.Write(data_offset_ + offset, from, size));
  const bool is_new = !Has(last);
  for (uint64_t cluster = first; cluster <= last; ++cluster) Mark(cluster, true);
  const bool goes_on = GoesOn(first, last + 1);
  if (goes_on && is_new && !base_.is_distant() && !store_.is_distant()) {
    co_return co_await TakeAhead(last + 1);
  }
  co_return kOk;
}

void OverlayDevice::Mark(uint64_t cluster, bool has) {
  if (Has(cluster) == has) return;
  bits_[cluster / 8] ^= 1 << cluster % 8;
  changed_bit_blocks_.insert(cluster / 8 / 4096);
}

Task<Status> OverlayDevice::Discard(uint64_t offset, uint64_t size) {
  if (!InRange(offset, size)) co_return Errno::kIo;
  const uint64_t end = (offset + size) / kClusterSize;
  uint64_t cluster = (offset + kClusterSize - 1) / kClusterSize;
  while (cluster < end) {
    const uint64_t run_end = RunEnd(cluster, end);
    if (Has(cluster)) {
      const uint64_t run = cluster;
      for (; cluster < run_end; ++cluster) Mark(cluster, false);
      CO_TRY(co_await store_.Discard(DataAt(run), (run_end - run) * kClusterSize));
    }
    cluster = run_end;
  }
  co_return kOk;
}

Task<Status> OverlayDevice::Flush() {
  ++flushes_;
  CO_TRY(co_await store_.Flush());
  if (changed_bit_blocks_.empty()) co_return kOk;
  std::set<uint64_t> blocks;
  blocks.swap(changed_bit_blocks_);
  for (const uint64_t block : blocks) {
    // A copy: bits that are set meanwhile wait for the next Flush, when their bytes are durable.
    const std::vector<uint8_t> bytes(bits_.begin() + static_cast<ptrdiff_t>(block * 4096),
                                     bits_.begin() + static_cast<ptrdiff_t>(block * 4096 + 4096));
    const Status status = co_await store_.Write(kBitsOffset + block * 4096, bytes.data(), 4096);
    if (!status.ok()) {
      changed_bit_blocks_.insert(blocks.begin(), blocks.end());
      co_return status;
    }
  }
  co_return co_await store_.Flush();
}

}  // namespace elfin::blockfs
