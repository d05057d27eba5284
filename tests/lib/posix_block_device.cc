#include "tests/lib/posix_block_device.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/check.h"

namespace elfin::blockfs {

PosixBlockDevice::PosixBlockDevice(const std::string& path, bool read_only)
    : descriptor_(open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC)),
      read_only_(read_only) {
  struct stat status {};
  ELFIN_CHECK(descriptor_ >= 0 && fstat(descriptor_, &status) == 0);
  size_ = static_cast<uint64_t>(status.st_size);
}

PosixBlockDevice::~PosixBlockDevice() { close(descriptor_); }

Task<Status> PosixBlockDevice::Read(uint64_t offset, void* to, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  const ssize_t got = pread(descriptor_, to, size, static_cast<off_t>(offset));
  if (got != static_cast<ssize_t>(size)) return Errno::kIo;
  return kOk;
}

Task<Status> PosixBlockDevice::Write(uint64_t offset, const void* from, size_t size) {
  if (read_only_) return Errno::kRoFs;
  if (!InRange(offset, size)) return Errno::kIo;
  const ssize_t put = pwrite(descriptor_, from, size, static_cast<off_t>(offset));
  if (put != static_cast<ssize_t>(size)) return Errno::kIo;
  return kOk;
}

}  // namespace elfin::blockfs
