// Reads that go past the block cache, straight from the disk into a process memory.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "blockfs/devices/fault_device.h"
#include "blockfs/overlay/overlay_device.h"
#include "tests/blockfs/foreign_device.h"
#include "tests/blockfs/image_folder.h"

namespace elfin::ext {
namespace {

using blockfs::FaultDevice;
using blockfs::ForeignDevice;
using blockfs::ForeignMemories;
using blockfs::ForeignSink;
using blockfs::MemoryDevice;
using blockfs::OverlayDevice;

std::string RandomText(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(size, 0);
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

/// An image with the file /data.
MemoryDevice ImageWith(const std::string& data, const char* options = "-t ext4 -b 4096") {
  const ImageFolder folder;
  std::filesystem::create_directory(folder.Path("tree"));
  std::ofstream(folder.Path("tree/data"), std::ios::binary) << data;
  const std::string image = folder.Make(options, "32M", folder.Path("tree"));
  REQUIRE(!image.empty());
  return LoadImage(image);
}

InodePtr DataOf(Filesystem& filesystem) {
  const auto inode = Now(filesystem.Lookup(filesystem.root(), "data"));
  REQUIRE(inode.ok());
  return *inode;
}

/// As a system call reads: at once where that can be.
Result<size_t> ReadAt(Filesystem& filesystem, const InodePtr& inode, uint64_t offset,
                      ForeignSink& sink) {
  if (const auto now = filesystem.ReadNow(*inode, offset, sink)) return *now;
  return Now(filesystem.Read(inode, offset, sink));
}

}  // namespace

TEST_CASE("a long read goes past the cache, a short one through it") {
  const std::string data = RandomText(1'000'000, 1);
  MemoryDevice disk = ImageWith(data);
  ForeignMemories memories;
  ForeignDevice device(disk, memories);
  auto mounted = MountImage(device, /*read_only=*/true);
  REQUIRE(mounted.ok());
  Filesystem& filesystem = **mounted;
  const InodePtr inode = DataOf(filesystem);
  blockfs::BlockCache& cache = filesystem.volume().cache();
  for (const uint64_t offset : {0u, 131'072u, 262'144u}) {
    const uint64_t before = device.foreign_bytes;
    ForeignSink sink(memories, 131'072);
    CHECK(ReadAt(filesystem, inode, offset, sink).value() == 131'072);
    CHECK((sink.text() == data.substr(offset, 131'072)));
    CHECK(device.foreign_bytes - before == 131'072);
    CHECK(cache.CountMissing(inode->last_run.physical + offset / 4096, 32) == 32);
  }
  ForeignSink tail(memories, 500'000);
  CHECK(ReadAt(filesystem, inode, 700'001, tail).value() == 299'999);
  CHECK((tail.text() == data.substr(700'001)));
  CHECK(device.foreign_bytes == 3 * 131'072 + 299'999);
  CHECK(device.foreign_reads == 4);
  ForeignSink sink(memories, 4096);
  CHECK(ReadAt(filesystem, inode, 500'000, sink).value() == 4096);
  CHECK((sink.text() == data.substr(500'000, 4096)));
  CHECK(device.foreign_reads == 4);
  CHECK(cache.CountMissing(inode->last_run.physical + 500'000 / 4096, 1) == 0);
}

TEST_CASE("of a file that doesn't fit into the cache reads here and there aren't kept") {
  const std::string data = RandomText(1'000'000, 2);
  MemoryDevice disk = ImageWith(data);
  ForeignMemories memories;
  ForeignDevice device(disk, memories);
  auto mounted = MountImage(device, /*read_only=*/true, /*cache_bytes=*/256 << 10);
  REQUIRE(mounted.ok());
  const InodePtr inode = DataOf(**mounted);
  std::mt19937_64 random(5);
  for (int i = 0; i < 50; ++i) {
    const uint64_t offset = (1 + 2 * (random() % 100)) * 4096;
    ForeignSink sink(memories, 4096);
    CHECK(ReadAt(**mounted, inode, offset, sink).value() == 4096);
    CHECK((sink.text() == data.substr(offset, 4096)));
  }
  CHECK(device.foreign_reads >= 45);  // but where one begins by chance where the last has ended
}

TEST_CASE("what was written wins over the disk, cached or not, holes and all") {
  const char* const options = GENERATE("-t ext4", "-t ext4 -b 1024", "-t ext2 -b 2048");
  INFO(options);
  std::string data = RandomText(2'000'000, 3);
  MemoryDevice disk = ImageWith(data, options);
  ForeignMemories memories;
  ForeignDevice device(disk, memories);
  auto mounted = MountImage(device, /*read_only=*/false, /*cache_bytes=*/1 << 20);
  REQUIRE(mounted.ok());
  Filesystem& filesystem = **mounted;
  const InodePtr inode = DataOf(filesystem);
  std::mt19937_64 random(6);
  for (int i = 0; i < 600; ++i) {
    const uint64_t offset = random() % data.size();
    switch (random() % 6) {
      case 0: {
        const std::string bytes = RandomText(random() % 20'000, random());
        StringSource source(bytes);
        REQUIRE(Now(filesystem.Write(inode, offset, source)).ok());
        data.resize(std::max(data.size(), offset + bytes.size()));
        data.replace(offset, bytes.size(), bytes);
        break;
      }
      case 1: {
        const uint64_t size = std::min<uint64_t>(1 + random() % 20'000, data.size() - offset);
        REQUIRE(Now(filesystem.Allocate(inode, offset, size, Preallocation::kPunchHole)).ok());
        data.replace(offset, size, size, '\0');
        break;
      }
      case 2:
        if (random() % 4 == 0) REQUIRE(Now(filesystem.Sync()).ok());
        break;
      default: {
        const uint64_t size = random() % (random() % 2 == 0 ? 200'000 : 9000);
        ForeignSink sink(memories, size, random() % 2 == 0 ? 10'000 : UINT64_MAX);
        const uint64_t expected = std::min<uint64_t>(size, data.size() - offset);
        REQUIRE(ReadAt(filesystem, inode, offset, sink).value() == expected);
        REQUIRE((sink.text() == data.substr(offset, expected)));
      }
    }
  }
  CHECK(device.foreign_reads > 100);
  CHECK((Contents(filesystem, inode) == data));
  REQUIRE(Now(filesystem.Unmount()).ok());
}

TEST_CASE("an overlay is read so where the part of it that has the bytes can be") {
  std::string data = RandomText(2'000'000, 4);
  MemoryDevice disk = ImageWith(data);
  MemoryDevice bytes(OverlayDevice::StoreSize(disk.size()));
  ForeignMemories memories;
  const bool base_can = GENERATE(true, false);
  const bool store_can = GENERATE(true, false);
  ForeignDevice base(disk, memories, 0, base_can ? UINT64_MAX : 0);
  ForeignDevice store(bytes, memories, 0, store_can ? UINT64_MAX : 0);
  auto overlay = Now(OverlayDevice::Open(base, store));
  REQUIRE(overlay.ok());
  const std::string change = RandomText(300'000, 8);
  {
    auto mounted = MountImage(**overlay);
    REQUIRE(mounted.ok());
    StringSource source(change);
    REQUIRE(Now((*mounted)->Write(DataOf(**mounted), 500'000, source)).value() == change.size());
    data.replace(500'000, change.size(), change);
    REQUIRE(Now((*mounted)->Unmount()).ok());
  }
  auto mounted = MountImage(**overlay);
  REQUIRE(mounted.ok());
  const InodePtr inode = DataOf(**mounted);
  for (uint64_t offset = 0; offset < data.size(); offset += 100'000) {
    ForeignSink sink(memories, 100'000);
    REQUIRE(ReadAt(**mounted, inode, offset, sink).value() == 100'000);
    REQUIRE((sink.text() == data.substr(offset, 100'000)));
  }
  CHECK((base.foreign_bytes >= 400'000) == base_can);
  if (base_can) CHECK((store.foreign_bytes > 250'000) == store_can);  // else it was read ahead
}

TEST_CASE("a long read that meets a bad block gives what is before it, then EIO") {
  const std::string data = RandomText(400'000, 9);
  MemoryDevice disk = ImageWith(data);
  FaultDevice faulty(disk, 1);
  ForeignMemories memories;
  ForeignDevice device(faulty, memories);
  auto mounted = MountImage(device, /*read_only=*/true);
  REQUIRE(mounted.ok());
  const InodePtr inode = DataOf(**mounted);
  ForeignSink first(memories, 4096);
  REQUIRE(ReadAt(**mounted, inode, 0, first).ok());
  faulty.FailReads((inode->last_run.physical + 20) * 4096, 4096);
  ForeignSink before(memories, 200'000);
  const Result<size_t> got = ReadAt(**mounted, inode, 0, before);
  REQUIRE(got.ok());
  CHECK(*got <= 20 * 4096);
  CHECK((before.text() == data.substr(0, *got)));
  ForeignSink bad(memories, 200'000);
  CHECK(ReadAt(**mounted, inode, 20 * 4096, bad).error() == Errno::kIo);
  ForeignSink after(memories, 200'000);
  CHECK(ReadAt(**mounted, inode, 21 * 4096, after).value() == 200'000);
  faulty.FailReads(0, 0);
  ForeignSink whole(memories, 400'000);
  CHECK(ReadAt(**mounted, inode, 0, whole).value() == 400'000);
  CHECK((whole.text() == data));
}

}  // namespace elfin::ext
