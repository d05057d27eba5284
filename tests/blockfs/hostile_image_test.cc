// Damaged images: reading and writing them gives errors, never a crash or an endless walk.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "runtime/base/log.h"
#include "tests/blockfs/image_folder.h"

namespace elfin::ext {
namespace {

/// Visits what can be reached, with bounds of its own.
void Walk(Filesystem& filesystem, const InodePtr& inode, int depth, int& budget) {
  if (depth > 8 || --budget < 0) return;
  if (inode->is_directory()) {
    const auto names = Now(filesystem.List(inode));
    if (!names.ok()) return;
    for (const ListedName& name : *names) {
      const auto child = Now(filesystem.Lookup(inode, name.name));
      if (child.ok()) Walk(filesystem, *child, depth + 1, budget);
    }
  } else if (inode->type() == kModeSymlink) {
    (void)Now(filesystem.ReadLink(inode)).ok();
  } else if (inode->is_regular()) {
    StringSink sink(1 << 20);
    (void)Now(filesystem.Read(inode, 0, sink)).ok();
    (void)Now(filesystem.Attributes(inode)).ok();
  }
}

void Change(Filesystem& filesystem) {
  const InodePtr root = filesystem.root();
  for (int i = 0; i < 20; ++i) {
    const auto file =
        Now(filesystem.Create(root, "new" + std::to_string(i), {kModeRegular | 0644, 0, 0, 0}));
    if (!file.ok()) continue;
    StringSource source(std::string_view("some bytes"));
    (void)Now(filesystem.Write(*file, static_cast<uint64_t>(i) * 5000, source)).ok();
  }
  const auto names = Now(filesystem.List(root));
  if (names.ok()) {
    for (const ListedName& name : *names) {
      if (!Now(filesystem.Unlink(root, name.name)).ok()) {
        (void)Now(filesystem.RemoveDirectory(root, name.name)).ok();
      }
    }
  }
  (void)Now(filesystem.Sync()).ok();
  (void)Now(filesystem.Unmount()).ok();
}

}  // namespace

TEST_CASE("images with wrong bytes are errors, never more", "[hostile]") {
  const char* const options = GENERATE("-t ext4 -b 1024 -O ^metadata_csum,^uninit_bg",
                                       "-t ext2 -b 1024", "-t ext4 -b 1024");
  INFO(options);
  SetLogSink([](LogLevel, std::string_view) {});
  const ImageFolder folder;
  const std::string tree = folder.Path("tree");
  std::filesystem::create_directories(tree + "/d/e");
  for (int i = 0; i < 60; ++i) {
    std::ofstream(tree + "/d/file-of-a-long-name-" + std::to_string(i))
        << std::string(i * 700, 'x');
  }
  std::filesystem::create_symlink(std::string(200, 's'), tree + "/link");
  const std::string image = folder.Make(options, "4M", tree);
  REQUIRE(!image.empty());
  REQUIRE(Shell("e2fsck -fyD " + image) <= 1);
  const blockfs::MemoryDevice good = LoadImage(image);
  const char* wanted = std::getenv("ELFIN_HOSTILE_IMAGES");
  const int seeds = wanted != nullptr ? std::atoi(wanted) : 300;
  std::vector<uint64_t> pages;
  for (const auto& [number, page] : good.pages()) pages.push_back(number);
  std::sort(pages.begin(), pages.end());
  for (int seed = 1; seed <= seeds; ++seed) {
    std::mt19937_64 random(static_cast<uint64_t>(seed));
    blockfs::MemoryDevice device(good);
    for (uint64_t i = 1 + random() % 40; i > 0; --i) {
      const uint64_t offset = pages[random() % pages.size()] * 4096 + random() % 4096;
      const auto byte = static_cast<uint8_t>(random() % 3 == 0 ? 0xff : random());
      REQUIRE(Now(device.Write(offset, &byte, 1)).ok());
    }
    const auto mounted = MountImage(device);
    if (!mounted.ok()) continue;
    int budget = 2000;
    Walk(**mounted, (*mounted)->root(), 0, budget);
    Change(**mounted);
  }
  SetLogSink(nullptr);
}

TEST_CASE("wrong checksums of metadata are noticed", "[hostile]") {
  SetLogSink([](LogLevel, std::string_view) {});
  const ImageFolder folder;
  const std::string tree = folder.Path("tree");
  std::filesystem::create_directories(tree + "/d");
  std::ofstream(tree + "/d/file") << "content";
  const std::string image = folder.Make("-t ext4 -b 4096", "16M", tree);
  const blockfs::MemoryDevice good = LoadImage(image);
  std::string output;
  const auto number = [&](const std::string& command) {
    Shell("debugfs -R '" + command + "' " + image + " 2>/dev/null | grep -o '[0-9]*' | head -1",
          &output);
    return std::strtoull(output.c_str(), nullptr, 10);
  };
  const uint64_t directory_block = number("blocks /d");
  REQUIRE(directory_block > 0);
  Shell(
      "dumpe2fs " + image + " 2>/dev/null | grep -m1 -o 'Inode table at [0-9]*' | grep -o '[0-9]*'",
      &output);
  const uint64_t table = std::strtoull(output.c_str(), nullptr, 10);
  struct Damage {
    const char* what;
    uint64_t offset;
    bool mounts;
  };
  for (const Damage& damage :
       {Damage{"superblock", 1024 + 0x88, false}, Damage{"descriptor", 4096 + 0x0c, false},
        Damage{"the root's inode", table * 4096 + 256 + 8, false},
        Damage{"a directory's block", directory_block * 4096 + 2000, true}}) {
    INFO(damage.what);
    blockfs::MemoryDevice device(good);
    uint8_t byte = 0;
    REQUIRE(Now(device.Read(damage.offset, &byte, 1)).ok());
    byte ^= 0x10;
    REQUIRE(Now(device.Write(damage.offset, &byte, 1)).ok());
    const auto mounted = MountImage(device);
    CHECK(mounted.ok() == damage.mounts);
    if (!mounted.ok()) continue;
    const auto found = Now((*mounted)->Lookup((*mounted)->root(), "d"));
    REQUIRE(found.ok());
    CHECK(Now((*mounted)->Lookup(*found, "file")).error() == Errno::kUClean);
  }
  SetLogSink(nullptr);
}

}  // namespace elfin::ext
