// The bytes of regular files (and of long symlinks). Errors everywhere: kUClean, kIo.
#pragma once

#include <optional>

#include "blockfs/byte_stream.h"
#include "blockfs/ext/volume.h"

namespace elfin::ext {

using blockfs::ByteSink;
using blockfs::ByteSource;

/// Up to sink.remaining() bytes; 0 at the end. Under the shared lock. Errors: the sink's.
Task<Result<size_t>> ReadBytes(Volume& volume, Inode& inode, uint64_t offset, ByteSink& sink);

/// The same where that is to be had at once, without waiting: as most often, from the cache or past
/// it. nullopt: it isn't, and the sink has nothing yet. Precondition: nobody has the exclusive
/// lock.
std::optional<Result<size_t>> ReadBytesNow(Volume& volume, Inode& inode, uint64_t offset,
                                           ByteSink& sink);

/// Begins to load what of that isn't in the cache, at most a quarter of its limit; waits for the
/// block map only. Under the shared lock.
Task<Status> LoadBytes(Volume& volume, Inode& inode, uint64_t offset, uint64_t size);

/// How much WriteBytes should be given at once: an operation of reasonable size.
inline constexpr size_t kWriteChunk = size_t{1} << 20;
/// May write less where room ends. Errors: kNoSpc and kFBig, when nothing was written.
Task<Result<size_t>> WriteBytes(Volume& volume, const InodePtr& inode, uint64_t offset,
                                const uint8_t* bytes, size_t size);

/// Shortens or (with a hole) lengthens. Errors: kFBig.
Task<Status> SetSize(Volume& volume, const InodePtr& inode, uint64_t size);

/// fallocate(2): blocks that read as zeros; a hole; both without changing the size. Errors: kNoSpc,
/// kFBig, kOpNotSupp (a file without extents can't have unwritten blocks).
Task<Status> Preallocate(Volume& volume, const InodePtr& inode, uint64_t offset, uint64_t size);
Task<Status> PunchHole(Volume& volume, const InodePtr& inode, uint64_t offset, uint64_t size);

/// The next data or hole at or behind `offset`, which is within the file. Errors: kNxio: no data.
enum class Seek { kData, kHole };
Task<Result<uint64_t>> SeekBytes(Volume& volume, Inode& inode, uint64_t offset, Seek what);

}  // namespace elfin::ext
