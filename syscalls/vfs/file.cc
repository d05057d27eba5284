#include "syscalls/vfs/file.h"

#include <algorithm>
#include <utility>

#include "syscalls/abi/fcntl.h"
#include "syscalls/vfs/file_locks.h"

namespace elfin::vfs {
namespace {

/// Flags that only open itself looks at, so that F_GETFL does not show them.
constexpr uint32_t kOpenOnly =
    abi::kOCreat | abi::kOExcl | abi::kONoCtty | abi::kOTrunc | abi::kOCloExec;
constexpr uint32_t kSettable =
    abi::kOAppend | abi::kONonBlock | abi::kODirect | abi::kONoATime | abi::kOAsync;

}  // namespace

File::File(Path path, uint32_t flags) : path_(std::move(path)), flags_(flags & ~kOpenOnly) {
  path_only_ = (flags & abi::kOPath) != 0;
  const uint32_t mode = flags & abi::kOAccMode;
  readable_ = !path_only_ && (mode == abi::kORdOnly || mode == abi::kORdWr);
  writable_ = !path_only_ && (mode == abi::kOWrOnly || mode == abi::kORdWr);
}

File::~File() {
  if (inode()->locks != nullptr) inode()->locks->Release(*this);
  for (FileWatch* watch : std::exchange(watches_, {})) watch->FileGone();
}

void File::RemoveWatch(FileWatch& watch) {
  watches_.erase(std::remove(watches_.begin(), watches_.end(), &watch), watches_.end());
}

void File::SetStatusFlags(uint32_t flags) { flags_ = (flags_ & ~kSettable) | (flags & kSettable); }

Task<Result<size_t>> File::ReadAt(uint64_t, DataSink&, IoOptions) { return Errno::kSPipe; }
Task<Result<size_t>> File::WriteAt(uint64_t, DataSource&, IoOptions) { return Errno::kSPipe; }
Task<Result<uint64_t>> File::Seek(int64_t, int32_t) { return Errno::kSPipe; }
Task<Status> File::ReadDirectory(DirectoryVisitor&) { return Errno::kNotDir; }
Task<Status> File::Truncate(uint64_t) { return Errno::kInval; }
Task<Status> File::Allocate(uint64_t, uint64_t, AllocateMode) { return Errno::kNoDev; }
Task<Status> File::Sync() { return Errno::kInval; }

}  // namespace elfin::vfs
