#include "blockfs/block_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace elfin::blockfs {
namespace {

constexpr uint64_t kMaxRunBytes = uint64_t{1} << 20;
constexpr uint64_t kSlabBytes = uint64_t{8} << 20;
/// How many blocks one eviction looks at that turn out to be in use.
constexpr int kEvictionPatience = 32;

}  // namespace

BlockCache::BlockCache(BlockDevice& device, uint32_t block_size, uint64_t limit)
    : device_(device),
      block_size_(block_size),
      block_count_(device.size() / block_size),
      limit_blocks_(std::max<uint64_t>(limit / block_size, 16)) {}

void BlockCache::LinkNewest(CachedBlock& block) {
  block.newer = nullptr;
  block.older = newest_;
  (newest_ != nullptr ? newest_->newer : oldest_) = &block;
  newest_ = &block;
}

void BlockCache::Unlink(CachedBlock& block) {
  (block.newer != nullptr ? block.newer->older : newest_) = block.older;
  (block.older != nullptr ? block.older->newer : oldest_) = block.newer;
}

void BlockCache::Touch(CachedBlock& block) {
  if (newest_ == &block) return;
  Unlink(block);
  LinkNewest(block);
}

BlockPtr BlockCache::NewBlock() {
  const uint64_t slab_blocks =
      std::max<uint64_t>(std::min(kSlabBytes / block_size_, limit_blocks_), 1);
  if (slab_ == nullptr || slab_used_ == slab_blocks) {
    // Whoever loads a block or makes zeros of it fills it.
    slab_.reset(new uint8_t[slab_blocks * block_size_], std::default_delete<uint8_t[]>());
    slab_used_ = 0;
  }
  auto block = std::make_shared<CachedBlock>();
  block->bytes = std::shared_ptr<uint8_t>(slab_, slab_.get() + slab_used_++ * block_size_);
  return block;
}

BlockPtr BlockCache::Insert(uint64_t number) {
  BlockPtr block = Evict();
  if (block == nullptr && !spare_.empty()) {
    block = std::move(spare_.front());
    spare_.pop_front();
  }
  if (block == nullptr) block = NewBlock();
  block->loaded = block->verified = block->failed = false;
  block->cached = true;
  block->number = number;
  LinkNewest(*block);
  blocks_.Insert(number, block);
  return block;
}

bool BlockCache::InUse(CachedBlock& block) {
  return block.dirty || block.held || block.writing || !block.loaded ||
         blocks_.Find(block.number)->use_count() > 1;
}

BlockPtr BlockCache::Evict() {
  BlockPtr evicted;
  int patience = kEvictionPatience;
  CachedBlock* next = oldest_;
  while (blocks_.size() >= limit_blocks_ && patience > 0 && next != nullptr) {
    CachedBlock& candidate = *next;
    next = next->newer;
    if (InUse(candidate)) {
      --patience;
      continue;
    }
    candidate.cached = false;
    Unlink(candidate);
    if (evicted != nullptr) spare_.push_back(std::move(evicted));
    evicted = blocks_.Erase(candidate.number);
  }
  return evicted;
}

BlockPtr BlockCache::Find(uint64_t number) {
  const BlockPtr* found = blocks_.Find(number);
  if (found == nullptr || !(*found)->loaded) return nullptr;
  Touch(**found);
  return *found;
}

Task<Result<BlockPtr>> BlockCache::Get(uint64_t number) {
  if (number >= block_count_) return Errno::kIo;
  if (const BlockPtr* found = blocks_.Find(number)) {
    Touch(**found);
    if ((*found)->loaded) return *found;
    return AwaitLoad(*found);
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
  BlockPtr block = Find(number);
  if (block == nullptr) {
    Forget(number, 1);  // a load under way ends in memory that nobody sees
    block = Insert(number);
    block->loaded = true;
  }
  std::memset(block->data(), 0, block_size_);
  block->verified = true;
  return block;
}

uint64_t BlockCache::LongestRun() const {
  return std::max<uint64_t>(std::min(kMaxRunBytes / block_size_, limit_blocks_ / 4), 1);
}

void BlockCache::ReadAhead(uint64_t first, uint64_t count) {
  if (first >= block_count_) return;
  const uint64_t end = first + std::min(count, block_count_ - first);
  const uint64_t longest = LongestRun();
  std::vector<BlockPtr> run;
  for (uint64_t number = first; number < end; ++number) {
    const bool known = blocks_.Find(number) != nullptr;
    if (known || run.size() == longest) {
      if (!run.empty()) Load(std::move(run));
      run.clear();
    }
    if (!known) run.push_back(Insert(number));
  }
  if (!run.empty()) Load(std::move(run));
}

uint64_t BlockCache::CountMissing(uint64_t first, uint64_t most) {
  uint64_t count = 0;
  while (count < most && blocks_.Find(first + count) == nullptr) ++count;
  return count;
}

Status BlockCache::ReadPast(uint64_t first, uint64_t within, const ForeignRange& to) {
  ++counters_.device_reads;
  counters_.blocks_read += (within + to.size + block_size_ - 1) / block_size_;
  return device_.ReadForeign(first * block_size_ + within, to);
}

Background BlockCache::Load(std::vector<BlockPtr> run) {
  ++counters_.device_reads;
  counters_.blocks_read += run.size();
  const uint64_t offset = run.front()->number * block_size_;
  std::unique_ptr<uint8_t[]> joined;
  uint8_t* to = run.front()->data();
  const bool apart = std::adjacent_find(run.begin(), run.end(), [this](auto& a, auto& b) {
                       return a->data() + block_size_ != b->data();
                     }) != run.end();
  if (apart) {
    joined = std::move(run_buffer_);
    if (joined == nullptr) joined.reset(new uint8_t[LongestRun() * block_size_]);
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
  if (joined != nullptr) run_buffer_ = std::move(joined);
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

void BlockCache::Drop(CachedBlock& block) {
  if (block.dirty) dirty_.erase(block.number);
  block.dirty = false;
  block.held = false;
  block.cached = false;
  Unlink(block);
  BlockPtr dropped = blocks_.Erase(block.number);
  if (dropped.use_count() == 1 && !block.writing) spare_.push_back(std::move(dropped));
}

void BlockCache::GiveUp(uint64_t first, uint64_t count) {
  for (uint64_t number = first; number < first + count; ++number) {
    const BlockPtr* found = blocks_.Find(number);
    if (found != nullptr && !InUse(**found)) Drop(**found);
  }
}

void BlockCache::Forget(uint64_t first, uint64_t count) {
  if (count > blocks_.size()) {
    for (CachedBlock* next = oldest_; next != nullptr;) {
      CachedBlock& block = *std::exchange(next, next->newer);
      if (block.number >= first && block.number - first < count) Drop(block);
    }
    return;
  }
  for (uint64_t number = first; number < first + count; ++number) {
    if (const BlockPtr* found = blocks_.Find(number)) Drop(**found);
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
