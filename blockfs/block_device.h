// BlockDevice: the one interface of everything that holds a disk's bytes.
//
// Offsets and sizes are in bytes and 64 bits wide; any alignment is allowed, though the filesystems
// above ask for whole sectors of 512 bytes and more. The four operations may wait (Task).
//
// Order and durability, as of a disk with a volatile write cache:
//   - a Read that begins after a Write has ended sees what was written;
//   - writes between two Flushes may reach the medium in any order, or not at all when the power
//     fails; one that was under way then may have reached it in part (whole sectors of 512 bytes);
//   - when Flush has returned kOk, everything written before it began is durable.
//
// A buffer belongs to the device until the operation's Task is ready: whoever may be destroyed
// while it waits (a system call of a killed process) must not own one. BlockCache sees to that.
//
// Errors: kIo (also for ranges outside of the device), kNoSpc (no room on what holds the bytes),
// kRoFs (written to, but can't be).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/base/foreign_range.h"
#include "runtime/base/result.h"
#include "runtime/base/task.h"

namespace elfin::blockfs {

inline constexpr size_t kSectorSize = 512;

class BlockDevice {
 public:
  virtual ~BlockDevice() = default;

  /// In bytes; never changes.
  virtual uint64_t size() const = 0;
  virtual bool read_only() const { return false; }
  /// Reading takes long, or what is read has to be paid for: nothing is read ahead of its use but
  /// by who knows that it will be used.
  virtual bool is_distant() const { return false; }
  /// What tells this device's contents from another's where the device itself knows (an ETag, a
  /// manifest's hash); empty where only the contents tell. An overlay remembers it of its base.
  virtual std::string identity() const { return {}; }

  virtual Task<Status> Read(uint64_t offset, void* to, size_t size) = 0;
  /// How many bytes from `offset` on, at most `size`, ReadForeign can read now; 0: none.
  virtual uint64_t ForeignRun(uint64_t /*offset*/, uint64_t /*size*/) const { return 0; }
  /// As Read, all of `to`; never waits. Precondition: ForeignRun gives as much.
  virtual Status ReadForeign(uint64_t /*offset*/, const ForeignRange& /*to*/) { return Errno::kIo; }
  virtual Task<Status> Write(uint64_t offset, const void* from, size_t size) = 0;
  /// A barrier, and durability.
  virtual Task<Status> Flush() = 0;
  /// The range's contents aren't needed any more: they read as zeros or as before, sector by
  /// sector. Needn't be durable before the next Flush.
  virtual Task<Status> Discard(uint64_t offset, uint64_t size) {
    return InRange(offset, size) ? Status(kOk) : Status(Errno::kIo);
  }

 protected:
  bool InRange(uint64_t offset, uint64_t bytes) const {
    return offset <= size() && bytes <= size() - offset;
  }
};

}  // namespace elfin::blockfs
