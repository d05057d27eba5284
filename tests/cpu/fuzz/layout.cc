#include "tests/cpu/fuzz/layout.h"

#include <array>
#include <cstring>
#include <memory>

#include "runtime/base/check.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/values.h"

namespace elfin::fuzz {
namespace {

constexpr uint64_t kContentsSeed = 0x656c66696e;

struct Contents {
  std::unique_ptr<uint8_t[]> bytes[kContents.size()];
  Contents() {
    Random random(kContentsSeed);
    for (size_t n = 0; n < kContents.size(); ++n) {
      bytes[n] = std::make_unique<uint8_t[]>(kContents[n].size());
      for (uint64_t at = 0; at < kContents[n].size(); at += 16) {
        FillLanes(random, static_cast<Lanes>(random.Below(6)), bytes[n].get() + at, 16);
      }
    }
  }
};

}  // namespace

const uint8_t* Pristine(const Zone& zone) {
  static const Contents contents;
  for (size_t n = 0; n < kContents.size(); ++n) {
    if (kContents[n].begin == zone.begin) return contents.bytes[n].get();
  }
  ELFIN_CHECK(false);
  return nullptr;
}

void PutCode(uint8_t* zone, const Case& test) {
  // Writing code is slow for the processor, so only what differs: mostly the case before this one.
  constexpr uint64_t kPiece = 64;
  static constexpr auto kTraps = [] {
    std::array<uint8_t, kPiece> bytes{};
    bytes.fill(0xcc);
    return bytes;
  }();
  for (uint64_t at = 0; at < kCodeEnd - kCode; at += kPiece) {
    if (memcmp(zone + at, kTraps.data(), kPiece) != 0) memcpy(zone + at, kTraps.data(), kPiece);
  }
  memcpy(zone + (test.before.rip - kCode), test.code, test.code_size);
}

}  // namespace elfin::fuzz
