// A folder of the host for a test's images, and the tools of e2fsprogs on them.
#pragma once

#include <string>

#include "blockfs/devices/memory_device.h"
#include "blockfs/ext/filesystem.h"

namespace elfin::ext {

/// Made anew in the host's folder for temporary files, removed at the end.
class ImageFolder {
 public:
  ImageFolder();
  ~ImageFolder();
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  /// "mke2fs -q -F OPTIONS image SIZE"; the image's path. `tree`: -d's folder, empty: none.
  std::string Make(const std::string& options, const std::string& size,
                   const std::string& tree = {}) const;

 private:
  std::string folder_;
};

/// Runs a shell command; its exit status. Output goes to `output` where that isn't nullptr.
int Shell(const std::string& command, std::string* output = nullptr);

/// "" when `e2fsck -fn` finds nothing to say, else what it says.
std::string CheckImage(const std::string& image);

/// An image's bytes in memory, and back.
blockfs::MemoryDevice LoadImage(const std::string& path);
void SaveImage(const blockfs::MemoryDevice& device, const std::string& path);

/// What a task of synchronous devices has come to.
template <class T>
T Now(Task<T> task) {
  ELFIN_CHECK(task.ready());
  return task.Take();
}

/// Mounts with a clock that counts up.
Result<std::shared_ptr<Filesystem>> MountImage(blockfs::BlockDevice& device, bool read_only = false,
                                               uint64_t cache_bytes = uint64_t{8} << 20);

class StringSource final : public blockfs::ByteSource {
 public:
  explicit StringSource(std::string_view text) : text_(text) {}
  uint64_t remaining() const override { return text_.size(); }
  Result<size_t> Take(void* to, size_t size) override;

 private:
  std::string_view text_;
};

class StringSink final : public blockfs::ByteSink {
 public:
  explicit StringSink(uint64_t limit) : limit_(limit) {}
  uint64_t remaining() const override { return limit_ - text.size(); }
  Result<size_t> Put(const void* from, size_t size) override {
    text.append(static_cast<const char*>(from), size);
    return size;
  }
  std::string text;

 private:
  uint64_t limit_;
};

/// The whole of a file. Fails the test on errors.
std::string Contents(Filesystem& filesystem, const InodePtr& inode);

}  // namespace elfin::ext
