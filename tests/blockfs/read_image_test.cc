// Images that mke2fs -d fills from a folder, read back and compared with the folder.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/blockfs/image_folder.h"
#include "tests/lib/posix_block_device.h"

namespace elfin::ext {
namespace {

std::string Pattern(size_t size, unsigned seed) {
  std::string text(size, 0);
  uint32_t state = seed * 2654435761u + 1;
  for (char& byte : text) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return text;
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Files of all kinds.
void FillTree(const std::string& tree) {
  namespace host = std::filesystem;
  host::create_directories(tree + "/etc/deep/deeper/deepest");
  host::create_directories(tree + "/many");
  host::create_directory(tree + "/empty");
  for (const size_t size : {0u, 1u, 59u, 60u, 1023u, 1024u, 4096u, 4097u, 50'000u, 300'000u}) {
    WriteFile(tree + "/etc/size" + std::to_string(size), Pattern(size, size));
  }
  WriteFile(tree + "/large", Pattern(3 << 20, 77));
  for (int i = 0; i < 1500; ++i) {
    WriteFile(tree + "/many/file-with-a-rather-long-name-" + std::to_string(i), std::to_string(i));
  }
  WriteFile(tree + "/etc/deep/deeper/deepest/über-\xff-\xc3\xa9", "odd names");
  host::create_symlink("short", tree + "/link-short");
  host::create_symlink(std::string(59, 'x'), tree + "/link-59");
  host::create_symlink(std::string(60, 'y'), tree + "/link-60");
  host::create_symlink(std::string(900, 'z'), tree + "/link-900");
  host::create_hard_link(tree + "/large", tree + "/etc/large-too");
  WriteFile(tree + "/modes", "x");
  host::permissions(tree + "/modes", host::perms(06751));
  WriteFile(tree + "/sparse", "start");
  REQUIRE(truncate((tree + "/sparse").c_str(), 40'000'000) == 0);
  {
    std::fstream sparse(tree + "/sparse", std::ios::in | std::ios::out | std::ios::binary);
    sparse.seekp(20'000'123);
    sparse << Pattern(5000, 3);
  }
  REQUIRE(mkfifo((tree + "/fifo").c_str(), 0640) == 0);
  if (geteuid() == 0) {
    REQUIRE(mknod((tree + "/null").c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0);
    REQUIRE(mknod((tree + "/disk").c_str(), S_IFBLK | 0600, makedev(259, 70000)) == 0);
    REQUIRE(chown((tree + "/modes").c_str(), 70000, 100'001) == 0);
    host::permissions(tree + "/modes", host::perms(06751));
  }
  timespec times[2] = {{1'000'000'000, 123'456'789}, {1'234'567'890, 987'654'321}};
  REQUIRE(utimensat(AT_FDCWD, (tree + "/etc/size1").c_str(), times, 0) == 0);
  setxattr((tree + "/modes").c_str(), "user.colour", "blue", 4, 0);
  setxattr((tree + "/large").c_str(), "user.long", Pattern(600, 9).data(), 600, 0);
}

/// Compares a file or directory, and all below it; counts them.
int CompareTree(Filesystem& filesystem, const InodePtr& inode, const std::string& path,
                bool whole_times) {
  INFO(path);
  struct stat expected {};
  REQUIRE(lstat(path.c_str(), &expected) == 0);
  const bool top = inode->number() == kRootInode;
  CHECK(inode->record().mode == expected.st_mode);
  CHECK(inode->uid() == expected.st_uid);
  CHECK(inode->gid() == expected.st_gid);
  if (!top) CHECK(inode->record().links == expected.st_nlink);
  if (!inode->is_directory()) {
    CHECK(inode->size() == static_cast<uint64_t>(expected.st_size));
    // mke2fs keeps whole seconds.
    CHECK(inode->time(Inode::Time::kModify) / 1'000'000'000 == expected.st_mtim.tv_sec);
    if (whole_times) CHECK(inode->time(Inode::Time::kModify) % 1'000'000'000 == 0);
  }
  int count = 1;
  if (inode->type() == kModeCharacter || inode->type() == kModeBlock) {
    CHECK(DeviceOf(*inode) == expected.st_rdev);
  } else if (inode->type() == kModeSymlink) {
    const Result<std::string> target = Now(filesystem.ReadLink(inode));
    REQUIRE(target.ok());
    CHECK(*target == std::filesystem::read_symlink(path).string());
  } else if (inode->is_regular()) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    CHECK((Contents(filesystem, inode) == bytes));
    const Result<std::vector<Attribute>> attributes = Now(filesystem.Attributes(inode));
    REQUIRE(attributes.ok());
    char names[1000];
    const ssize_t size = listxattr(path.c_str(), names, sizeof(names));
    size_t expected_count = 0;
    for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(strlen(names + at)) + 1) {
      ++expected_count;
      char value[1000];
      const ssize_t length = getxattr(path.c_str(), names + at, value, sizeof(value));
      bool found = false;
      for (const Attribute& attribute : *attributes) {
        if (attribute.name != names + at) continue;
        found = true;
        CHECK(attribute.value == std::string(value, static_cast<size_t>(length)));
      }
      CHECK(found);
    }
    CHECK(attributes->size() == expected_count);
  } else if (inode->is_directory()) {
    const Result<std::vector<ListedName>> listed = Now(filesystem.List(inode));
    REQUIRE(listed.ok());
    std::map<std::string, uint32_t> names;
    for (const ListedName& name : *listed) names[name.name] = name.inode;
    CHECK(names.size() == listed->size());
    if (top) names.erase("lost+found");
    size_t expected_names = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      ++expected_names;
      const std::string name = entry.path().filename();
      REQUIRE(names.count(name) == 1);
      const Result<InodePtr> child = Now(filesystem.Lookup(inode, name));
      REQUIRE(child.ok());
      CHECK((*child)->number() == names[name]);
      count += CompareTree(filesystem, *child, entry.path(), whole_times);
    }
    CHECK(names.size() == expected_names);
    CHECK(Now(filesystem.Lookup(inode, "not there")).error() == Errno::kNoEnt);
  }
  return count;
}

}  // namespace

TEST_CASE("images of many kinds read back as the folder they were made of", "[ext-read]") {
  const ImageFolder folder;
  const std::string tree = folder.Path("tree");
  FillTree(tree);
  const char* const options = GENERATE(
      "-t ext4", "-t ext4 -b 1024", "-t ext4 -b 2048", "-t ext4 -b 4096 -I 128",
      "-t ext4 -O ^metadata_csum,uninit_bg", "-t ext4 -O ^metadata_csum,^uninit_bg,^64bit",
      "-t ext4 -O ^has_journal", "-t ext4 -O ^extents,^64bit", "-t ext4 -O ^dir_index",
      "-t ext4 -O ^flex_bg", "-t ext4 -O meta_bg,^resize_inode",
      "-t ext4 -O metadata_csum_seed,orphan_file", "-t ext4 -O sparse_super2 -b 1024", "-t ext2",
      "-t ext2 -b 1024", "-t ext2 -r 1 -O ^dir_index,^filetype", "-t ext3",
      "-t ext3 -b 1024 -O metadata_csum",
      "-t ext4 -E hash_seed=12345678-1234-1234-1234-123456789012",
      "-t ext4 -O ^large_file,^huge_file,^dir_nlink,^extra_isize", "-t ext4 -g 1024 -b 1024");
  INFO(options);
  const std::string image = folder.Make(options, "48M", tree);
  REQUIRE(!image.empty());
  blockfs::PosixBlockDevice device(image, /*read_only=*/true);
  const Result<std::shared_ptr<Filesystem>> filesystem = MountImage(device, /*read_only=*/true);
  REQUIRE(filesystem.ok());
  CHECK(CompareTree(**filesystem, (*filesystem)->root(), tree, true) > 1500);
}

TEST_CASE("names are found by the hashes of debugfs's index", "[ext-read]") {
  // e2fsck -D indexes the directories, with each of the hashes.
  const ImageFolder folder;
  const std::string tree = folder.Path("tree");
  FillTree(tree);
  const char* const hash = GENERATE("legacy", "half_md4", "tea");
  INFO(hash);
  const std::string image = folder.Make("-t ext4 -b 1024", "48M", tree);
  REQUIRE(Shell("tune2fs -E hash_alg=" + std::string(hash) + " " + image) == 0);
  CHECK(Shell("e2fsck -fyD " + image) <= 1);
  blockfs::PosixBlockDevice device(image, /*read_only=*/true);
  const Result<std::shared_ptr<Filesystem>> filesystem = MountImage(device, /*read_only=*/true);
  REQUIRE(filesystem.ok());
  const Result<InodePtr> many = Now((*filesystem)->Lookup((*filesystem)->root(), "many"));
  REQUIRE(many.ok());
  CHECK((*many)->has_flag(kInodeIndexed));
  CompareTree(**filesystem, (*filesystem)->root(), tree, true);
}

TEST_CASE("features that aren't known are refused, or mounted read-only", "[ext-read]") {
  const ImageFolder folder;
  for (const char* options :
       {"-t ext4 -O inline_data", "-t ext4 -O bigalloc", "-t ext4 -O encrypt",
        "-t ext4 -O casefold", "-t ext4 -O large_dir", "-t ext4 -O ea_inode", "-t ext4 -O mmp"}) {
    INFO(options);
    const std::string image = folder.Make(options, "32M");
    REQUIRE(!image.empty());
    blockfs::PosixBlockDevice device(image);
    CHECK(MountImage(device).error() == Errno::kInval);
  }
  for (const char* options : {"-t ext4 -O quota", "-t ext4 -O project,quota -I 256"}) {
    INFO(options);
    const std::string image = folder.Make(options, "32M");
    REQUIRE(!image.empty());
    blockfs::PosixBlockDevice device(image);
    const auto filesystem = MountImage(device);
    REQUIRE(filesystem.ok());
    CHECK((*filesystem)->read_only());
    CHECK(Now((*filesystem)->Create((*filesystem)->root(), "a", {0100644, 0, 0, 0})).error() ==
          Errno::kRoFs);
  }
  blockfs::MemoryDevice empty(1 << 20);
  CHECK(MountImage(empty).error() == Errno::kInval);
}

}  // namespace elfin::ext
