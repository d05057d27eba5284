#include "blockfs/ext/indirect_map.h"

#include <algorithm>
#include <cstring>

#include "blockfs/ext/block_allocation.h"

namespace elfin::ext {
namespace {

constexpr uint32_t kDirectBlocks = 12;

/// The places of one block's numbers, from the inode's to the last level's.
struct Place {
  int levels = 0;  // of blocks of numbers
  uint32_t at[4] = {};
};

uint32_t NumbersPerBlock(const Volume& volume) { return volume.block_size() / 4; }

Place PlaceOf(const Volume& volume, uint64_t logical) {
  if (logical < kDirectBlocks) return {0, {static_cast<uint32_t>(logical)}};
  const uint64_t per = NumbersPerBlock(volume);
  logical -= kDirectBlocks;
  Place place{1, {kDirectBlocks}};
  for (uint64_t span = per; logical >= span; span *= per) {
    logical -= span;
    ++place.at[0];
    ++place.levels;
  }
  for (int level = place.levels; level > 0; --level) {
    place.at[level] = static_cast<uint32_t>(logical % per);
    logical /= per;
  }
  return place;
}

uint32_t* InodeNumbers(Inode& inode) { return reinterpret_cast<uint32_t*>(inode.record().block); }

Task<Result<BlockPtr>> GetNumbers(Volume& volume, const Inode& inode, uint32_t number) {
  if (!volume.ValidData(number, 1)) {
    co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": a block of numbers");
  }
  co_return co_await volume.GetBlock(number);
}

/// How many of the numbers go on from the first one: one after the other, or all 0.
uint32_t RowLength(const uint32_t* numbers, uint32_t limit) {
  uint32_t count = 1;
  while (count < limit && numbers[count] == (numbers[0] == 0 ? 0 : numbers[0] + count)) ++count;
  return count;
}

}  // namespace

uint64_t IndirectLimit(const Volume& volume) {
  const uint64_t per = NumbersPerBlock(volume);
  return std::min(kDirectBlocks + per + per * per + per * per * per, uint64_t{1} << 32);
}

Task<Result<BlockRun>> MapIndirect(Volume& volume, Inode& inode, uint64_t logical,
                                   uint64_t max_count) {
  if (logical >= IndirectLimit(volume)) co_return BlockRun{logical, 0, max_count, RunState::kHole};
  const Place place = PlaceOf(volume, logical);
  const uint32_t per = NumbersPerBlock(volume);
  const uint32_t* numbers = InodeNumbers(inode);
  BlockPtr block;
  for (int level = 0; level < place.levels; ++level) {
    const uint32_t next = numbers[place.at[level]];
    if (next == 0) {
      // All that this number would lead to is a hole.
      uint64_t span = 1;
      uint64_t within = 0;
      for (int below = level + 1; below <= place.levels; ++below) {
        span *= per;
        within = within * per + place.at[below];
      }
      co_return BlockRun{logical, 0, std::min(span - within, max_count), RunState::kHole};
    }
    CO_ASSIGN(block, co_await GetNumbers(volume, inode, next));
    numbers = block->As<uint32_t>();
  }
  const uint32_t at = place.at[place.levels];
  const uint32_t end = place.levels == 0 ? kDirectBlocks : per;
  const auto limit = static_cast<uint32_t>(std::min<uint64_t>(end - at, max_count));
  const uint32_t first = numbers[at];
  const uint32_t count = RowLength(numbers + at, limit);
  if (first == 0) co_return BlockRun{logical, 0, count, RunState::kHole};
  if (!volume.ValidData(first, count)) {
    co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": a block's number");
  }
  co_return BlockRun{logical, first, count, RunState::kWritten};
}

Task<Result<BlockRun>> AllocateIndirect(Volume& volume, Inode& inode, uint64_t logical,
                                        uint64_t count, uint64_t goal) {
  inode.last_run = {};
  if (logical >= IndirectLimit(volume)) co_return Errno::kFBig;
  const Place place = PlaceOf(volume, logical);
  uint32_t* numbers = InodeNumbers(inode);
  BlockPtr holder;  // of `numbers`; nullptr: the inode
  for (int level = 0; level < place.levels; ++level) {
    uint32_t& next = numbers[place.at[level]];
    if (next == 0) {
      CO_ASSIGN(const uint64_t number, co_await AllocateMetadata(volume, inode, goal));
      volume.JournalBlock(volume.cache().GetZeroed(number));
      next = static_cast<uint32_t>(number);
      if (holder != nullptr) volume.JournalBlock(holder);
      CO_TRY(co_await volume.SaveInode(inode));
    }
    CO_ASSIGN(BlockPtr below, co_await GetNumbers(volume, inode, next));
    holder = std::move(below);
    numbers = holder->As<uint32_t>();
  }
  const uint32_t at = place.at[place.levels];
  const uint32_t end = place.levels == 0 ? kDirectBlocks : NumbersPerBlock(volume);
  const uint32_t hole =
      RowLength(numbers + at, static_cast<uint32_t>(std::min<uint64_t>(end - at, count)));
  CO_ASSIGN(const AllocatedRun run, co_await AllocateData(volume, inode, goal, hole));
  for (uint32_t i = 0; i < run.count; ++i) numbers[at + i] = static_cast<uint32_t>(run.first + i);
  if (holder != nullptr) volume.JournalBlock(holder);
  CO_TRY(co_await volume.SaveInode(inode));
  co_return BlockRun{logical, run.first, run.count, RunState::kWritten};
}

namespace {

/// Frees what a row of numbers leads to within [first, end), counted from the row's first block;
/// `span`: blocks below each number. Numbers that lead nowhere any more become 0. `holder`: of the
/// numbers, nullptr: the inode.
Task<Status> RemoveBelow(Volume& volume, Inode& inode, BlockPtr holder, uint32_t* numbers,
                         uint32_t count, uint64_t span, uint64_t first, uint64_t end) {
  const uint32_t per = NumbersPerBlock(volume);
  for (uint64_t at = std::min<uint64_t>(count, (end + span - 1) / span); at-- > first / span;) {
    const uint32_t number = numbers[at];
    if (number == 0) continue;
    if (span > 1) {
      const uint64_t base = at * span;
      CO_ASSIGN(const BlockPtr below, co_await GetNumbers(volume, inode, number));
      CO_TRY(co_await RemoveBelow(volume, inode, below, below->As<uint32_t>(), per, span / per,
                                  std::max(first, base) - base, std::min(end - base, span)));
      const auto* left = below->As<uint32_t>();
      if (std::any_of(left, left + per, [](uint32_t n) { return n != 0; })) continue;
      CO_TRY(co_await FreeMetadata(volume, inode, number));
    } else {
      CO_TRY(co_await FreeData(volume, inode, number, 1));
    }
    numbers[at] = 0;
    if (holder != nullptr) volume.JournalBlock(holder);
    if (span > 1) {
      CO_TRY(co_await volume.SaveInode(inode));
      CO_TRY(co_await volume.CommitIfCrowded());
    }
  }
  co_return kOk;
}

}  // namespace

Task<Status> RemoveIndirect(Volume& volume, Inode& inode, uint64_t first, uint64_t end) {
  inode.last_run = {};
  end = std::min(end, IndirectLimit(volume));
  uint32_t* numbers = InodeNumbers(inode);
  const uint64_t per = NumbersPerBlock(volume);
  uint64_t base = kDirectBlocks;
  uint64_t bases[3];
  uint64_t span = 1;
  for (uint64_t& level_base : bases) {
    level_base = base;
    span *= per;
    base += span;
  }
  for (int level = 2; level >= 0; --level, span /= per) {
    const uint64_t from = bases[level];
    if (end <= from || first >= from + span) continue;
    CO_TRY(co_await RemoveBelow(volume, inode, nullptr, numbers + kDirectBlocks + level, 1, span,
                                std::max(first, from) - from, std::min(end - from, span)));
  }
  if (first < kDirectBlocks) {
    CO_TRY(co_await RemoveBelow(volume, inode, nullptr, numbers, kDirectBlocks, 1, first,
                                std::min<uint64_t>(end, kDirectBlocks)));
  }
  co_return co_await volume.SaveInode(inode);
}

}  // namespace elfin::ext
