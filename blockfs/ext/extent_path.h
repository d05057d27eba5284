// The way from an extent tree's root to a leaf, and checked access to the nodes on it.
#pragma once

#include <vector>

#include "blockfs/ext/volume.h"

namespace elfin::ext {

/// A node: the root in the inode, or a block.
struct ExtentNode {
  ExtentHeader* header = nullptr;
  BlockPtr block;  // nullptr: the root
  /// Of the entry that the way goes through; in the leaf, the last extent that begins at or before
  /// the block looked for; -1: none does.
  int at = -1;

  ExtentRecord* extents() const { return reinterpret_cast<ExtentRecord*>(header + 1); }
  ExtentIndex* indexes() const { return reinterpret_cast<ExtentIndex*>(header + 1); }
  bool full() const { return header->entries >= header->max; }
  bool is_leaf() const { return header->depth == 0; }
};

/// From the root (first) to the leaf (last). Valid until the tree's shape changes.
struct ExtentPath {
  std::vector<ExtentNode> nodes;
  /// The first logical block beyond the leaf's range.
  uint64_t leaf_end = uint64_t{1} << 32;

  ExtentNode& leaf() { return nodes.back(); }
};

Task<Result<ExtentPath>> FindExtent(Volume& volume, Inode& inode, uint64_t logical);

inline uint64_t ExtentStart(const ExtentRecord& extent) {
  return extent.start_lo | uint64_t{extent.start_hi} << 32;
}
inline bool ExtentUnwritten(const ExtentRecord& extent) { return extent.length > kMaxExtentLength; }
inline uint32_t ExtentCount(const ExtentRecord& extent) {
  return ExtentUnwritten(extent) ? extent.length - kMaxExtentLength : extent.length;
}
inline uint64_t ExtentEnd(const ExtentRecord& extent) {
  return uint64_t{extent.block} + ExtentCount(extent);
}
ExtentRecord MakeExtent(uint64_t logical, uint64_t physical, uint32_t count, RunState state);
inline uint64_t IndexLeaf(const ExtentIndex& index) {
  return index.leaf_lo | uint64_t{index.leaf_hi} << 32;
}
ExtentIndex MakeIndex(uint32_t logical, uint64_t block);

/// Entries that a node in a block has room for.
uint16_t ExtentBlockCapacity(const Volume& volume);
/// The node was changed: checksum, and JournalBlock. The root is saved with its inode.
void ExtentNodeChanged(Volume& volume, const Inode& inode, const ExtentNode& node);

}  // namespace elfin::ext
