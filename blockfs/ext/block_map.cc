#include "blockfs/ext/block_map.h"

#include <algorithm>

#include "blockfs/ext/block_allocation.h"
#include "blockfs/ext/extent_tree.h"
#include "blockfs/ext/indirect_map.h"
#include "blockfs/ext/inode_allocation.h"
#include "blockfs/ext/orphans.h"
#include "blockfs/ext/xattr.h"

namespace elfin::ext {

std::optional<BlockRun> KnownRun(const Inode& inode, uint64_t logical, uint64_t max_count) {
  const BlockRun& last = inode.last_run;
  if (logical < last.logical || logical - last.logical >= last.count) return std::nullopt;
  const uint64_t skip = logical - last.logical;
  return BlockRun{logical, last.state == RunState::kHole ? 0 : last.physical + skip,
                  std::min(last.count - skip, max_count), last.state};
}

namespace {

Task<Result<BlockRun>> LookUpBlocks(Volume& volume, Inode& inode, uint64_t logical,
                                    uint64_t max_count) {
  // What follows in the same run will be asked for next.
  constexpr uint64_t kLookAhead = 32768;
  BlockRun run;
  if (inode.uses_extents()) {
    CO_ASSIGN(run, co_await MapExtent(volume, inode, logical, std::max(max_count, kLookAhead)));
  } else {
    CO_ASSIGN(run, co_await MapIndirect(volume, inode, logical, std::max(max_count, kLookAhead)));
  }
  inode.last_run = run;
  run.count = std::min(run.count, max_count);
  co_return run;
}

}  // namespace

Task<Result<BlockRun>> MapBlocks(Volume& volume, Inode& inode, uint64_t logical,
                                 uint64_t max_count) {
  if (const auto known = KnownRun(inode, logical, max_count)) return *known;
  return LookUpBlocks(volume, inode, logical, max_count);
}

Task<Result<BlockRun>> AllocateBlocks(Volume& volume, Inode& inode, uint64_t logical,
                                      uint64_t count, RunState state) {
  uint64_t goal = InodeGoal(volume, inode);
  if (logical > 0) {
    CO_ASSIGN(const BlockRun before, co_await MapBlocks(volume, inode, logical - 1, 1));
    if (before.state != RunState::kHole) goal = before.physical + 1;
  }
  if (!inode.uses_extents()) {
    if (state == RunState::kUnwritten) co_return Errno::kOpNotSupp;
    co_return co_await AllocateIndirect(volume, inode, logical, count, goal);
  }
  if (logical >= uint64_t{0xffffffff}) co_return Errno::kFBig;
  count = std::min<uint64_t>(count, kMaxExtentLength - 1);
  CO_ASSIGN(const AllocatedRun got, co_await AllocateData(volume, inode, goal, count));
  const BlockRun run{logical, got.first, got.count, state};
  const Status status = co_await InsertExtent(volume, inode, run);
  if (!status.ok()) {
    if (status.error() == Errno::kNoSpc) {
      CO_TRY(co_await FreeData(volume, inode, got.first, got.count));
    }
    co_return status.error();
  }
  co_return run;
}

bool IsShortSymlink(const Volume& volume, const Inode& inode) {
  const uint64_t attributes = inode.file_acl() != 0 ? 1 : 0;
  return inode.type() == kModeSymlink && inode.size() < kInodeBlockBytes &&
         InodeBlocks(volume, inode) <= attributes;
}

Task<Status> MarkWritten(Volume& volume, Inode& inode, uint64_t logical, uint64_t count) {
  return MarkExtentWritten(volume, inode, logical, count);
}

Task<Status> RemoveBlocks(Volume& volume, Inode& inode, uint64_t first, uint64_t end) {
  if (inode.uses_extents()) return RemoveExtents(volume, inode, first, end);
  return RemoveIndirect(volume, inode, first, end);
}

namespace {

/// A block of extended attributes may be several inodes'.
Task<Status> ReleaseAttributes(Volume& volume, Inode& inode) {
  const uint64_t number = inode.file_acl();
  if (number == 0) co_return kOk;
  CO_TRY(co_await DropAttributeBlock(volume, inode, number));
  inode.set_file_acl(0);
  co_return kOk;
}

}  // namespace

Task<Status> DeleteInode(Volume& volume, Inode& inode) {
  inode.last_run = {};
  const bool short_symlink = IsShortSymlink(volume, inode);
  const bool blocks = inode.is_regular() || inode.is_directory() || inode.type() == kModeSymlink;
  if (blocks && !short_symlink) {
    CO_TRY(co_await RemoveBlocks(volume, inode, 0, uint64_t{1} << 32));
  }
  CO_TRY(co_await ReleaseAttributes(volume, inode));
  inode.set_size(0);
  CO_TRY(co_await RemoveOrphan(volume, inode));
  co_return co_await FreeInode(volume, inode);
}

uint64_t MaxFileSize(const Volume& volume, const Inode& inode) {
  const uint64_t blocks = inode.uses_extents() ? 0xffffffff : IndirectLimit(volume);
  return blocks * volume.block_size();
}

}  // namespace elfin::ext
