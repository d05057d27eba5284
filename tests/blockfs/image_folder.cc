#include "tests/blockfs/image_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace elfin::ext {

ImageFolder::ImageFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "elfin-blockfs-XXXXXX";
  ELFIN_CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
}

ImageFolder::~ImageFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

int Shell(const std::string& command, std::string* output) {
  FILE* pipe = popen(("PATH=$PATH:/usr/sbin:/sbin; { " + command + "; } 2>&1").c_str(), "r");
  ELFIN_CHECK(pipe != nullptr);
  std::string text;
  char piece[4096];
  for (size_t got = 0; (got = fread(piece, 1, sizeof(piece), pipe)) > 0;) text.append(piece, got);
  const int status = pclose(pipe);
  if (output != nullptr) *output = text;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string ImageFolder::Make(const std::string& options, const std::string& size,
                              const std::string& tree) const {
  const std::string image = Path("image");
  std::filesystem::remove(image);
  std::string output;
  std::string command = "mke2fs -q -F " + options;
  if (!tree.empty()) command += " -d " + tree;
  if (Shell(command + " " + image + " " + size, &output) != 0) {
    std::fprintf(stderr, "%s: %s\n", command.c_str(), output.c_str());
    return {};
  }
  return image;
}

std::string CheckImage(const std::string& image) {
  std::string output;
  return Shell("e2fsck -fn " + image, &output) == 0 ? "" : output;
}

blockfs::MemoryDevice LoadImage(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  blockfs::MemoryDevice device(std::filesystem::file_size(path));
  std::string page(4096, 0);
  const std::string zeros(4096, 0);
  for (uint64_t offset = 0; offset < device.size(); offset += page.size()) {
    file.read(page.data(), static_cast<std::streamsize>(page.size()));
    const auto got = static_cast<size_t>(file.gcount());
    if (page != zeros) ELFIN_CHECK(Now(device.Write(offset, page.data(), got)).ok());
  }
  return device;
}

void SaveImage(const blockfs::MemoryDevice& device, const std::string& path) {
  std::filesystem::remove(path);
  std::ofstream file(path, std::ios::binary);
  for (const auto& [number, page] : device.pages()) {
    file.seekp(static_cast<std::streamoff>(number * page->size()));
    file.write(reinterpret_cast<const char*>(page->data()),
               static_cast<std::streamsize>(page->size()));
  }
  file.close();
  std::filesystem::resize_file(path, device.size());
}

Result<std::shared_ptr<Filesystem>> MountImage(blockfs::BlockDevice& device, bool read_only,
                                               uint64_t cache_bytes) {
  VolumeOptions options;
  options.read_only = read_only;
  options.cache_bytes = cache_bytes;
  auto clock = std::make_shared<Nanoseconds>(Nanoseconds{1'700'000'000} * 1'000'000'000);
  options.now = [clock] { return *clock += 1'000'003; };
  return Now(Filesystem::Mount(device, std::move(options)));
}

Result<size_t> StringSource::Take(void* to, size_t size) {
  size = std::min(size, text_.size());
  std::memcpy(to, text_.data(), size);
  text_.remove_prefix(size);
  return size;
}

std::string Contents(Filesystem& filesystem, const InodePtr& inode) {
  StringSink sink(inode->size() + 1);
  const Result<size_t> got = Now(filesystem.Read(inode, 0, sink));
  ELFIN_CHECK(got.ok() && *got == inode->size() && sink.text.size() == *got);
  return sink.text;
}

}  // namespace elfin::ext
