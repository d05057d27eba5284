#include "blockfs/ext/extent_tree.h"

#include <algorithm>
#include <cstring>

#include "blockfs/ext/block_allocation.h"
#include "blockfs/ext/extent_path.h"

namespace elfin::ext {
namespace {

/// An unwritten extent is one shorter at most: its length with the mark fits 16 bits.
uint32_t LongestExtent(RunState state) {
  return state == RunState::kUnwritten ? kMaxExtentLength - 1 : kMaxExtentLength;
}

RunState StateOf(const ExtentRecord& extent) {
  return ExtentUnwritten(extent) ? RunState::kUnwritten : RunState::kWritten;
}

/// Whether `second` goes on where `first` ends, on the disk and in the file, and the sum fits.
bool Joins(const ExtentRecord& first, const ExtentRecord& second) {
  return ExtentEnd(first) == second.block && StateOf(first) == StateOf(second) &&
         ExtentStart(first) + ExtentCount(first) == ExtentStart(second) &&
         ExtentCount(first) + ExtentCount(second) <= LongestExtent(StateOf(first));
}

/// An index names the first logical block below it: after a node's first entry changed.
void FixIndexes(Volume& volume, const Inode& inode, ExtentPath& path) {
  for (size_t level = path.nodes.size() - 1; level > 0; --level) {
    const uint32_t first = path.nodes[level].extents()[0].block;
    ExtentNode& parent = path.nodes[level - 1];
    ExtentIndex& index = parent.indexes()[parent.at];
    if (index.block == first) return;
    index.block = first;
    ExtentNodeChanged(volume, inode, parent);
    if (parent.at > 0) return;
  }
}

void InsertEntry(Volume& volume, const Inode& inode, ExtentPath& path, int at,
                 const ExtentRecord& extent) {
  ExtentNode& leaf = path.leaf();
  ExtentRecord* entries = leaf.extents();
  std::memmove(entries + at + 1, entries + at, (leaf.header->entries - at) * sizeof(ExtentRecord));
  entries[at] = extent;
  ++leaf.header->entries;
  ExtentNodeChanged(volume, inode, leaf);
  if (at == 0) FixIndexes(volume, inode, path);
}

/// The root's entries move into a block of their own, one level down.
void GrowRoot(Volume& volume, Inode& inode, uint64_t number) {
  ExtentHeader* root = inode.extent_root();
  const BlockPtr block = volume.cache().GetZeroed(number);
  ExtentNode below{block->As<ExtentHeader>(), block, -1};
  std::memcpy(below.header, root, kInodeBlockBytes);
  below.header->max = ExtentBlockCapacity(volume);
  ExtentNodeChanged(volume, inode, below);
  ++root->depth;
  root->entries = 1;
  *reinterpret_cast<ExtentIndex*>(root + 1) = MakeIndex(below.extents()[0].block, number);
}

/// The upper half of a full node moves into a new one beside it; only the last entry where the next
/// insertion comes behind it (files grow at their ends).
void SplitNode(Volume& volume, Inode& inode, ExtentNode& parent, ExtentNode& node, bool at_end,
               uint64_t number) {
  const BlockPtr block = volume.cache().GetZeroed(number);
  ExtentNode beside{block->As<ExtentHeader>(), block, -1};
  const uint16_t count = node.header->entries;
  const uint16_t kept = at_end ? count - 1 : count / 2;
  *beside.header = *node.header;
  beside.header->max = ExtentBlockCapacity(volume);
  beside.header->entries = count - kept;
  std::memcpy(beside.extents(), node.extents() + kept, (count - kept) * sizeof(ExtentRecord));
  node.header->entries = kept;
  ExtentIndex* indexes = parent.indexes();
  const int at = parent.at + 1;
  std::memmove(indexes + at + 1, indexes + at, (parent.header->entries - at) * sizeof(ExtentIndex));
  indexes[at] = MakeIndex(beside.extents()[0].block, number);
  ++parent.header->entries;
  ExtentNodeChanged(volume, inode, beside);
  ExtentNodeChanged(volume, inode, node);
  ExtentNodeChanged(volume, inode, parent);
}

/// The way to `logical`, in a leaf with room for `entries` more.
Task<Result<ExtentPath>> FindWithRoom(Volume& volume, Inode& inode, uint64_t logical, int entries) {
  for (;;) {
    CO_ASSIGN(ExtentPath path, co_await FindExtent(volume, inode, logical));
    const ExtentHeader& leaf = *path.leaf().header;
    if (leaf.max - leaf.entries >= entries) co_return path;
    // The lowest node with room gets a new child; where there is none, the root grows.
    size_t level = path.nodes.size() - 1;
    while (level > 0 && path.nodes[level - 1].full()) --level;
    if (level == 0 && inode.extent_root()->depth >= kMaxExtentDepth) co_return Errno::kFBig;
    const uint64_t goal =
        path.leaf().block != nullptr ? path.leaf().block->number : InodeGoal(volume, inode);
    CO_ASSIGN(const uint64_t number, co_await AllocateMetadata(volume, inode, goal));
    if (level == 0) {
      GrowRoot(volume, inode, number);
    } else {
      ExtentNode& node = path.nodes[level];
      SplitNode(volume, inode, path.nodes[level - 1], node, node.at == node.header->entries - 1,
                number);
    }
    CO_TRY(co_await volume.SaveInode(inode));
  }
}

/// Takes an entry out of the leaf; nodes that become empty go with it.
Task<Status> RemoveEntry(Volume& volume, Inode& inode, ExtentPath& path, int at) {
  for (size_t level = path.nodes.size() - 1;; --level) {
    ExtentNode& node = path.nodes[level];
    ExtentRecord* entries = node.extents();
    std::memmove(entries + at, entries + at + 1,
                 (node.header->entries - at - 1) * sizeof(ExtentRecord));
    --node.header->entries;
    if (level == 0) {
      if (node.header->entries == 0) node.header->depth = 0;
      co_return kOk;
    }
    if (node.header->entries > 0) {
      ExtentNodeChanged(volume, inode, node);
      path.nodes.resize(level + 1);
      if (at == 0) FixIndexes(volume, inode, path);
      co_return kOk;
    }
    CO_TRY(co_await FreeMetadata(volume, inode, node.block->number));
    at = path.nodes[level - 1].at;
  }
}

}  // namespace

void InitExtentRoot(Inode& inode) {
  std::memset(inode.record().block, 0, kInodeBlockBytes);
  ExtentHeader* root = inode.extent_root();
  root->magic = kExtentMagic;
  root->max = (kInodeBlockBytes - sizeof(ExtentHeader)) / sizeof(ExtentRecord);
}

Task<Result<BlockRun>> MapExtent(Volume& volume, Inode& inode, uint64_t logical,
                                 uint64_t max_count) {
  CO_ASSIGN(ExtentPath path, co_await FindExtent(volume, inode, logical));
  ExtentNode& leaf = path.leaf();
  if (leaf.at >= 0) {
    const ExtentRecord& extent = leaf.extents()[leaf.at];
    if (extent.length == 0 || !volume.ValidData(ExtentStart(extent), ExtentCount(extent))) {
      co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": an extent");
    }
    if (logical < ExtentEnd(extent)) {
      const uint64_t skip = logical - extent.block;
      co_return BlockRun{logical, ExtentStart(extent) + skip,
                         std::min<uint64_t>(ExtentCount(extent) - skip, max_count),
                         StateOf(extent)};
    }
  }
  uint64_t end = path.leaf_end;
  if (leaf.at + 1 < leaf.header->entries) {
    end = std::min<uint64_t>(end, leaf.extents()[leaf.at + 1].block);
  }
  if (end <= logical)
    co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": extents out of order");
  co_return BlockRun{logical, 0, std::min(end - logical, max_count), RunState::kHole};
}

Task<Status> InsertExtent(Volume& volume, Inode& inode, const BlockRun& run) {
  inode.last_run = {};
  uint64_t done = 0;
  while (done < run.count) {
    const auto count =
        static_cast<uint32_t>(std::min<uint64_t>(run.count - done, LongestExtent(run.state)));
    const ExtentRecord extent =
        MakeExtent(run.logical + done, run.physical + done, count, run.state);
    CO_ASSIGN(ExtentPath path, co_await FindWithRoom(volume, inode, extent.block, 1));
    ExtentNode& leaf = path.leaf();
    ExtentRecord* entries = leaf.extents();
    const int next = leaf.at + 1;
    const bool left = leaf.at >= 0 && Joins(entries[leaf.at], extent);
    const bool right = next < leaf.header->entries && Joins(extent, entries[next]);
    if (left) {
      entries[leaf.at].length += static_cast<uint16_t>(count);
      if (right && Joins(entries[leaf.at], entries[next])) {
        entries[leaf.at].length += static_cast<uint16_t>(ExtentCount(entries[next]));
        CO_TRY(co_await RemoveEntry(volume, inode, path, next));
      }
      ExtentNodeChanged(volume, inode, leaf);
    } else if (right) {
      entries[next] = MakeExtent(extent.block, ExtentStart(extent),
                                 count + ExtentCount(entries[next]), run.state);
      ExtentNodeChanged(volume, inode, leaf);
      if (next == 0) FixIndexes(volume, inode, path);
    } else {
      InsertEntry(volume, inode, path, next, extent);
    }
    done += count;
  }
  co_return co_await volume.SaveInode(inode);
}

Task<Status> MarkExtentWritten(Volume& volume, Inode& inode, uint64_t logical, uint64_t count) {
  inode.last_run = {};
  CO_ASSIGN(ExtentPath path, co_await FindWithRoom(volume, inode, logical, 2));
  ExtentNode& leaf = path.leaf();
  if (leaf.at < 0) co_return Errno::kUClean;
  const ExtentRecord old = leaf.extents()[leaf.at];
  const uint64_t before = logical - old.block;
  const uint64_t after = ExtentEnd(old) - logical - count;
  const ExtentRecord written = MakeExtent(logical, ExtentStart(old) + before,
                                          static_cast<uint32_t>(count), RunState::kWritten);
  int at = leaf.at;
  if (before > 0) {
    leaf.extents()[at] = MakeExtent(old.block, ExtentStart(old), static_cast<uint32_t>(before),
                                    RunState::kUnwritten);
    InsertEntry(volume, inode, path, ++at, written);
  } else {
    leaf.extents()[at] = written;
  }
  if (after > 0) {
    InsertEntry(volume, inode, path, at + 1,
                MakeExtent(logical + count, ExtentStart(old) + before + count,
                           static_cast<uint32_t>(after), RunState::kUnwritten));
  }
  ExtentNodeChanged(volume, inode, leaf);
  // A file that was allocated in one piece and then written from its start stays in one piece.
  ExtentRecord* entries = leaf.extents();
  if (at > 0 && Joins(entries[at - 1], entries[at])) {
    entries[at - 1].length += static_cast<uint16_t>(ExtentCount(entries[at]));
    ExtentNodeChanged(volume, inode, leaf);
    CO_TRY(co_await RemoveEntry(volume, inode, path, at));
  }
  co_return co_await volume.SaveInode(inode);
}

Task<Status> RemoveExtents(Volume& volume, Inode& inode, uint64_t first, uint64_t end) {
  inode.last_run = {};
  uint64_t limit = end;
  while (limit > first) {
    // From the end, so that a file that is cut off half-way is a shorter file.
    CO_ASSIGN(ExtentPath path, co_await FindExtent(volume, inode, limit - 1));
    ExtentNode* leaf = &path.leaf();
    if (leaf->at < 0) co_return co_await volume.SaveInode(inode);  // nothing before
    ExtentRecord extent = leaf->extents()[leaf->at];
    if (extent.length == 0 || !volume.ValidData(ExtentStart(extent), ExtentCount(extent))) {
      co_return volume.Damaged("inode " + std::to_string(inode.number()) + ": an extent");
    }
    const uint64_t cut_first = std::max<uint64_t>(first, extent.block);
    const uint64_t cut_end = std::min(limit, ExtentEnd(extent));
    limit = std::min<uint64_t>(limit, extent.block);
    if (cut_first >= cut_end) {
      if (ExtentEnd(extent) <= first) break;
      continue;
    }
    const uint64_t before = cut_first - extent.block;
    const uint64_t after = ExtentEnd(extent) - cut_end;
    const RunState state = StateOf(extent);
    if (before > 0 && after > 0) {
      CO_ASSIGN(path, co_await FindWithRoom(volume, inode, extent.block, 1));
      leaf = &path.leaf();
    }
    const uint64_t physical = ExtentStart(extent);
    const ExtentRecord tail = MakeExtent(cut_end, physical + (cut_end - extent.block),
                                         static_cast<uint32_t>(after), state);
    if (before > 0) {
      leaf->extents()[leaf->at] =
          MakeExtent(extent.block, physical, static_cast<uint32_t>(before), state);
      if (after > 0) InsertEntry(volume, inode, path, leaf->at + 1, tail);
      ExtentNodeChanged(volume, inode, *leaf);
    } else if (after > 0) {
      leaf->extents()[leaf->at] = tail;
      ExtentNodeChanged(volume, inode, *leaf);
      if (leaf->at == 0) FixIndexes(volume, inode, path);
    } else {
      CO_TRY(co_await RemoveEntry(volume, inode, path, leaf->at));
    }
    CO_TRY(co_await FreeData(volume, inode, physical + before, cut_end - cut_first));
    CO_TRY(co_await volume.SaveInode(inode));
    CO_TRY(co_await volume.CommitIfCrowded());
  }
  co_return co_await volume.SaveInode(inode);
}

}  // namespace elfin::ext
