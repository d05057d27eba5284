// Disks whose first superblock is damaged: the backups serve for reading.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/blockfs/image_folder.h"

namespace elfin::ext {
namespace {

using blockfs::MemoryDevice;

MemoryDevice DiskWithFile(const char* options, const std::string& size) {
  const ImageFolder folder;
  std::filesystem::create_directory(folder.Path("tree"));
  std::ofstream(folder.Path("tree/file")) << "still here";
  const std::string image = folder.Make(options, size, folder.Path("tree"));
  REQUIRE(!image.empty());
  return LoadImage(image);
}

void Overwrite(MemoryDevice& disk, uint64_t offset, const std::string& bytes) {
  REQUIRE(disk.Write(offset, bytes.data(), bytes.size()).Take().ok());
}

void CheckReadOnlyWithFile(MemoryDevice& disk) {
  auto mounted = MountImage(disk);
  REQUIRE(mounted.ok());
  Filesystem& filesystem = **mounted;
  CHECK(filesystem.read_only());
  const auto file = Now(filesystem.Lookup(filesystem.root(), "file"));
  REQUIRE(file.ok());
  CHECK(Contents(filesystem, *file) == "still here");
  CHECK(Now(filesystem.Unlink(filesystem.root(), "file")).error() == Errno::kRoFs);
  CHECK(Now(filesystem.Unmount()).ok());
}

}  // namespace

TEST_CASE("a backup superblock serves where the first one is damaged, read-only") {
  const char* const options = GENERATE("-t ext4 -b 1024", "-t ext4 -b 2048", "-t ext2 -b 1024");
  INFO(options);
  MemoryDevice disk = DiskWithFile(options, "160M");
  SECTION("all of it is gone, and the descriptors with it") {
    Overwrite(disk, 0, std::string(16'384, '\0'));
    CheckReadOnlyWithFile(disk);
    SECTION("and the backup in group 1, too") {
      const bool small = std::string(options).find("1024") != std::string::npos;
      Overwrite(disk, small ? 8193 * 1024 : 16'384 * 2048, std::string(1024, 'x'));
      CheckReadOnlyWithFile(disk);
    }
  }
  SECTION("its numbers make no sense") {
    Overwrite(disk, kSuperblockOffset + offsetof(Superblock, inodes_per_group), "\1\2\3\4");
    CheckReadOnlyWithFile(disk);
  }
}

TEST_CASE("a superblock of a bigger device, or of unknown features, is not replaced by a backup") {
  MemoryDevice disk = DiskWithFile("-t ext4 -b 1024 -O bigalloc", "32M");
  CHECK(MountImage(disk).error() == Errno::kInval);
  MemoryDevice only = DiskWithFile("-t ext4 -b 4096", "32M");  // one group: there is no backup
  Overwrite(only, kSuperblockOffset, std::string(1024, '\0'));
  CHECK(MountImage(only).error() == Errno::kInval);
}

}  // namespace elfin::ext
