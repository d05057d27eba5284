// The power goes at a random write, below everything. What a Sync acknowledged is there afterwards,
// and the filesystem is clean once its journal was replayed; without a journal, once e2fsck
// repaired it.
//
// 60 seeds; ELFIN_POWER_CUTS=1000 for more.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "blockfs/devices/fault_device.h"
#include "blockfs/overlay/overlay_device.h"
#include "tests/blockfs/image_folder.h"

namespace elfin::ext {
namespace {

/// Changes files until the power is gone, and keeps what must be there after it.
class Victim {
 public:
  Victim(Filesystem& filesystem, uint64_t seed) : filesystem_(filesystem), random_(seed) {}

  /// False: the power is gone.
  bool Step() {
    const std::string name = "file" + std::to_string(random_() % 24);
    switch (random_() % 10) {
      case 0:
        return Sync();
      case 1: {
        const std::string to = "file" + std::to_string(random_() % 24);
        if (to == name || files_.count(name) == 0) return true;
        touched_.insert(name);
        touched_.insert(to);
        if (!Ok(Now(filesystem_.Rename(filesystem_.root(), name, filesystem_.root(), to,
                                       RenameMode::kReplace)))) {
          return false;
        }
        files_[to] = files_[name];
        files_.erase(name);
        return true;
      }
      case 2:
        if (files_.count(name) == 0) return true;
        touched_.insert(name);
        if (!Ok(Now(filesystem_.Unlink(filesystem_.root(), name)))) return false;
        files_.erase(name);
        return true;
      case 3:
        return Truncate(name);
      default:
        return Write(name);
    }
  }

  /// What the last Sync that returned has promised of files that nothing happened to since.
  std::map<std::string, std::string> Promised() const {
    std::map<std::string, std::string> promised = synced_;
    for (const std::string& name : touched_) promised.erase(name);
    return promised;
  }

 private:
  bool Ok(const Status& status) {
    if (status.ok()) return true;
    REQUIRE((status.error() == Errno::kIo || status.error() == Errno::kRoFs));
    return false;
  }
  bool Sync() {
    if (!Ok(Now(filesystem_.Sync()))) return false;
    synced_ = files_;
    touched_.clear();
    return true;
  }
  Result<InodePtr> Open(const std::string& name) {
    if (files_.count(name) > 0) return Now(filesystem_.Lookup(filesystem_.root(), name));
    files_[name] = "";
    return Now(filesystem_.Create(filesystem_.root(), name, {kModeRegular | 0644, 0, 0, 0}));
  }
  bool Write(const std::string& name) {
    touched_.insert(name);
    const auto inode = Open(name);
    if (!inode.ok()) return false;
    std::string& now = files_[name];
    const size_t offset = random_() % (now.size() + 3000);
    const std::string bytes(1 + random_() % (random_() % 4 == 0 ? 60'000 : 3000),
                            static_cast<char>('a' + random_() % 26));
    StringSource source(bytes);
    const auto written = Now(filesystem_.Write(*inode, offset, source));
    if (!written.ok()) return false;
    if (now.size() < offset + bytes.size()) now.resize(offset + bytes.size());
    now.replace(offset, bytes.size(), bytes);
    return true;
  }
  bool Truncate(const std::string& name) {
    if (files_.count(name) == 0) return true;
    touched_.insert(name);
    const auto inode = Open(name);
    if (!inode.ok()) return false;
    InodeChange change;
    change.size = random_() % (files_[name].size() + 1);
    if (!Ok(Now(filesystem_.Change(*inode, change)))) return false;
    files_[name].resize(*change.size);
    return true;
  }

  Filesystem& filesystem_;
  std::mt19937_64 random_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> synced_;
  std::set<std::string> touched_;
};

uint64_t Seeds() {
  const char* wanted = std::getenv("ELFIN_POWER_CUTS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 60;
}

}  // namespace

TEST_CASE("a power cut loses nothing that was acknowledged", "[power-cut]") {
  const char* const options = GENERATE("-t ext4 -b 1024", "-t ext4", "-t ext3 -b 1024",
                                       "-t ext4 -b 1024 -O ^has_journal", "-t ext2 -b 1024");
  INFO(options);
  const bool journal = std::string(options).find("ext2") == std::string::npos &&
                       std::string(options).find("^has_journal") == std::string::npos;
  const ImageFolder folder;
  const std::string image = folder.Make(options, "8M");
  REQUIRE(!image.empty());
  const blockfs::MemoryDevice fresh = LoadImage(image);
  for (uint64_t seed = 1; seed <= (Seeds() + 4) / 5; ++seed) {
    INFO("seed " << seed);
    blockfs::MemoryDevice medium(fresh);
    std::map<std::string, std::string> promised;
    {
      blockfs::FaultDevice device(medium, seed);
      std::mt19937_64 random(seed);
      device.CutPowerAfter(5 + random() % 250);
      const auto mounted = MountImage(device, /*read_only=*/false, uint64_t{1} << 20);
      if (mounted.ok()) {
        Victim victim(**mounted, seed * 31);
        for (int i = 0; i < 3000 && victim.Step(); ++i) continue;
        promised = victim.Promised();
      }
      device.CutPower();
    }
    if (!journal) {
      SaveImage(medium, image);
      std::string output;
      const int status = Shell("e2fsck -fy " + image, &output);
      INFO(output);
      REQUIRE((status == 0 || status == 1));
      medium = LoadImage(image);
    }
    const auto again = MountImage(medium);
    REQUIRE(again.ok());
    for (const auto& [name, bytes] : promised) {
      INFO(name);
      const auto inode = Now((*again)->Lookup((*again)->root(), name));
      REQUIRE(inode.ok());
      CHECK((Contents(**again, *inode) == bytes));
    }
    REQUIRE(Now((*again)->Unmount()).ok());
    SaveImage(medium, image);
    REQUIRE(CheckImage(image) == "");
  }
}

TEST_CASE("a power cut below the overlay loses nothing that was acknowledged", "[power-cut]") {
  const ImageFolder folder;
  const std::string image = folder.Make("-t ext4", "8M");
  REQUIRE(!image.empty());
  const blockfs::MemoryDevice fresh = LoadImage(image);
  for (uint64_t seed = 1; seed <= (Seeds() + 4) / 5; ++seed) {
    INFO("seed " << seed);
    blockfs::MemoryDevice base(fresh);
    blockfs::MemoryDevice medium(blockfs::OverlayDevice::StoreSize(base.size()));
    std::map<std::string, std::string> promised;
    {
      blockfs::FaultDevice store(medium, seed);
      std::mt19937_64 random(seed);
      store.CutPowerAfter(1 + random() % 300);
      const auto overlay = Now(blockfs::OverlayDevice::Open(base, store));
      if (overlay.ok()) {
        const auto mounted = MountImage(**overlay);
        if (mounted.ok()) {
          Victim victim(**mounted, seed * 37);
          for (int i = 0; i < 3000 && victim.Step(); ++i) continue;
          promised = victim.Promised();
        }
      }
      store.CutPower();
    }
    const auto overlay = Now(blockfs::OverlayDevice::Open(base, medium));
    REQUIRE(overlay.ok());
    const auto again = MountImage(**overlay);
    REQUIRE(again.ok());
    for (const auto& [name, bytes] : promised) {
      INFO(name);
      const auto inode = Now((*again)->Lookup((*again)->root(), name));
      REQUIRE(inode.ok());
      CHECK((Contents(**again, *inode) == bytes));
    }
    REQUIRE(Now((*again)->Unmount()).ok());
    blockfs::MemoryDevice merged(base.size());
    std::vector<uint8_t> bytes(base.size());
    REQUIRE(Now((*overlay)->Read(0, bytes.data(), bytes.size())).ok());
    REQUIRE(Now(merged.Write(0, bytes.data(), bytes.size())).ok());
    SaveImage(merged, image);
    REQUIRE(CheckImage(image) == "");
    REQUIRE(base.pages().size() == fresh.pages().size());
    for (const auto& [number, page] : fresh.pages()) REQUIRE(*base.pages().at(number) == *page);
  }
}

TEST_CASE("an overlay refuses another base, and a store that is none", "[power-cut]") {
  blockfs::MemoryDevice base(1 << 20);
  blockfs::MemoryDevice other(1 << 20);
  const char mark = 'x';
  REQUIRE(Now(other.Write(1024 + 104, &mark, 1)).ok());
  blockfs::MemoryDevice store(blockfs::OverlayDevice::StoreSize(base.size()));
  {
    const auto overlay = Now(blockfs::OverlayDevice::Open(base, store));
    REQUIRE(overlay.ok());
    REQUIRE(Now((*overlay)->Write(5000, "hello", 5)).ok());
    REQUIRE(Now((*overlay)->Flush()).ok());
  }
  CHECK(Now(blockfs::OverlayDevice::Open(other, store)).error() == Errno::kStale);
  const auto overlay = Now(blockfs::OverlayDevice::Open(base, store));
  REQUIRE(overlay.ok());
  CHECK((*overlay)->written_clusters() == 1);
  char read[7] = {};
  REQUIRE(Now((*overlay)->Read(4999, read, 6)).ok());
  CHECK(std::string(read + 1) == "hello");
  CHECK(base.pages().empty());
  REQUIRE(Now(store.Write(0, "nonsense", 8)).ok());
  CHECK(Now(blockfs::OverlayDevice::Open(base, store)).error() == Errno::kInval);
}

TEST_CASE("e2fsck can replay our journal, too", "[power-cut]") {
  const char* const options = GENERATE("-t ext4 -b 1024", "-t ext3", "-t ext4 -b 1024 -O ^64bit");
  INFO(options);
  const ImageFolder folder;
  const std::string image = folder.Make(options, "8M");
  blockfs::MemoryDevice medium = LoadImage(image);
  std::map<std::string, std::string> promised;
  {
    // Everything is on the medium, but not yet at its place.
    const auto mounted = MountImage(medium);
    REQUIRE(mounted.ok());
    Victim victim(**mounted, 5);
    for (int i = 0; i < 200; ++i) REQUIRE(victim.Step());
    REQUIRE(Now((*mounted)->Sync()).ok());
    promised = victim.Promised();
  }
  SaveImage(medium, image);
  std::string output;
  const int status = Shell("e2fsck -fp " + image, &output);
  INFO(output);
  CHECK(status <= 1);
  CHECK(CheckImage(image) == "");
  blockfs::MemoryDevice repaired = LoadImage(image);
  const auto again = MountImage(repaired);
  REQUIRE(again.ok());
  for (const auto& [name, bytes] : promised) {
    const auto inode = Now((*again)->Lookup((*again)->root(), name));
    REQUIRE(inode.ok());
    CHECK((Contents(**again, *inode) == bytes));
  }
}

}  // namespace elfin::ext
