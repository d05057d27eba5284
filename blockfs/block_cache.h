// BlockCache: the blocks of one device in memory, shared by everybody who uses the device.
//
// A block is loaded by one device read however many want it at once, and the read goes on when
// those who wait are destroyed. Changes are written back later: MarkDirty says that a block may be
// written at any time; Hold that it must not be yet (the journal's, before the commit). What is
// clean and in nobody's hands is dropped, least recently used first, when the limit is passed; what
// is dirty or held stays, so a user who makes many blocks dirty calls WriteBack when crowded() says
// so.
//
// Memory comes in slabs and goes from block to block, so that blocks that were loaded one after the
// other lie one after the other, mostly: a run is read straight into them and handed on as one.
//
// A BlockPtr keeps its block's memory; Forget and eviction only take it out of the cache. Contents
// may be changed in place by whoever holds the filesystem's exclusive lock.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "blockfs/async_lock.h"
#include "blockfs/block_device.h"
#include "blockfs/block_table.h"
#include "blockfs/wait_list.h"

namespace elfin::blockfs {

struct CachedBlock {
  uint64_t number = 0;
  std::shared_ptr<uint8_t> bytes;
  bool dirty = false;
  bool held = false;
  /// Found good by whoever knows what it holds: a checksum is looked at once.
  bool verified = false;

  uint8_t* data() { return bytes.get(); }
  template <class Record>
  Record* As(size_t offset = 0) {
    return reinterpret_cast<Record*>(bytes.get() + offset);
  }

 private:
  friend class BlockCache;
  bool loaded = false;
  bool failed = false;
  bool cached = true;
  bool writing = false;
  WaitList loading;
  /// Its neighbours in the order of their last use.
  CachedBlock* newer = nullptr;
  CachedBlock* older = nullptr;
};
using BlockPtr = std::shared_ptr<CachedBlock>;

class BlockCache {
 public:
  struct Counters {
    uint64_t device_reads = 0;
    uint64_t device_writes = 0;
    uint64_t blocks_read = 0;
    uint64_t blocks_written = 0;
  };

  /// `limit`: bytes of block contents. The device outlives the cache; at the cache's end nothing
  /// may be under way.
  BlockCache(BlockDevice& device, uint32_t block_size, uint64_t limit);

  uint32_t block_size() const { return block_size_; }
  /// Whole blocks on the device.
  uint64_t block_count() const { return block_count_; }
  /// Bytes of block contents that it keeps.
  uint64_t limit() const { return limit_blocks_ * block_size_; }
  const Counters& counters() const { return counters_; }

  /// Errors: kIo; the next Get tries again.
  Task<Result<BlockPtr>> Get(uint64_t number);
  /// Makes zeros of it, without a read.
  BlockPtr GetZeroed(uint64_t number);
  /// The block when it is there and loaded, or nullptr.
  BlockPtr Find(uint64_t number);
  /// Starts to load what is missing of a run, in as few reads as possible, and does not wait.
  void ReadAhead(uint64_t first, uint64_t count);

  /// How many blocks from `first` on, at most `most`, it doesn't have, nor is about to have.
  uint64_t CountMissing(uint64_t first, uint64_t most);
  /// How many bytes from byte `within` of block `first` on, at most `size`, ReadPast can read.
  uint64_t PastRun(uint64_t first, uint64_t within, uint64_t size) const {
    return device_.ForeignRun(first * block_size_ + within, size);
  }
  /// From the device straight to where a reader wants it; nothing is kept. Preconditions: PastRun
  /// gives as much, and none of the blocks is in the cache. Errors: kIo.
  Status ReadPast(uint64_t first, uint64_t within, const ForeignRange& to);

  void MarkDirty(const BlockPtr& block);
  /// Keeps the block, changes and all, from being written until MarkDirty or Unhold.
  void Hold(const BlockPtr& block);
  /// Takes the block's contents for what the device has.
  void Unhold(const BlockPtr& block);
  /// Nobody will want them soon: those that can be are dropped now, and their memory serves next.
  void GiveUp(uint64_t first, uint64_t count);
  /// The blocks have no meaning any more: drops them and their changes.
  void Forget(uint64_t first, uint64_t count);

  /// Writes everything that is dirty and not held; no Flush. Errors: kIo, kNoSpc; what could not be
  /// written stays dirty.
  Task<Status> WriteBack();
  /// More than half of the limit is dirty.
  bool crowded() const { return dirty_.size() > limit_blocks_ / 2; }
  size_t dirty_blocks() const { return dirty_.size(); }

 private:
  BlockPtr Insert(uint64_t number);
  BlockPtr NewBlock();
  void Touch(CachedBlock& block);
  void LinkNewest(CachedBlock& block);
  void Unlink(CachedBlock& block);
  /// Makes room for one more. The block that went last, to be used again, or nullptr.
  BlockPtr Evict();
  bool InUse(CachedBlock& block);
  void Drop(CachedBlock& block);
  /// Blocks that one read brings at most.
  uint64_t LongestRun() const;
  Task<Result<BlockPtr>> AwaitLoad(BlockPtr block);
  Background Load(std::vector<BlockPtr> run);
  Task<Status> WriteRun(std::vector<BlockPtr> run);

  BlockDevice& device_;
  const uint32_t block_size_;
  const uint64_t block_count_;
  const uint64_t limit_blocks_;
  BlockTable<BlockPtr> blocks_;
  CachedBlock* newest_ = nullptr;
  CachedBlock* oldest_ = nullptr;
  /// Blocks that were dropped, for their memory.
  std::deque<BlockPtr> spare_;
  std::shared_ptr<uint8_t> slab_;
  uint64_t slab_used_ = 0;  // blocks
  /// Where a run is read to whose blocks lie apart; taken out while it is in use.
  std::unique_ptr<uint8_t[]> run_buffer_;
  std::map<uint64_t, BlockPtr> dirty_;
  AsyncLock write_back_;
  Counters counters_;
};

}  // namespace elfin::blockfs
