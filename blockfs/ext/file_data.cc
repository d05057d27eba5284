#include "blockfs/ext/file_data.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "blockfs/ext/block_map.h"
#include "blockfs/ext/orphans.h"

namespace elfin::ext {
namespace {

constexpr uint64_t kMaxReadAheadBytes = 1 << 20;
constexpr uint64_t kEndOfMap = uint64_t{1} << 32;

/// Has what is wanted, and for a sequential reader what will be, fetched in long runs.
void ReadAhead(Volume& volume, Inode& inode, const BlockRun& run) {
  uint64_t count = run.count;
  // A block's other half is part of the sequence.
  if (run.logical == inode.next_read || run.logical + 1 == inode.next_read) {
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

/// A block's bytes as zeros from `from` to its end; nothing where there is no written block.
Task<Status> ZeroInBlock(Volume& volume, Inode& inode, uint64_t from, uint64_t to) {
  if (from >= to) co_return kOk;
  CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, inode, from / volume.block_size(), 1));
  if (run.state != RunState::kWritten) co_return kOk;
  CO_ASSIGN(const BlockPtr block, co_await volume.cache().Get(run.physical));
  std::memset(block->data() + from % volume.block_size(), 0, to - from);
  volume.cache().MarkDirty(block);
  co_return kOk;
}

/// What lies between the file's end and its last block's end, before something is put behind it.
Task<Status> ZeroTail(Volume& volume, Inode& inode, uint64_t from) {
  const uint64_t rest = from % volume.block_size();
  if (rest == 0) return kOk;
  return ZeroInBlock(volume, inode, from, from - rest + volume.block_size());
}

void Touch(Volume& volume, Inode& inode) {
  const Nanoseconds now = volume.Now();
  inode.set_time(Inode::Time::kModify, now);
  inode.set_time(Inode::Time::kChange, now);
}

void Resize(Volume& volume, Inode& inode, uint64_t size) {
  inode.set_size(size);
  if (size > 0x7fffffff && !volume.has_ro_compat(kRoCompatLargeFile)) {
    volume.superblock().feature_ro_compat |= kRoCompatLargeFile;
    volume.SuperblockChanged();
  }
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

}  // namespace

std::optional<Result<size_t>> ReadCachedBytes(Volume& volume, Inode& inode, uint64_t offset,
                                              ByteSink& sink) {
  if (offset >= inode.size() || sink.remaining() == 0) return size_t{0};
  const uint32_t block_size = volume.block_size();
  const uint64_t wanted = std::min(sink.remaining(), inode.size() - offset);
  const uint64_t logical = offset / block_size;
  const uint64_t count = (offset + wanted - 1) / block_size - logical + 1;
  const std::optional<BlockRun> run = KnownRun(inode, logical, count);
  if (!run || run->state != RunState::kWritten || run->count < count) return std::nullopt;
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

Task<Result<size_t>> WriteBytes(Volume& volume, const InodePtr& inode, uint64_t offset,
                                const uint8_t* bytes, size_t size) {
  if (size == 0) co_return size_t{0};
  const uint32_t block_size = volume.block_size();
  const uint64_t max = MaxFileSize(volume, *inode);
  if (offset >= max) co_return Errno::kFBig;
  size = std::min<uint64_t>(size, max - offset);
  const uint64_t old_size = inode->size();
  if (offset > old_size) CO_TRY(co_await ZeroTail(volume, *inode, old_size));
  const uint64_t end_block = (offset + size + block_size - 1) / block_size;
  size_t done = 0;
  Status trouble = kOk;
  for (uint64_t logical = offset / block_size; logical < end_block;) {
    CO_ASSIGN(BlockRun run, co_await MapBlocks(volume, *inode, logical, end_block - logical));
    bool fresh = false;
    if (run.state == RunState::kHole) {
      const Result<BlockRun> made =
          co_await AllocateBlocks(volume, *inode, logical, run.count, RunState::kWritten);
      if (!made.ok()) {
        trouble = made.error();
        break;
      }
      run = *made;
      fresh = true;
    } else if (run.state == RunState::kUnwritten) {
      trouble = co_await MarkWritten(volume, *inode, logical, run.count);
      if (!trouble.ok()) break;
      fresh = true;
    }
    for (uint64_t i = 0; i < run.count; ++i) {
      const uint64_t begin = (logical + i) * block_size;
      const uint64_t from = std::max(offset, begin);
      const uint64_t to = std::min(offset + size, begin + block_size);
      BlockPtr block;
      if (fresh || begin >= old_size || to - from == block_size) {
        block = volume.cache().GetZeroed(run.physical + i);
      } else {
        CO_ASSIGN(block, co_await volume.cache().Get(run.physical + i));
      }
      std::memcpy(block->data() + (from - begin), bytes + (from - offset), to - from);
      volume.cache().MarkDirty(block);
      done += to - from;
    }
    logical += run.count;
  }
  if (done == 0 && !trouble.ok()) co_return trouble.error();
  if (!trouble.ok() && trouble.error() != Errno::kNoSpc && trouble.error() != Errno::kFBig) {
    co_return trouble.error();
  }
  if (offset + done > old_size) Resize(volume, *inode, offset + done);
  Touch(volume, *inode);
  CO_TRY(co_await volume.SaveInode(*inode));
  co_return done;
}

Task<Status> SetSize(Volume& volume, const InodePtr& inode, uint64_t size) {
  if (size > MaxFileSize(volume, *inode)) co_return Errno::kFBig;
  const uint64_t old_size = inode->size();
  Touch(volume, *inode);
  CO_TRY(co_await ZeroTail(volume, *inode, std::min(size, old_size)));
  Resize(volume, *inode, size);
  if (size >= old_size) co_return co_await volume.SaveInode(*inode);
  const bool was_orphan = inode->orphan;
  CO_TRY(co_await AddOrphan(volume, inode));
  const uint64_t first = (size + volume.block_size() - 1) / volume.block_size();
  CO_TRY(co_await RemoveBlocks(volume, *inode, first, kEndOfMap));
  if (was_orphan) co_return kOk;
  co_return co_await RemoveOrphan(volume, *inode);
}

Task<Status> Preallocate(Volume& volume, const InodePtr& inode, uint64_t offset, uint64_t size) {
  if (!inode->uses_extents()) co_return Errno::kOpNotSupp;
  if (offset + size > MaxFileSize(volume, *inode)) co_return Errno::kFBig;
  const uint64_t end = (offset + size + volume.block_size() - 1) / volume.block_size();
  for (uint64_t logical = offset / volume.block_size(); logical < end;) {
    CO_ASSIGN(BlockRun run, co_await MapBlocks(volume, *inode, logical, end - logical));
    if (run.state == RunState::kHole) {
      CO_ASSIGN(run,
                co_await AllocateBlocks(volume, *inode, logical, run.count, RunState::kUnwritten));
      CO_TRY(co_await volume.CommitIfCrowded());
    }
    logical += run.count;
  }
  inode->set_time(Inode::Time::kChange, volume.Now());
  co_return co_await volume.SaveInode(*inode);
}

Task<Status> PunchHole(Volume& volume, const InodePtr& inode, uint64_t offset, uint64_t size) {
  const uint64_t block_size = volume.block_size();
  const uint64_t end = offset + size;
  const uint64_t first_whole = (offset + block_size - 1) / block_size;
  const uint64_t end_whole = end / block_size;
  if (first_whole > end_whole) {  // within one block
    CO_TRY(co_await ZeroInBlock(volume, *inode, offset, end));
  } else {
    CO_TRY(co_await ZeroInBlock(volume, *inode, offset, first_whole * block_size));
    CO_TRY(co_await ZeroInBlock(volume, *inode, end_whole * block_size, end));
    CO_TRY(co_await RemoveBlocks(volume, *inode, first_whole, std::min(end_whole, kEndOfMap)));
  }
  Touch(volume, *inode);
  co_return co_await volume.SaveInode(*inode);
}

Task<Result<uint64_t>> SeekBytes(Volume& volume, Inode& inode, uint64_t offset, Seek what) {
  const uint64_t end = (inode.size() + volume.block_size() - 1) / volume.block_size();
  for (uint64_t logical = offset / volume.block_size(); logical < end;) {
    CO_ASSIGN(const BlockRun run, co_await MapBlocks(volume, inode, logical, end - logical));
    const bool data = run.state == RunState::kWritten;
    if (data == (what == Seek::kData)) {
      co_return std::min(std::max(offset, logical * volume.block_size()), inode.size());
    }
    logical += run.count;
  }
  if (what == Seek::kData) co_return Errno::kNxio;
  co_return inode.size();
}

}  // namespace elfin::ext
