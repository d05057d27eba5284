#include "runtime/cpu/aes.h"

#include <array>
#include <bit>

namespace elfin::cpu {
namespace {

using Bytes = std::array<uint8_t, 256>;
using Words = std::array<uint32_t, 256>;

/// Multiplication by x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
constexpr uint8_t Double(uint8_t a) {
  return static_cast<uint8_t>(a << 1 ^ ((a & 0x80) != 0 ? 0x1b : 0));
}
constexpr uint8_t Times(uint8_t a, unsigned factor) {
  uint8_t product = 0;
  for (; factor != 0; factor >>= 1, a = Double(a)) {
    if ((factor & 1) != 0) product ^= a;
  }
  return product;
}

/// The inverse of each element (x + 1 generates all: its powers, and those of its inverse, side by
/// side), then an affine map.
constexpr Bytes MakeSubstitution() {
  constexpr uint8_t kInverseOfGenerator = 0xf6;
  Bytes box{};
  box[0] = 0x63;
  uint8_t power = 1;
  uint8_t inverse = 1;
  for (int n = 0; n < 255; ++n) {
    box[power] = static_cast<uint8_t>(inverse ^ std::rotl(inverse, 1) ^ std::rotl(inverse, 2) ^
                                      std::rotl(inverse, 3) ^ std::rotl(inverse, 4) ^ 0x63);
    power = Times(power, 3);
    inverse = Times(inverse, kInverseOfGenerator);
  }
  return box;
}
constexpr Bytes MakeInverse(const Bytes& box) {
  Bytes inverse{};
  for (unsigned n = 0; n < 256; ++n) inverse[box[n]] = static_cast<uint8_t>(n);
  return inverse;
}

/// A substituted byte's part of its column: the matrix's first column times it; the others are
/// rotations.
constexpr Words MakeColumns(const Bytes& box, std::array<unsigned, 4> factors) {
  Words columns{};
  for (unsigned n = 0; n < 256; ++n) {
    for (unsigned row = 0; row < 4; ++row) {
      columns[n] |= uint32_t{Times(box[n], factors[row])} << (8 * row);
    }
  }
  return columns;
}

constexpr Bytes kBox = MakeSubstitution();
constexpr Bytes kInverseBox = MakeInverse(kBox);
constexpr Words kColumns = MakeColumns(kBox, {2, 1, 1, 3});
constexpr Words kInverseColumns = MakeColumns(kInverseBox, {14, 9, 13, 11});
static_assert(kBox[1] == 0x7c && kBox[0x53] == 0xed && kInverseBox[0] == 0x52);

/// A block by columns: byte 4c + r is row r of column c.
using Block = std::array<uint8_t, 16>;
using Columns = std::array<uint32_t, 4>;

enum class Direction : uint8_t { kEncrypt, kDecrypt };

/// Where ShiftRows takes row `row` of column `column` from.
template <Direction kDirection>
constexpr unsigned Shifted(unsigned column, unsigned row) {
  return 4 * ((kDirection == Direction::kEncrypt ? column + row : column - row) % 4) + row;
}

template <Direction kDirection>
V128 Round(V128 block, V128 key, const Words& table) {
  const auto bytes = BitCast<Block>(block);
  Columns columns{};
  for (unsigned c = 0; c < 4; ++c) {
    for (unsigned r = 0; r < 4; ++r) {
      columns[c] ^= std::rotl(table[bytes[Shifted<kDirection>(c, r)]], static_cast<int>(8 * r));
    }
  }
  return BitCast<V128>(columns) ^ key;
}

template <Direction kDirection>
V128 LastRound(V128 block, V128 key, const Bytes& box) {
  const auto bytes = BitCast<Block>(block);
  Block result{};
  for (unsigned n = 0; n < 16; ++n) result[n] = box[bytes[Shifted<kDirection>(n / 4, n % 4)]];
  return BitCast<V128>(result) ^ key;
}

uint32_t SubstituteWord(uint32_t word) {
  uint32_t result = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    result |= uint32_t{kBox[word >> shift & 0xff]} << shift;
  }
  return result;
}

}  // namespace

V128 AesEncryptRound(CpuState*, V128 block, V128 key) {
  return Round<Direction::kEncrypt>(block, key, kColumns);
}
V128 AesEncryptLastRound(CpuState*, V128 block, V128 key) {
  return LastRound<Direction::kEncrypt>(block, key, kBox);
}
V128 AesDecryptRound(CpuState*, V128 block, V128 key) {
  return Round<Direction::kDecrypt>(block, key, kInverseColumns);
}
V128 AesDecryptLastRound(CpuState*, V128 block, V128 key) {
  return LastRound<Direction::kDecrypt>(block, key, kInverseBox);
}

V128 AesInverseMixColumns(CpuState*, V128 key) {
  const auto bytes = BitCast<Block>(key);
  Columns columns{};
  for (unsigned n = 0; n < 16; ++n) {
    // The table begins with the inverse substitution: undo it.
    columns[n / 4] ^= std::rotl(kInverseColumns[kBox[bytes[n]]], static_cast<int>(8 * (n % 4)));
  }
  return BitCast<V128>(columns);
}

V128 AesExpandKey(CpuState*, V128 key, uint32_t round_constant) {
  const auto words = BitCast<Columns>(key);
  const uint32_t low = SubstituteWord(words[1]);
  const uint32_t high = SubstituteWord(words[3]);
  return BitCast<V128>(
      Columns{low, std::rotr(low, 8) ^ round_constant, high, std::rotr(high, 8) ^ round_constant});
}

}  // namespace elfin::cpu
