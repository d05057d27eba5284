#include "blockfs/ext/superblock_seal.h"

#include <cstring>
#include <utility>

#include "blockfs/crc32c.h"
#include "runtime/base/check.h"

namespace elfin::ext {
namespace {

constexpr size_t kFreeBytes = 4;
constexpr size_t kFreeAt = sizeof(Superblock::last_mounted) - kFreeBytes;
constexpr int kBits = 8 * kFreeBytes;
static_assert(offsetof(Superblock, last_mounted) + sizeof(Superblock::last_mounted) <= 512);
static_assert(offsetof(Superblock, checksum) >= 512);

uint32_t ChecksumOf(const Superblock& superblock) {
  return blockfs::Crc32c(blockfs::kCrcStart, &superblock, offsetof(Superblock, checksum));
}

void SetFreeBytes(Superblock& superblock, uint32_t bits) {
  std::memcpy(superblock.last_mounted + kFreeAt, &bits, kFreeBytes);
}

/// The bits whose effects, added up, are `wanted`. The effects of 32 neighbouring bits on a CRC of
/// 32 bits are independent of one another, so there is exactly one answer.
uint32_t Solve(const uint32_t (&effects)[kBits], uint32_t wanted) {
  std::pair<uint32_t, uint32_t> rows[kBits];  // an effect, and the bits that have it
  for (int bit = 0; bit < kBits; ++bit) rows[bit] = {effects[bit], uint32_t{1} << bit};
  uint32_t bits = 0;
  for (int column = 0; column < kBits; ++column) {
    const uint32_t mask = uint32_t{1} << column;
    int pivot = column;
    while (pivot < kBits && (rows[pivot].first & mask) == 0) ++pivot;
    ELFIN_CHECK(pivot < kBits);
    std::swap(rows[column], rows[pivot]);
    for (int row = column + 1; row < kBits; ++row) {
      if ((rows[row].first & mask) == 0) continue;
      rows[row].first ^= rows[column].first;
      rows[row].second ^= rows[column].second;
    }
    if ((wanted & mask) == 0) continue;
    wanted ^= rows[column].first;
    bits ^= rows[column].second;
  }
  return bits;
}

}  // namespace

bool IsSuperblockSealed(const Superblock& superblock) {
  return (superblock.feature_ro_compat & kRoCompatMetadataChecksum) == 0 ||
         ChecksumOf(superblock) == superblock.checksum;
}

void SealSuperblock(Superblock& superblock) {
  if (IsSuperblockSealed(superblock)) return;
  superblock.last_mounted[kFreeAt - 1] = '\0';
  SetFreeBytes(superblock, 0);
  const uint32_t plain = ChecksumOf(superblock);
  uint32_t effects[kBits];
  for (int bit = 0; bit < kBits; ++bit) {
    SetFreeBytes(superblock, uint32_t{1} << bit);
    effects[bit] = ChecksumOf(superblock) ^ plain;
  }
  SetFreeBytes(superblock, Solve(effects, superblock.checksum ^ plain));
}

}  // namespace elfin::ext
