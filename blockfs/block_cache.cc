#include "blockfs/block_cache.h"

#include <algorithm>
#include <cstring>

namespace elfin::blockfs {
namespace {

constexpr uint64_t kMaxRunBytes = uint64_t{1} << 20;
/// How many blocks one eviction looks at that turn out to be in use.
constexpr int kEvictionPatience = 32;

}  // namespace

BlockCache::BlockCache(BlockDevice& device, uint32_t block_size, uint64_t limit)
    : device_(device),
      block_size_(block_size),
      block_count_(device.size() / block_size),
      limit_blocks_(std::max<uint64_t>(limit / block_size, 16)) {}

void BlockCache::Touch(CachedBlock& block) { ages_.splice(ages_.begin(), ages_, block.age); }

BlockPtr BlockCache::Insert(uint64_t number) {
  Evict();
  auto block = std::make_shared<CachedBlock>();
  block->number = number;
  block->bytes = std::make_unique<uint8_t[]>(block_size_);
  ages_.push_front(block.get());
  block->age = ages_.begin();
  blocks_[number] = block;
  return block;
}

void BlockCache::Evict() {
  int patience = kEvictionPatience;
  auto next = ages_.end();
  while (blocks_.size() >= limit_blocks_ && patience > 0 && next != ages_.begin()) {
    --next;
    CachedBlock& candidate = **next;
    const auto found = blocks_.find(candidate.number);
    if (candidate.dirty || candidate.held || candidate.writing || !candidate.loaded ||
        found->second.use_count() > 1) {
      --patience;
      continue;
    }
    candidate.cached = false;
    next = ages_.erase(next);
    blocks_.erase(found);
  }
}

BlockPtr BlockCache::Find(uint64_t number) {
  const auto found = blocks_.find(number);
  if (found == blocks_.end() || !found->second->loaded) return nullptr;
  Touch(*found->second);
  return found->second;
}

Task<Result<BlockPtr>> BlockCache::Get(uint64_t number) {
  if (number >= block_count_) return Errno::kIo;
  const auto found = blocks_.find(number);
  if (found != blocks_.end()) {
    Touch(*found->second);
    if (found->second->loaded) return found->second;
    return AwaitLoad(found->second);
  }
  BlockPtr block = Insert(number);
  Load({block});
  if (block->loaded) return block;
  return AwaitLoad(std::move(block));
}

Task<Result<BlockPtr>> BlockCache::AwaitLoad(BlockPtr block) {
  while (!block->loaded && !block->failed) co_await block->loading;
  if (block->failed) co_return Errno::kIo;
  co_return block;
}

BlockPtr BlockCache::GetZeroed(uint64_t number) {
  ELFIN_CHECK(number < block_count_);
  const auto found = blocks_.find(number);
  BlockPtr block = found != blocks_.end() && found->second->loaded ? found->second : nullptr;
  if (block != nullptr) {
    Touch(*block);
  } else {
    Forget(number, 1);  // a load under way ends in memory that nobody sees
    block = Insert(number);
    block->loaded = true;
  }
  std::memset(block->data(), 0, block_size_);
  block->verified = true;
  return block;
}

void BlockCache::ReadAhead(uint64_t first, uint64_t count) {
  if (first >= block_count_) return;
  const uint64_t end = first + std::min(count, block_count_ - first);
  const uint64_t longest = std::min(std::max<uint64_t>(kMaxRunBytes / block_size_, 1),
                                    std::max<uint64_t>(limit_blocks_ / 4, 1));
  std::vector<BlockPtr> run;
  for (uint64_t number = first; number < end; ++number) {
    const bool known = blocks_.find(number) != blocks_.end();
    if (known || run.size() == longest) {
      if (!run.empty()) Load(std::move(run));
      run.clear();
    }
    if (!known) run.push_back(Insert(number));
  }
  if (!run.empty()) Load(std::move(run));
}

Background BlockCache::Load(std::vector<BlockPtr> run) {
  ++counters_.device_reads;
  counters_.blocks_read += run.size();
  const uint64_t offset = run.front()->number * block_size_;
  std::unique_ptr<uint8_t[]> joined;
  uint8_t* to = run.front()->data();
  if (run.size() > 1) {
    joined = std::make_unique<uint8_t[]>(run.size() * block_size_);
    to = joined.get();
  }
  const Status status = co_await device_.Read(offset, to, run.size() * block_size_);
  for (size_t i = 0; i < run.size(); ++i) {
    CachedBlock& block = *run[i];
    if (status.ok()) {
      if (joined != nullptr) std::memcpy(block.data(), to + i * block_size_, block_size_);
      block.loaded = true;
    } else {
      block.failed = true;
      if (block.cached) Forget(block.number, 1);
    }
  }
  for (const BlockPtr& block : run) block->loading.WakeAll();
}

void BlockCache::MarkDirty(const BlockPtr& block) {
  block->held = false;
  if (block->dirty || !block->cached) return;
  block->dirty = true;
  dirty_[block->number] = block;
}

void BlockCache::Hold(const BlockPtr& block) {
  block->held = true;
  if (block->dirty) dirty_.erase(block->number);
  block->dirty = false;
}

void BlockCache::Unhold(const BlockPtr& block) {
  block->held = false;
  if (block->dirty) dirty_.erase(block->number);
  block->dirty = false;
}

void BlockCache::Forget(uint64_t first, uint64_t count) {
  const auto drop = [this](std::unordered_map<uint64_t, BlockPtr>::iterator found) {
    CachedBlock& block = *found->second;
    if (block.dirty) dirty_.erase(block.number);
    block.dirty = false;
    block.held = false;
    block.cached = false;
    ages_.erase(block.age);
    return blocks_.erase(found);
  };
  if (count > blocks_.size()) {
    for (auto next = blocks_.begin(); next != blocks_.end();) {
      next = next->first >= first && next->first - first < count ? drop(next) : std::next(next);
    }
    return;
  }
  for (uint64_t number = first; number < first + count; ++number) {
    const auto found = blocks_.find(number);
    if (found != blocks_.end()) drop(found);
  }
}

Task<Status> BlockCache::WriteBack() {
  const AsyncLock::Guard guard = co_await write_back_.Exclusive();
  const uint64_t longest = std::max<uint64_t>(kMaxRunBytes / block_size_, 1);
  uint64_t from = 0;
  for (auto next = dirty_.lower_bound(from); next != dirty_.end();
       next = dirty_.lower_bound(from)) {
    std::vector<BlockPtr> run;
    for (; next != dirty_.end() && run.size() < longest; ++next) {
      if (!run.empty() && next->first != run.back()->number + 1) break;
      run.push_back(next->second);
    }
    from = run.back()->number + 1;
    CO_TRY(co_await WriteRun(std::move(run)));
  }
  co_return kOk;
}

Task<Status> BlockCache::WriteRun(std::vector<BlockPtr> run) {
  ++counters_.device_writes;
  counters_.blocks_written += run.size();
  const uint64_t offset = run.front()->number * block_size_;
  // A copy: the blocks may change again while the device is at work.
  const auto joined = std::make_unique<uint8_t[]>(run.size() * block_size_);
  for (size_t i = 0; i < run.size(); ++i) {
    std::memcpy(joined.get() + i * block_size_, run[i]->data(), block_size_);
    run[i]->dirty = false;
    run[i]->writing = true;
    dirty_.erase(run[i]->number);
  }
  const Status status = co_await device_.Write(offset, joined.get(), run.size() * block_size_);
  for (const BlockPtr& block : run) {
    block->writing = false;
    if (!status.ok() && !block->held) MarkDirty(block);
  }
  co_return status;
}

}  // namespace elfin::blockfs
