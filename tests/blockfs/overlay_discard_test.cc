// What a filesystem frees leaves the overlay: it takes no room, and its base is seen again.
#include <catch2/catch.hpp>

#include "blockfs/overlay/overlay_device.h"
#include "tests/blockfs/image_folder.h"

namespace elfin::ext {
namespace {

constexpr uint64_t kCluster = blockfs::OverlayDevice::kClusterSize;

std::string ReadText(blockfs::BlockDevice& device, uint64_t offset, size_t size) {
  std::string text(size, 0);
  REQUIRE(Now(device.Read(offset, text.data(), size)).ok());
  return text;
}

void WriteText(blockfs::BlockDevice& device, uint64_t offset, const std::string& text) {
  REQUIRE(Now(device.Write(offset, text.data(), text.size())).ok());
}

void MakeFile(Filesystem& filesystem, const std::string& name, const std::string& bytes) {
  const auto file = Now(filesystem.Create(filesystem.root(), name, {kModeRegular | 0644, 0, 0, 0}));
  REQUIRE(file.ok());
  for (size_t done = 0; done < bytes.size();) {
    StringSource source(std::string_view(bytes).substr(done));
    const auto written = Now(filesystem.Write(*file, done, source));
    REQUIRE(written.ok());
    done += *written;
  }
}

}  // namespace

TEST_CASE("whole clusters that are discarded leave the overlay", "[overlay]") {
  blockfs::MemoryDevice base(64 * kCluster + 100);
  WriteText(base, 3 * kCluster, std::string(4 * kCluster, 'b'));
  blockfs::MemoryDevice store(blockfs::OverlayDevice::StoreSize(base.size()));
  const size_t empty_pages = [&] {
    REQUIRE(Now(blockfs::OverlayDevice::Open(base, store)).ok());
    return store.pages().size();
  }();
  {
    const auto overlay = Now(blockfs::OverlayDevice::Open(base, store));
    REQUIRE(overlay.ok());
    WriteText(**overlay, 3 * kCluster, std::string(4 * kCluster, 'o'));
    REQUIRE(Now((*overlay)->Flush()).ok());
    CHECK((*overlay)->written_clusters() == 4);
    // From the middle of one to the middle of another: two whole ones.
    REQUIRE(Now((*overlay)->Discard(3 * kCluster + 1, 3 * kCluster + 5)).ok());
    CHECK((*overlay)->written_clusters() == 2);
    CHECK(Now((*overlay)->Discard(64 * kCluster, 101)).error() == Errno::kIo);
    REQUIRE(Now((*overlay)->Discard(0, 0)).ok());
    REQUIRE(Now((*overlay)->Discard(10 * kCluster, 20 * kCluster)).ok());
    // Written to in part, the rest is the base's again.
    WriteText(**overlay, 5 * kCluster + 10, "new");
    REQUIRE(Now((*overlay)->Flush()).ok());
  }
  const auto overlay = Now(blockfs::OverlayDevice::Open(base, store));
  REQUIRE(overlay.ok());
  CHECK((*overlay)->written_clusters() == 3);
  CHECK(ReadText(**overlay, 3 * kCluster, kCluster) == std::string(kCluster, 'o'));
  CHECK(ReadText(**overlay, 4 * kCluster, kCluster) == std::string(kCluster, 'b'));
  CHECK(ReadText(**overlay, 5 * kCluster + 8, 7) == "bbnewbb");
  CHECK(ReadText(**overlay, 6 * kCluster, kCluster) == std::string(kCluster, 'o'));
  CHECK(store.pages().size() == empty_pages + 1 + 3);  // the bits, and three clusters
}

TEST_CASE("a removed file's blocks leave the overlay after the commit", "[overlay]") {
  const char* const options =
      GENERATE("-t ext4 -b 4096", "-t ext4 -b 1024", "-t ext2 -b 4096", "-t ext4 -O ^has_journal");
  INFO(options);
  const ImageFolder folder;
  const std::string image = folder.Make(options, "32M");
  blockfs::MemoryDevice base = LoadImage(image);
  blockfs::MemoryDevice store(blockfs::OverlayDevice::StoreSize(base.size()));
  const auto overlay = Now(blockfs::OverlayDevice::Open(base, store));
  REQUIRE(overlay.ok());
  {
    const auto mounted = MountImage(**overlay);
    REQUIRE(mounted.ok());
    Filesystem& filesystem = **mounted;
    const std::string bytes(8 << 20, 'x');
    MakeFile(filesystem, "kept", "kept");
    REQUIRE(Now(filesystem.Sync()).ok());
    const uint64_t before = (*overlay)->written_clusters();
    for (int round = 0; round < 4; ++round) {
      MakeFile(filesystem, "big", bytes);
      REQUIRE(Now(filesystem.Sync()).ok());
      CHECK((*overlay)->written_clusters() >= before + bytes.size() / kCluster);
      REQUIRE(Now(filesystem.Unlink(filesystem.root(), "big")).ok());
      for (int i = 0; i < 2; ++i) REQUIRE(Now(filesystem.Sync()).ok());
      CHECK((*overlay)->written_clusters() < before + 200);  // the journal, bitmaps
    }
    REQUIRE(Now(filesystem.Unmount()).ok());
  }
  const auto again = MountImage(**overlay);
  REQUIRE(again.ok());
  const auto kept = Now((*again)->Lookup((*again)->root(), "kept"));
  REQUIRE(kept.ok());
  CHECK(Contents(**again, *kept) == "kept");
  REQUIRE(Now((*again)->Unmount()).ok());
  blockfs::MemoryDevice merged(base.size());
  for (uint64_t at = 0; at < base.size(); at += kCluster) {
    WriteText(merged, at, ReadText(**overlay, at, kCluster));
  }
  SaveImage(merged, image);
  CHECK(CheckImage(image) == "");
}

}  // namespace elfin::ext
