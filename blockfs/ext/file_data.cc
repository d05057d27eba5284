#include "blockfs/ext/file_data.h"

#include <algorithm>
#include <cstring>

#include "blockfs/ext/block_map.h"
#include "blockfs/ext/orphans.h"

namespace elfin::ext {
namespace {

constexpr uint64_t kEndOfMap = uint64_t{1} << 32;

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

}  // namespace

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
