#include "blockfs/ext/extent_path.h"

#include "blockfs/crc32c.h"

namespace elfin::ext {
namespace {

/// The checksum stands behind the room for entries, at the block's end but for a remainder.
uint32_t* ChecksumOf(ExtentHeader* header) {
  return reinterpret_cast<uint32_t*>(reinterpret_cast<ExtentRecord*>(header + 1) + header->max);
}

uint32_t NodeChecksum(const Volume& volume, const Inode& inode, ExtentHeader* header) {
  const size_t size =
      reinterpret_cast<uint8_t*>(ChecksumOf(header)) - reinterpret_cast<uint8_t*>(header);
  return blockfs::Crc32c(volume.InodeSeed(inode), header, size);
}

bool SaneNode(const ExtentHeader& header, size_t capacity, int depth) {
  if (header.magic != kExtentMagic || header.max > capacity || header.entries > header.max ||
      header.depth > kMaxExtentDepth) {
    return false;
  }
  return depth < 0 || (header.depth == depth && header.entries > 0);
}

/// The last entry whose `block` is at or before `logical`; -1: none. Extents and indexes both begin
/// with it.
int FindEntry(const ExtentHeader* header, uint64_t logical) {
  const auto* entries = reinterpret_cast<const ExtentRecord*>(header + 1);
  int low = 0;
  int high = header->entries;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (entries[middle].block <= logical) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

}  // namespace

ExtentRecord MakeExtent(uint64_t logical, uint64_t physical, uint32_t count, RunState state) {
  const uint32_t length = state == RunState::kUnwritten ? count + kMaxExtentLength : count;
  return {static_cast<uint32_t>(logical), static_cast<uint16_t>(length),
          static_cast<uint16_t>(physical >> 32), static_cast<uint32_t>(physical)};
}

ExtentIndex MakeIndex(uint32_t logical, uint64_t block) {
  return {logical, static_cast<uint32_t>(block), static_cast<uint16_t>(block >> 32), 0};
}

uint16_t ExtentBlockCapacity(const Volume& volume) {
  return static_cast<uint16_t>((volume.block_size() - sizeof(ExtentHeader)) / sizeof(ExtentRecord));
}

void ExtentNodeChanged(Volume& volume, const Inode& inode, const ExtentNode& node) {
  if (node.block == nullptr) return;
  if (volume.has_metadata_checksum()) {
    *ChecksumOf(node.header) = NodeChecksum(volume, inode, node.header);
  }
  volume.JournalBlock(node.block);
}

Task<Result<ExtentPath>> FindExtent(Volume& volume, Inode& inode, uint64_t logical) {
  const auto damaged = [&](const char* what) {
    return volume.Damaged("inode " + std::to_string(inode.number()) + ": extent tree" + what);
  };
  ExtentPath path;
  ExtentNode node{inode.extent_root(), nullptr, -1};
  constexpr size_t kRootCapacity = (kInodeBlockBytes - sizeof(ExtentHeader)) / sizeof(ExtentRecord);
  if (!SaneNode(*node.header, kRootCapacity, -1)) co_return damaged("");
  while (!node.is_leaf()) {
    if (node.header->entries == 0) co_return damaged(": an empty node");
    node.at = std::max(FindEntry(node.header, logical), 0);
    const ExtentIndex& index = node.indexes()[node.at];
    if (node.at + 1 < node.header->entries) {
      path.leaf_end = std::min<uint64_t>(path.leaf_end, node.indexes()[node.at + 1].block);
    }
    const uint64_t child = IndexLeaf(index);
    const int depth = node.header->depth - 1;
    path.nodes.push_back(node);
    if (!volume.ValidData(child, 1)) co_return damaged(": a node's place");
    CO_ASSIGN(BlockPtr block, co_await volume.GetBlock(child));
    node = ExtentNode{block->As<ExtentHeader>(), block, -1};
    if (!SaneNode(*node.header, ExtentBlockCapacity(volume), depth)) co_return damaged("");
    if (volume.has_metadata_checksum() && !block->verified) {
      if (*ChecksumOf(node.header) != NodeChecksum(volume, inode, node.header)) {
        co_return damaged(": wrong checksum");
      }
      block->verified = true;
    }
  }
  node.at = FindEntry(node.header, logical);
  path.nodes.push_back(node);
  co_return path;
}

}  // namespace elfin::ext
