#include "blockfs/crc32c.h"

#include <catch2/catch.hpp>
#include <cstring>

namespace elfin::blockfs {

TEST_CASE("CRC-32C as RFC 3720, appendix B.4, has it") {
  uint8_t bytes[32] = {};
  CHECK(~Crc32c(kCrcStart, bytes, 32) == 0x8a9136aau);
  std::memset(bytes, 0xff, 32);
  CHECK(~Crc32c(kCrcStart, bytes, 32) == 0x62a8ab43u);
  for (uint8_t i = 0; i < 32; ++i) bytes[i] = i;
  CHECK(~Crc32c(kCrcStart, bytes, 32) == 0x46dd794eu);
  CHECK(~Crc32c(Crc32c(kCrcStart, bytes, 5), bytes + 5, 27) == 0x46dd794eu);
}

TEST_CASE("CRC-16 of the check string") { CHECK(Crc16(0, "123456789", 9) == 0xbb3d); }

}  // namespace elfin::blockfs
