// Reading: file_data.h's first half.
#include <algorithm>
#include <array>

#include "blockfs/ext/block_map.h"
#include "blockfs/ext/file_data.h"

namespace elfin::ext {
namespace {

constexpr uint64_t kMaxReadAheadBytes = 1 << 20;
/// A read of so much goes past the cache, where it can: a host's file costs about as much again.
constexpr uint64_t kPastBytes = 32 << 10;

/// Whether a read there goes on where the last one ended. A block's other half is part of it.
bool IsNext(const Inode& inode, uint64_t logical) {
  return logical == inode.next_read || logical + 1 == inode.next_read;
}

/// Has what is wanted, and for a sequential reader what will be, fetched in long runs.
void ReadAhead(Volume& volume, Inode& inode, const BlockRun& run) {
  uint64_t count = run.count;
  if (IsNext(inode, run.logical)) {
    const uint64_t most = kMaxReadAheadBytes / volume.block_size();
    inode.read_ahead_size = std::clamp<uint64_t>(inode.read_ahead_size * 2, 4, most);
  } else {
    inode.read_ahead_size = 0;
    inode.read_ahead_end = 0;
  }
  const uint64_t end = run.logical + count;
  inode.next_read = end;
  uint64_t first = run.logical;
  if (inode.read_ahead_size > 0) {
    // Half of what was read ahead is left: no need yet.
    if (end + inode.read_ahead_size / 2 <= inode.read_ahead_end) return;
    first = std::max(first, std::min(inode.read_ahead_end, end));
    const BlockRun& whole = inode.last_run;
    const uint64_t run_end = whole.logical + whole.count;
    const uint64_t file_end = (inode.size() + volume.block_size() - 1) / volume.block_size();
    const uint64_t wanted =
        std::max(end, std::min({end + inode.read_ahead_size, run_end, file_end}));
    inode.read_ahead_end = wanted;
    count = wanted - first;
  }
  if (count > 1) volume.cache().ReadAhead(run.physical + (first - run.logical), count);
}

Result<size_t> PutZeros(ByteSink& sink, uint64_t size) {
  static constexpr std::array<uint8_t, 4096> kZeros{};
  size_t done = 0;
  while (done < size) {
    const size_t piece = std::min<uint64_t>(size - done, kZeros.size());
    const Result<size_t> put = sink.Put(kZeros.data(), piece);
    if (!put.ok()) return done > 0 ? Result<size_t>(done) : put.error();
    done += put.value();
    if (put.value() < piece) break;
  }
  return done;
}

/// How many blocks from `number` on, at most `most`, are in the cache and lie one behind the other
/// in memory, where the first is at `bytes`. Holds until something waits or is loaded.
uint64_t CountAdjacent(BlockCache& cache, uint64_t number, uint64_t most, const uint8_t* bytes) {
  uint64_t count = 1;
  while (count < most) {
    const BlockPtr next = cache.Find(number + count);
    if (next == nullptr || next->data() != bytes + count * cache.block_size()) break;
    ++count;
  }
  return count;
}

struct Handed {
  size_t size = 0;
  /// The sink's, or kOk.
  Status status = kOk;
  /// The sink took less than it was given.
  bool full = false;
};

/// Hands on `size` bytes from block `number`, byte `within` on, as far as the cache has them.
Handed HandOn(Volume& volume, const Inode& inode, uint64_t number, uint64_t within, uint64_t size,
              ByteSink& sink) {
  BlockCache& cache = volume.cache();
  const uint32_t block_size = cache.block_size();
  // What doesn't fit into the cache will not be found there next time.
  const bool gives_up = inode.read_ahead_size > 0 && inode.size() > cache.limit();
  Handed handed;
  while (handed.size < size) {
    const BlockPtr block = cache.Find(number);
    if (block == nullptr) break;
    const uint64_t left = size - handed.size;
    const uint64_t blocks =
        CountAdjacent(cache, number, (within + left - 1) / block_size + 1, block->data());
    const size_t piece = std::min<uint64_t>(left, blocks * block_size - within);
    const Result<size_t> put = sink.Put(block->data() + within, piece);
    if (!put.ok()) {
      handed.status = put.error();
      break;
    }
    handed.size += *put;
    handed.full = *put < piece;
    if (handed.full) break;
    if (gives_up) cache.GiveUp(number, (within + piece) / block_size);
    number += blocks;
    within = 0;
  }
  return handed;
}

/// Whether a read had better not go through the cache: a long one, or one here or there in a file
/// that doesn't fit into it.
bool PrefersPast(Volume& volume, const Inode& inode, uint64_t logical, uint64_t size) {
  if (size >= kPastBytes) return true;
  return size >= volume.block_size() && inode.size() > volume.cache().limit() &&
         !IsNext(inode, logical);
}

/// As HandOn, but what the cache doesn't have comes straight from the device. Stops at what is to
/// be had neither way.
Handed HandPast(Volume& volume, const Inode& inode, uint64_t number, uint64_t within, uint64_t size,
                ByteSink& sink) {
  BlockCache& cache = volume.cache();
  const uint32_t block_size = cache.block_size();
  Handed handed;
  while (handed.size < size) {
    const uint64_t left = size - handed.size;
    const uint64_t blocks = cache.CountMissing(number, (within + left - 1) / block_size + 1);
    size_t got = 0;
    if (blocks == 0) {
      const Handed cached = HandOn(volume, inode, number, within, left, sink);
      handed.status = cached.status;
      handed.full = cached.full;
      got = cached.size;
    } else {
      const uint64_t run =
          cache.PastRun(number, within, std::min<uint64_t>(left, blocks * block_size - within));
      const std::optional<ForeignRange> to = run > 0 ? sink.Foreign(run) : std::nullopt;
      if (!to || !cache.ReadPast(number, within, *to).ok()) break;
      sink.Filled(to->size);
      got = to->size;
    }
    handed.size += got;
    if (got == 0 || !handed.status.ok() || handed.full) break;
    number += (within + got) / block_size;
    within = (within + got) % block_size;
  }
  return handed;
}

/// A read of nothing that the cache has, in one go past it; false: that can't be.
bool ReadAllPast(Volume& volume, Inode& inode, const BlockRun& run, uint64_t within, uint64_t size,
                 ByteSink& sink) {
  BlockCache& cache = volume.cache();
  if (cache.CountMissing(run.physical, run.count) != run.count ||
      cache.PastRun(run.physical, within, size) != size) {
    return false;
  }
  const std::optional<ForeignRange> to = sink.Foreign(size);
  if (!to || to->size != size || !cache.ReadPast(run.physical, within, *to).ok()) return false;
  sink.Filled(size);
  inode.next_read = run.logical + run.count;
  return true;
}

}  // namespace

std::optional<Result<size_t>> ReadBytesNow(Volume& volume, Inode& inode, uint64_t offset,
                                           ByteSink& sink) {
  if (offset >= inode.size() || sink.remaining() == 0) return size_t{0};
  const uint32_t block_size = volume.block_size();
  const uint64_t wanted = std::min(sink.remaining(), inode.size() - offset);
  const uint64_t logical = offset / block_size;
  const uint64_t count = (offset + wanted - 1) / block_size - logical + 1;
  const std::optional<BlockRun> run = KnownRun(inode, logical, count);
  if (!run || run->state != RunState::kWritten || run->count < count) return std::nullopt;
  if (PrefersPast(volume, inode, logical, wanted) &&
      ReadAllPast(volume, inode, *run, offset % block_size, wanted, sink)) {
    return static_cast<size_t>(wanted);
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (volume.cache().Find(run->physical + i) == nullptr) return std::nullopt;
  }
  ReadAhead(volume, inode, *run);
  const Handed handed = HandOn(volume, inode, run->physical, offset % block_size, wanted, sink);
  if (!handed.status.ok() && handed.size == 0) return handed.status.error();
  return handed.size;
}

Task<Result<size_t>> ReadBytes(Volume& volume, Inode& inode, uint64_t offset, ByteSink& sink) {
  const uint32_t block_size = volume.block_size();
  if (offset >= inode.size()) co_return size_t{0};
  const bool past = PrefersPast(volume, inode, offset / block_size,
                                std::min(sink.remaining(), inode.size() - offset));
  size_t done = 0;
  while (sink.remaining() > 0 && offset < inode.size()) {
    const uint64_t wanted = std::min(sink.remaining(), inode.size() - offset);
    const uint64_t logical = offset / block_size;
    const uint64_t last = (offset + wanted - 1) / block_size;
    CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, inode, logical, last - logical + 1));
    uint64_t left = std::min(wanted, (run.logical + run.count) * block_size - offset);
    if (run.state != RunState::kWritten) {
      const Result<size_t> put = PutZeros(sink, left);
      if (!put.ok() && done == 0) co_return put.error();
      done += put.ok() ? *put : 0;
      offset += put.ok() ? *put : 0;
      if (!put.ok() || *put < left) co_return done;
      continue;
    }
    if (past) {
      const Handed handed = HandPast(volume, inode, run.physical, offset % block_size, left, sink);
      done += handed.size;
      offset += handed.size;
      if (!handed.status.ok() && done == 0) co_return handed.status.error();
      if (!handed.status.ok() || handed.full) co_return done;
      if (handed.size > 0) {
        inode.next_read = (offset + block_size - 1) / block_size;
        continue;
      }
    }
    ReadAhead(volume, inode, run);
    while (left > 0) {
      const uint64_t number = run.physical + (offset / block_size - logical);
      const Result<BlockPtr> block = co_await volume.cache().Get(number);
      if (!block.ok()) {
        if (done > 0) co_return done;
        co_return block.error();
      }
      const Handed handed = HandOn(volume, inode, number, offset % block_size, left, sink);
      done += handed.size;
      offset += handed.size;
      left -= handed.size;
      if (!handed.status.ok() && done == 0) co_return handed.status.error();
      if (!handed.status.ok() || handed.full) co_return done;
    }
  }
  co_return done;
}

Task<Status> LoadBytes(Volume& volume, Inode& inode, uint64_t offset, uint64_t size) {
  const uint32_t block_size = volume.block_size();
  if (size == 0 || offset >= inode.size()) co_return kOk;
  size = std::min({size, inode.size() - offset, volume.cache().limit() / 4});
  const uint64_t end = (offset + size + block_size - 1) / block_size;
  for (uint64_t logical = offset / block_size; logical < end;) {
    CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, inode, logical, end - logical));
    if (run.state == RunState::kWritten) volume.cache().ReadAhead(run.physical, run.count);
    logical += run.count;
  }
  co_return kOk;
}

}  // namespace elfin::ext
