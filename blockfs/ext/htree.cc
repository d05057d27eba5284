#include "blockfs/ext/htree.h"

#include <algorithm>
#include <cstring>

#include "blockfs/ext/directory_block.h"
#include "blockfs/ext/directory_hash.h"

namespace elfin::ext {
namespace {

constexpr uint32_t kMaxIndirectLevels = 1;  // more only with the feature large_dir
constexpr uint32_t kBlockMask = 0x0fffffff;

HtreeEntry* EntriesAt(CachedBlock& block, size_t at) { return block.As<HtreeEntry>(at); }
HtreeCountLimit& CountsAt(CachedBlock& block, size_t at) { return *block.As<HtreeCountLimit>(at); }

uint32_t Limit(const Volume& volume, size_t entries_at) {
  const size_t room =
      volume.block_size() - entries_at - (volume.has_metadata_checksum() ? sizeof(HtreeTail) : 0);
  return static_cast<uint32_t>(room / sizeof(HtreeEntry));
}

}  // namespace

Result<HtreeSearch::Step> HtreeSearch::CheckNode(BlockPtr block, bool root) {
  Step step{std::move(block), root ? kHtreeRootEntriesOffset : kHtreeNodeEntriesOffset, 0};
  const HtreeCountLimit& counts = CountsAt(*step.block, step.entries_at);
  if (counts.count == 0 || counts.count > counts.limit ||
      counts.limit > Limit(volume_, step.entries_at)) {
    return volume_.Damaged("inode " + std::to_string(directory_.number()) + ": htree");
  }
  return step;
}

Task<Result<uint64_t>> HtreeSearch::First(std::string_view name) {
  steps_.clear();
  CO_ASSIGN(const BlockPtr root, co_await GetDirectoryBlock(volume_, directory_, 0));
  const auto& info = *root->As<HtreeRootInfo>(kHtreeRootInfoOffset);
  if (info.info_length != sizeof(info) || info.indirect_levels > kMaxIndirectLevels ||
      info.reserved != 0) {
    co_return volume_.Damaged("inode " + std::to_string(directory_.number()) + ": htree's root");
  }
  if (info.hash_version > kHashTea) co_return Errno::kOpNotSupp;
  version_ = info.hash_version;
  if ((volume_.superblock().flags & kFlagUnsignedHash) != 0) version_ += kHashUnsigned;
  CO_ASSIGN(hash_, DirectoryHash(version_, volume_.superblock().hash_seed, name));
  CO_TRY(co_await Descend(0, 0));
  const Step& last = steps_.back();
  co_return EntriesAt(*last.block, last.entries_at)[last.at].block& kBlockMask;
}

/// From the node in `logical`, which becomes step `level`, down.
Task<Status> HtreeSearch::Descend(size_t level, uint32_t logical) {
  const bool first_way = level == 0;
  for (;; ++level) {
    CO_ASSIGN(BlockPtr block, co_await GetDirectoryBlock(volume_, directory_, logical));
    CO_ASSIGN(Step step, CheckNode(std::move(block), level == 0));
    const HtreeEntry* entries = EntriesAt(*step.block, step.entries_at);
    const uint32_t count = CountsAt(*step.block, step.entries_at).count;
    // Entry 0 has no hash: it stands for all below entry 1's. Beside the first way: the first one.
    if (first_way) {
      const HtreeEntry* above = std::upper_bound(
          entries + 1, entries + count, hash_,
          [](uint32_t hash, const HtreeEntry& entry) { return hash < entry.hash; });
      step.at = static_cast<uint32_t>(above - entries - 1);
    }
    steps_.resize(level);
    steps_.push_back(step);
    const auto levels = steps_[0].block->As<HtreeRootInfo>(kHtreeRootInfoOffset)->indirect_levels;
    if (level == levels) co_return kOk;
    logical = entries[step.at].block & kBlockMask;
  }
}

Task<Result<uint64_t>> HtreeSearch::Next() {
  size_t level = steps_.size();
  // The lowest node with a further entry.
  do {
    if (level-- == 0) co_return uint64_t{0};
    Step& step = steps_[level];
    if (++step.at < CountsAt(*step.block, step.entries_at).count) break;
  } while (true);
  const Step& turned = steps_[level];
  const HtreeEntry& entry = EntriesAt(*turned.block, turned.entries_at)[turned.at];
  if ((entry.hash & ~1u) != hash_ || (entry.hash & 1) == 0) co_return uint64_t{0};
  if (level + 1 < steps_.size()) CO_TRY(co_await Descend(level + 1, entry.block & kBlockMask));
  const Step& last = steps_.back();
  co_return EntriesAt(*last.block, last.entries_at)[last.at].block& kBlockMask;
}

/// Changes to the tree along the way that a search has found.
class HtreeChange {
 public:
  HtreeChange(Volume& volume, Inode& directory)
      : volume_(volume), directory_(directory), search_(volume, directory) {}

  Task<Status> Insert(std::string_view name, uint32_t inode, uint8_t file_type) {
    for (;;) {
      CO_ASSIGN(const uint64_t leaf, co_await search_.First(name));
      CO_ASSIGN(const BlockPtr block, co_await GetDirectoryBlock(volume_, directory_, leaf));
      CO_ASSIGN(const bool put, PutEntry(volume_, directory_, *block, name, inode, file_type));
      if (put) {
        DirectoryBlockChanged(volume_, directory_, block);
        co_return kOk;
      }
      // What a split takes is made sure of before anything changes.
      if (volume_.free_blocks() < 8) co_return Errno::kNoSpc;
      CO_TRY(co_await MakeRoom(block));
    }
  }

 private:
  using Step = HtreeSearch::Step;

  bool Full(const Step& step) {
    const HtreeCountLimit& counts = CountsAt(*step.block, step.entries_at);
    return counts.count >= counts.limit;
  }
  void InsertEntry(const Step& step, HtreeEntry entry) {
    HtreeEntry* entries = EntriesAt(*step.block, step.entries_at);
    HtreeCountLimit& counts = CountsAt(*step.block, step.entries_at);
    std::memmove(entries + step.at + 2, entries + step.at + 1,
                 (counts.count - step.at - 1) * sizeof(HtreeEntry));
    entries[step.at + 1] = entry;
    ++counts.count;
    HtreeBlockChanged(volume_, directory_, step.block, step.entries_at);
  }

  /// One step towards room: splits the leaf, or the index above it.
  Task<Status> MakeRoom(const BlockPtr& leaf) {
    std::vector<Step>& steps = search_.steps_;
    if (!Full(steps.back())) co_return co_await SplitLeaf(steps.back(), leaf);
    if (steps.size() == 1) co_return co_await GrowRoot(steps[0]);
    if (Full(steps[0])) co_return Errno::kNoSpc;
    co_return co_await SplitNode(steps[0], steps[1]);
  }

  void InitNode(CachedBlock& block) {
    std::memset(block.data(), 0, volume_.block_size());
    block.As<DirectoryEntryRecord>()->record_length = static_cast<uint16_t>(volume_.block_size());
    CountsAt(block, kHtreeNodeEntriesOffset).limit =
        static_cast<uint16_t>(Limit(volume_, kHtreeNodeEntriesOffset));
  }

  /// The root's entries move into an inner node.
  Task<Status> GrowRoot(const Step& root) {
    CO_ASSIGN(const NewDirectoryBlock made, co_await AppendDirectoryBlock(volume_, directory_));
    InitNode(*made.block);
    HtreeEntry* from = EntriesAt(*root.block, root.entries_at);
    HtreeEntry* to = EntriesAt(*made.block, kHtreeNodeEntriesOffset);
    HtreeCountLimit& counts = CountsAt(*root.block, root.entries_at);
    const uint16_t count = counts.count;
    std::memcpy(to + 1, from + 1, (count - 1) * sizeof(HtreeEntry));
    to[0].block = from[0].block;
    CountsAt(*made.block, kHtreeNodeEntriesOffset).count = count;
    counts.count = 1;
    from[0].block = static_cast<uint32_t>(made.logical);
    root.block->As<HtreeRootInfo>(kHtreeRootInfoOffset)->indirect_levels = 1;
    HtreeBlockChanged(volume_, directory_, made.block, kHtreeNodeEntriesOffset);
    HtreeBlockChanged(volume_, directory_, root.block, root.entries_at);
    co_return kOk;
  }

  Task<Status> SplitNode(const Step& root, const Step& node) {
    CO_ASSIGN(const NewDirectoryBlock made, co_await AppendDirectoryBlock(volume_, directory_));
    InitNode(*made.block);
    HtreeEntry* from = EntriesAt(*node.block, node.entries_at);
    HtreeEntry* to = EntriesAt(*made.block, kHtreeNodeEntriesOffset);
    HtreeCountLimit& counts = CountsAt(*node.block, node.entries_at);
    const uint16_t kept = counts.count / 2;
    const uint16_t moved = counts.count - kept;
    const uint32_t hash = from[kept].hash;
    std::memcpy(to + 1, from + kept + 1, (moved - 1) * sizeof(HtreeEntry));
    to[0].block = from[kept].block;
    CountsAt(*made.block, kHtreeNodeEntriesOffset).count = moved;
    counts.count = kept;
    HtreeBlockChanged(volume_, directory_, made.block, kHtreeNodeEntriesOffset);
    HtreeBlockChanged(volume_, directory_, node.block, node.entries_at);
    InsertEntry(root, {hash, static_cast<uint32_t>(made.logical)});
    co_return kOk;
  }

  struct Hashed {
    uint32_t hash;
    DirectoryEntryRecord* record;
  };

  /// The upper half, by hash, of a block's entries moves into a new block.
  Task<Status> SplitLeaf(const Step& parent, const BlockPtr& leaf) {
    CachedBlock old;
    old.bytes.reset(new uint8_t[volume_.block_size()], std::default_delete<uint8_t[]>());
    std::memcpy(old.data(), leaf->data(), volume_.block_size());
    CO_ASSIGN(const std::vector<EntryView> entries, EntriesOf(volume_, directory_, old));
    std::vector<Hashed> hashed;
    size_t total = 0;
    for (const EntryView& entry : entries) {
      if (entry.record->inode == 0) continue;
      CO_ASSIGN(const uint32_t hash,
                DirectoryHash(search_.version_, volume_.superblock().hash_seed, entry.name()));
      hashed.push_back({hash, entry.record});
      total += entry.used();
    }
    if (hashed.size() < 2) co_return volume_.Damaged("a directory block is full of one entry");
    std::stable_sort(hashed.begin(), hashed.end(),
                     [](const Hashed& a, const Hashed& b) { return a.hash < b.hash; });
    size_t kept = 0;
    for (size_t bytes = 0; kept < hashed.size() - 1; ++kept) {
      bytes += EntrySize(hashed[kept].record->name_length);
      if (bytes > total / 2 && kept > 0) break;
    }
    kept = std::max<size_t>(kept, 1);
    CO_ASSIGN(const NewDirectoryBlock made, co_await AppendDirectoryBlock(volume_, directory_));
    Pack(hashed, 0, kept, *leaf);
    Pack(hashed, kept, hashed.size(), *made.block);
    const uint32_t goes_on = hashed[kept].hash == hashed[kept - 1].hash ? 1 : 0;
    DirectoryBlockChanged(volume_, directory_, leaf);
    DirectoryBlockChanged(volume_, directory_, made.block);
    InsertEntry(parent, {hashed[kept].hash | goes_on, static_cast<uint32_t>(made.logical)});
    co_return kOk;
  }

  /// Fills a block with the entries [from, to).
  void Pack(const std::vector<Hashed>& hashed, size_t from, size_t to, CachedBlock& block) {
    InitDirectoryBlock(volume_, block);
    size_t at = 0;
    for (size_t i = from; i < to; ++i) {
      const DirectoryEntryRecord& source = *hashed[i].record;
      const size_t size = EntrySize(source.name_length);
      std::memcpy(block.data() + at, &source, 8 + source.name_length);
      const size_t length = i + 1 == to ? EntryRoom(volume_) - at : size;
      block.As<DirectoryEntryRecord>(at)->record_length = static_cast<uint16_t>(length);
      at += size;
    }
  }

  Volume& volume_;
  Inode& directory_;
  HtreeSearch search_;
};

Task<Status> InsertIntoHtree(Volume& volume, Inode& directory, std::string_view name,
                             uint32_t inode, uint8_t file_type) {
  HtreeChange change(volume, directory);
  co_return co_await change.Insert(name, inode, file_type);
}

Task<Status> MakeHtree(Volume& volume, Inode& directory) {
  if (volume.free_blocks() < 8) co_return Errno::kNoSpc;
  CO_ASSIGN(const BlockPtr root, co_await GetDirectoryBlock(volume, directory, 0));
  CO_ASSIGN(const std::vector<EntryView> entries, EntriesOf(volume, directory, *root));
  if (entries.size() < 2 || entries[0].name() != "." || entries[1].name() != ".." ||
      entries[1].offset != 12) {
    co_return volume.Damaged("inode " + std::to_string(directory.number()) + ": no . and ..");
  }
  const uint32_t parent = entries[1].record->inode;
  CO_ASSIGN(const NewDirectoryBlock made, co_await AppendDirectoryBlock(volume, directory));
  for (const EntryView& entry : entries) {
    if (entry.offset < 24 || entry.record->inode == 0) continue;
    CO_ASSIGN(const bool put, PutEntry(volume, directory, *made.block, entry.name(),
                                       entry.record->inode, entry.record->file_type));
    if (!put) co_return volume.Damaged("inode " + std::to_string(directory.number()));
  }
  DirectoryBlockChanged(volume, directory, made.block);

  auto* dot_dot = root->As<DirectoryEntryRecord>(12);
  root->As<DirectoryEntryRecord>()->record_length = 12;
  std::memset(root->data() + kHtreeRootInfoOffset, 0, volume.block_size() - kHtreeRootInfoOffset);
  dot_dot->inode = parent;
  dot_dot->record_length = static_cast<uint16_t>(volume.block_size() - 12);
  auto* info = root->As<HtreeRootInfo>(kHtreeRootInfoOffset);
  const uint8_t version = volume.superblock().default_hash_version;
  info->hash_version = version <= kHashTea ? version : kHashHalfMd4;
  info->info_length = sizeof(HtreeRootInfo);
  HtreeCountLimit& counts = CountsAt(*root, kHtreeRootEntriesOffset);
  counts.limit = static_cast<uint16_t>(Limit(volume, kHtreeRootEntriesOffset));
  counts.count = 1;
  EntriesAt(*root, kHtreeRootEntriesOffset)[0].block = static_cast<uint32_t>(made.logical);
  directory.record().flags |= kInodeIndexed;
  HtreeBlockChanged(volume, directory, root, kHtreeRootEntriesOffset);
  co_return co_await volume.SaveInode(directory);
}

}  // namespace elfin::ext
