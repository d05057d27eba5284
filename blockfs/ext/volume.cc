#include "blockfs/ext/volume.h"

#include <algorithm>
#include <cstring>

#include "blockfs/crc32c.h"
#include "blockfs/ext/bitmap.h"
#include "blockfs/ext/block_map.h"
#include "blockfs/ext/journal.h"
#include "runtime/base/log.h"

namespace elfin::ext {

using blockfs::Crc32c;
using blockfs::Crc32cOf;

namespace {

/// How many changed blocks a volume without journal gathers before it writes them.
constexpr size_t kUnjournaledLimit = 1024;
/// Forgetting the inodes that nobody holds any more begins when there are so many.
constexpr size_t kLeastSweptInodes = 4096;
/// Of an inode table, what is read at once: files of one directory are neighbours there.
constexpr uint64_t kInodeReadAheadBytes = 128 << 10;

}  // namespace

Volume::Volume(BlockDevice& device, VolumeOptions options)
    : device_(device), options_(std::move(options)) {}

Volume::~Volume() = default;

Errno Volume::Damaged(const std::string& what) {
  Log(LogLevel::kError, "ext filesystem damaged: " + what);
  return Errno::kUClean;
}

bool Volume::ValidData(uint64_t first, uint64_t count) const {
  return first >= superblock_->first_data_block && first < block_count_ &&
         count <= block_count_ - first && !system_zone_.Overlaps(first, count);
}

Task<Result<BlockPtr>> Volume::GetBlock(uint64_t number) {
  if (number < superblock_->first_data_block || number >= block_count_) {
    return Damaged("block " + std::to_string(number) + " is beyond the end");
  }
  return cache_->Get(number);
}

// ---- Inodes ----

Result<Volume::InodePlace> Volume::PlaceOf(uint32_t number) {
  if (number == 0 || number > superblock_->inodes_count) {
    return Damaged("there is no inode " + std::to_string(number));
  }
  const uint32_t group = (number - 1) / inodes_per_group();
  const uint64_t offset = uint64_t{(number - 1) % inodes_per_group()} * inode_size_;
  return InodePlace{InodeTableOf(group) + offset / block_size_,
                    static_cast<uint32_t>(offset % block_size_)};
}

Task<Result<BlockPtr>> Volume::GetInodeBlock(uint64_t number, uint32_t group) {
  if (cache_->Find(number) == nullptr) {
    const uint64_t count = std::max<uint64_t>(kInodeReadAheadBytes / block_size_, 1);
    const uint64_t table = InodeTableOf(group);
    const uint64_t inodes =
        inodes_per_group() - std::min(UnusedInodesOf(group), inodes_per_group());
    const uint64_t table_end = table + (inodes * inode_size_ + block_size_ - 1) / block_size_;
    const uint64_t first = std::max(number - number % count, table);
    const uint64_t end = std::min(number - number % count + count, table_end);
    if (first <= number && number < end) cache_->ReadAhead(first, end - first);
  }
  return GetBlock(number);
}

uint32_t Volume::InodeSeed(const Inode& inode) const {
  return Crc32cOf(Crc32cOf(checksum_seed_, inode.number()), inode.record().generation);
}

namespace {

/// The record's checksum, its own fields taken as zeros.
uint32_t InodeChecksum(uint32_t seed, Inode& inode) {
  InodeRecord& record = inode.record();
  const bool has_high = inode.HasExtra(offsetof(InodeRecord, checksum_hi) + 2);
  const uint16_t low = record.checksum_lo;
  record.checksum_lo = 0;
  uint16_t high = 0;
  if (has_high) {
    high = record.checksum_hi;
    record.checksum_hi = 0;
  }
  const uint32_t checksum = Crc32c(seed, inode.bytes().data(), inode.bytes().size());
  record.checksum_lo = low;
  if (has_high) record.checksum_hi = high;
  return checksum;
}

}  // namespace

InodePtr Volume::KnownInode(uint32_t number) const {
  const auto known = inodes_.find(number);
  return known == inodes_.end() ? nullptr : known->second.lock();
}

void Volume::KeepInode(const InodePtr& inode) {
  inodes_[inode->number()] = inode;
  if (inodes_.size() < sweep_inodes_at_) return;
  std::erase_if(inodes_, [](auto& i) { return i.second.expired(); });
  sweep_inodes_at_ = std::max<size_t>(2 * inodes_.size(), kLeastSweptInodes);
}

Task<Result<InodePtr>> Volume::GetInodeUnchecked(uint32_t number) {
  if (InodePtr inode = KnownInode(number)) return inode;
  const InodePlace place = TRY(PlaceOf(number));
  if (const BlockPtr block = cache_->Find(place.block)) {
    return ReadInode(number, block->data() + place.offset);
  }
  return LoadInode(number, place);
}

Task<Result<InodePtr>> Volume::LoadInode(uint32_t number, InodePlace place) {
  CO_ASSIGN(const BlockPtr block,
            co_await GetInodeBlock(place.block, (number - 1) / inodes_per_group()));
  // Somebody else may have been as quick.
  if (InodePtr inode = KnownInode(number)) co_return inode;
  co_return ReadInode(number, block->data() + place.offset);
}

Result<InodePtr> Volume::ReadInode(uint32_t number, const uint8_t* bytes) {
  auto inode = std::make_shared<Inode>(number, std::vector<uint8_t>(bytes, bytes + inode_size_));
  const auto damaged = [&](const char* what) {
    return Damaged("inode " + std::to_string(number) + ": " + what);
  };
  if (inode_size_ > kGoodOldInodeSize) {
    const uint16_t extra = inode->record().extra_isize;
    if (extra % 4 != 0 || kGoodOldInodeSize + extra > inode_size_) return damaged("its length");
  }
  if (has_metadata_checksum()) {
    const uint32_t checksum = InodeChecksum(InodeSeed(*inode), *inode);
    const InodeRecord& record = inode->record();
    const bool has_high = inode->HasExtra(offsetof(InodeRecord, checksum_hi) + 2);
    if (record.checksum_lo != (checksum & 0xffff) ||
        (has_high && record.checksum_hi != checksum >> 16)) {
      return damaged("wrong checksum");
    }
  }
  if (inode->size() > INT64_MAX) return damaged("its size");
  if (inode->is_directory() && inode->size() % block_size_ != 0) {
    return damaged("a directory's size");
  }
  KeepInode(inode);
  return inode;
}

Task<Result<InodePtr>> Volume::GetInode(uint32_t number) {
  if (number != kRootInode && number < superblock_->first_inode) {
    return Damaged("inode " + std::to_string(number) + " is the filesystem's own");
  }
  Task<Result<InodePtr>> getting = GetInodeUnchecked(number);
  if (getting.ready()) return CheckUsed(getting.Take());
  return AwaitUsed(std::move(getting));
}

Result<InodePtr> Volume::CheckUsed(Result<InodePtr> got) {
  const InodePtr inode = TRY(std::move(got));
  if (inode->record().links == 0 || inode->record().mode == 0) {
    return Damaged("inode " + std::to_string(inode->number()) + " is free, but has a name");
  }
  return inode;
}

Task<Result<InodePtr>> Volume::AwaitUsed(Task<Result<InodePtr>> getting) {
  co_return CheckUsed(co_await std::move(getting));
}

InodePtr Volume::NewInodeObject(uint32_t number) {
  auto inode = std::make_shared<Inode>(number, std::vector<uint8_t>(inode_size_));
  KeepInode(inode);
  return inode;
}

Task<Status> Volume::SaveInode(Inode& inode) {
  CO_ASSIGN(const InodePlace place, PlaceOf(inode.number()));
  CO_ASSIGN(const BlockPtr block,
            co_await GetInodeBlock(place.block, (inode.number() - 1) / inodes_per_group()));
  if (has_metadata_checksum()) {
    const uint32_t checksum = InodeChecksum(InodeSeed(inode), inode);
    inode.record().checksum_lo = static_cast<uint16_t>(checksum);
    if (inode.HasExtra(offsetof(InodeRecord, checksum_hi) + 2)) {
      inode.record().checksum_hi = static_cast<uint16_t>(checksum >> 16);
    }
  }
  std::memcpy(block->data() + place.offset, inode.bytes().data(), inode_size_);
  JournalBlock(block);
  co_return kOk;
}

// ---- Changing ----

Task<Result<Volume::Operation>> Volume::Begin() {
  Operation operation;
  operation.guard = co_await lock_.Exclusive();
  if (read_only_ || failed_) co_return Errno::kRoFs;
  CO_TRY(co_await Throttle());
  CO_TRY(co_await CommitIfCrowded());
  operation_changed_ = false;
  co_return operation;
}

Task<Status> Volume::CommitIfCrowded() {
  const size_t limit = journal_ != nullptr ? journal_->transaction_limit() : kUnjournaledLimit;
  if (changed_.size() + revoked_.size() / 64 < limit) return kOk;
  FinishGroups();
  return Commit();
}

Task<Status> Volume::Throttle() {
  if (!cache_->crowded()) return kOk;
  return cache_->WriteBack();
}

void Volume::EndOperation(Errno error) {
  FinishGroups();
  if (operation_changed_ && (error == Errno::kIo || error == Errno::kUClean)) {
    failed_ = true;
    Log(LogLevel::kError, "ext filesystem: a change failed half-way; read-only from now on");
  }
}

void Volume::JournalBlock(const BlockPtr& block, BlockKind kind) {
  operation_changed_ = true;
  revoked_.erase(block->number);
  cache_->Hold(block);
  changed_.emplace(block->number, std::pair(block, kind));
}

void Volume::ForgetMetadata(uint64_t block) {
  changed_.erase(block);
  if (journal_ != nullptr) revoked_.insert(block);
  cache_->Forget(block, 1);
}

const std::vector<uint8_t>* Volume::FreedSinceCommit(uint32_t group) const {
  const auto found = freed_.find(group);
  return found == freed_.end() ? nullptr : &found->second;
}

void Volume::NoteFreed(uint32_t group, uint32_t first, uint32_t count) {
  std::vector<uint8_t>& bits = freed_[group];
  bits.resize(block_size_);
  for (uint32_t bit = first; bit < first + count; ++bit) bits[bit / 8] |= 1 << bit % 8;
}

Task<Status> Volume::DiscardFreed() {
  std::unordered_map<uint32_t, std::vector<uint8_t>> freed;
  freed.swap(freed_);
  for (const auto& [group, bits] : freed) {
    const uint32_t count = GroupBlockCount(group);
    for (uint32_t at = FindSet(bits.data(), nullptr, 0, count); at < count;) {
      const uint32_t end = FindClear(bits.data(), nullptr, at, count);
      CO_TRY(co_await device_.Discard((GroupFirstBlock(group) + at) * block_size_,
                                      uint64_t{end - at} * block_size_));
      at = FindSet(bits.data(), nullptr, end, count);
    }
  }
  co_return kOk;
}

Task<Status> Volume::Commit() {
  if (failed_) co_return Errno::kRoFs;
  if (read_only_) co_return kOk;
  std::unordered_map<uint32_t, InodePtr> accessed;
  accessed.swap(access_times);
  for (auto& [number, inode] : accessed) {
    if (inode->record().links > 0) CO_TRY(co_await SaveInode(*inode));
  }
  FinishGroups();
  // Data first: no name leads to blocks that aren't written.
  CO_TRY(co_await cache_->WriteBack());
  if (journal_ == nullptr) co_return co_await CommitWithoutJournal();
  if (changed_.empty() && revoked_.empty()) co_return co_await device_.Flush();
  std::vector<BlockPtr> blocks;
  for (auto& [number, changed] : changed_) blocks.push_back(changed.first);
  std::sort(blocks.begin(), blocks.end(),
            [](const BlockPtr& a, const BlockPtr& b) { return a->number < b->number; });
  Status status = co_await journal_->Commit(blocks, revoked_);
  if (status.ok()) {
    for (const BlockPtr& block : blocks) cache_->MarkDirty(block);
    changed_.clear();
    revoked_.clear();
    status = co_await DiscardFreed();
  }
  if (status.ok()) {
    status = co_await journal_->CheckpointIfLong();
  }
  if (!status.ok()) failed_ = true;
  co_return status;
}

// First what names lead to, then the names, then (as changes of their own) what lost its last name.
Task<Status> Volume::CommitWithoutJournal() {
  for (const BlockKind kind : {BlockKind::kMetadata, BlockKind::kNames}) {
    for (auto& [number, changed] : changed_) {
      if (changed.second == kind) cache_->MarkDirty(changed.first);
    }
    Status status = co_await cache_->WriteBack();
    if (status.ok()) status = co_await device_.Flush();
    if (!status.ok()) {
      failed_ = true;
      co_return status;
    }
  }
  changed_.clear();
  CO_TRY(co_await DiscardFreed());
  std::vector<InodePtr> deleted;
  deleted.swap(delete_after_commit);
  for (const InodePtr& inode : deleted) CO_TRY(co_await DeleteInode(*this, *inode));
  FinishGroups();
  co_return kOk;
}

}  // namespace elfin::ext
