// AES, CRC-32C and carry-less products by published examples; the instruction fuzzer compares with
// the processor, where it has them.
#include <catch2/catch.hpp>

#include <array>
#include <cstring>

#include "runtime/cpu/aes.h"
#include "runtime/cpu/carryless.h"
#include "runtime/cpu/string_compare.h"

namespace elfin::cpu {
namespace {

using Block = std::array<uint8_t, 16>;

V128 Vector(const Block& bytes) { return BitCast<V128>(bytes); }
Block Bytes(V128 vector) { return BitCast<Block>(vector); }

/// FIPS 197, appendix C.1.
constexpr Block kPlain = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                          0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
constexpr Block kCipher = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                           0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
constexpr Block kKey = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// The round keys, as programs make them with AESKEYGENASSIST.
std::array<V128, 11> Schedule() {
  std::array<V128, 11> keys{Vector(kKey)};
  uint32_t constant = 1;
  for (size_t n = 1; n < keys.size(); ++n) {
    const auto assist =
        BitCast<std::array<uint32_t, 4>>(AesExpandKey(nullptr, keys[n - 1], constant));
    auto words = BitCast<std::array<uint32_t, 4>>(keys[n - 1]);
    uint32_t previous = assist[3];
    for (uint32_t& word : words) previous = word ^= previous;
    keys[n] = BitCast<V128>(words);
    constant = (constant << 1 ^ ((constant & 0x80) != 0 ? 0x11b : 0)) & 0xff;
  }
  return keys;
}

TEST_CASE("AES-128 of the standard's example, there and back") {
  const auto keys = Schedule();
  V128 block = Vector(kPlain) ^ keys[0];
  for (size_t n = 1; n < 10; ++n) block = AesEncryptRound(nullptr, block, keys[n]);
  block = AesEncryptLastRound(nullptr, block, keys[10]);
  CHECK(Bytes(block) == kCipher);

  block = Vector(kCipher) ^ keys[10];
  for (size_t n = 9; n > 0; --n) {
    block = AesDecryptRound(nullptr, block, AesInverseMixColumns(nullptr, keys[n]));
  }
  block = AesDecryptLastRound(nullptr, block, keys[0]);
  CHECK(Bytes(block) == kPlain);
}

TEST_CASE("CRC-32C's check value, however the bytes are grouped") {
  const char digits[] = "123456789";
  uint32_t by_byte = ~0u;
  for (int n = 0; n < 9; ++n) {
    by_byte = AddToCrc32c(nullptr, by_byte, static_cast<uint8_t>(digits[n]), 1);
  }
  CHECK(~by_byte == 0xe306'9283);
  uint64_t eight;
  std::memcpy(&eight, digits, 8);
  const uint32_t by_word = AddToCrc32c(nullptr, ~0u, eight, 8);
  CHECK(~AddToCrc32c(nullptr, by_word, '9', 1) == 0xe306'9283);
}

TEST_CASE("A product without carries") {
  auto product = [](uint64_t a, uint64_t b) {
    const auto halves = BitCast<std::array<uint64_t, 2>>(CarrylessMultiply(nullptr, a, b));
    return halves;
  };
  CHECK(product(0b101, 0b11) == std::array<uint64_t, 2>{0b1111, 0});
  // (x + 1) to the 63rd has all of its powers; its square has every second one.
  CHECK(product(~uint64_t{0}, ~uint64_t{0}) ==
        std::array<uint64_t, 2>{0x5555'5555'5555'5555, 0x5555'5555'5555'5555});
  CHECK(product(uint64_t{1} << 63, uint64_t{1} << 63) ==
        std::array<uint64_t, 2>{0, uint64_t{1} << 62});
}

TEST_CASE("PCMPISTRI finds a word in a text") {
  constexpr uint32_t kEqualOrdered = 0x0c;
  const Block text = {'a', ' ', 'n', 'e', 'e', 'd', 'l', 'e', ' ', 'i', 'n', 0};
  const Block word = {'n', 'e', 'e', 'd', 'l', 'e', 0};
  const uint64_t answer =
      CompareTerminatedStrings(nullptr, Vector(word), Vector(text), kEqualOrdered);
  CHECK((answer >> kCompareIndexShift & 0xff) == 2);
  CHECK(answer >> kCompareFlagsShift == (kFlagCf | kFlagZf | kFlagSf));
}

}  // namespace
}  // namespace elfin::cpu
