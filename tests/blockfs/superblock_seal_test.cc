#include "blockfs/ext/superblock_seal.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "blockfs/crc32c.h"

namespace elfin::ext {

TEST_CASE("a superblock changes in its first sector only, and its checksum stays right") {
  std::mt19937 random(1);
  Superblock superblock;
  auto* bytes = reinterpret_cast<uint8_t*>(&superblock);
  for (size_t i = 0; i < sizeof(superblock); ++i) bytes[i] = static_cast<uint8_t>(random());
  superblock.feature_ro_compat = kRoCompatMetadataChecksum;
  std::strcpy(superblock.last_mounted, "/mnt");
  superblock.checksum =
      blockfs::Crc32c(blockfs::kCrcStart, &superblock, offsetof(Superblock, checksum));
  REQUIRE(IsSuperblockSealed(superblock));
  const Superblock before = superblock;
  SealSuperblock(superblock);
  CHECK(std::memcmp(&superblock, &before, sizeof(before)) == 0);
  for (int round = 0; round < 100; ++round) {
    superblock.free_blocks_count_lo = random();
    superblock.mount_count = static_cast<uint16_t>(random());
    superblock.feature_incompat ^= 4;
    const Superblock changed = superblock;
    CHECK_FALSE(IsSuperblockSealed(superblock));
    SealSuperblock(superblock);
    CHECK(IsSuperblockSealed(superblock));
    CHECK(std::memcmp(bytes + 512, reinterpret_cast<const uint8_t*>(&before) + 512, 512) == 0);
    CHECK(std::string(superblock.last_mounted) == "/mnt");
    std::memcpy(superblock.last_mounted, changed.last_mounted, sizeof(changed.last_mounted));
    CHECK(std::memcmp(&superblock, &changed, sizeof(changed)) == 0);
    SealSuperblock(superblock);
  }
}

TEST_CASE("a superblock without checksums stays as it is") {
  Superblock superblock{};
  std::memset(superblock.last_mounted, 'x', sizeof(superblock.last_mounted));
  superblock.mount_count = 7;
  const Superblock before = superblock;
  SealSuperblock(superblock);
  CHECK(std::memcmp(&superblock, &before, sizeof(before)) == 0);
}

}  // namespace elfin::ext
