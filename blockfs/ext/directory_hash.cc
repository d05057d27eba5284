#include "blockfs/ext/directory_hash.h"

#include <algorithm>
#include <cstring>

namespace elfin::ext {
namespace {

uint32_t RotateLeft(uint32_t value, int by) { return value << by | value >> (32 - by); }

/// Eight or four words out of the name's next bytes, padded with its length.
template <size_t kWords>
void FillWords(std::string_view name, bool is_unsigned, uint32_t (&words)[kWords]) {
  const auto length = static_cast<uint32_t>(name.size());
  uint32_t pad = length | length << 8;
  pad |= pad << 16;
  const size_t size = std::min(name.size(), kWords * 4);
  uint32_t value = pad;
  size_t word = 0;
  for (size_t i = 0; i < size; ++i) {
    const uint32_t byte = is_unsigned ? static_cast<uint32_t>(static_cast<uint8_t>(name[i]))
                                      : static_cast<uint32_t>(static_cast<int8_t>(name[i]));
    value = byte + (value << 8);
    if (i % 4 == 3) {
      words[word++] = value;
      value = pad;
    }
  }
  if (word < kWords) words[word++] = value;
  while (word < kWords) words[word++] = pad;
}

/// MD4's rounds (RFC 1320) over half a block.
void HalfMd4(uint32_t (&state)[4], const uint32_t (&in)[8]) {
  uint32_t a = state[0];
  uint32_t b = state[1];
  uint32_t c = state[2];
  uint32_t d = state[3];
  const auto choose = [](uint32_t x, uint32_t y, uint32_t z) { return z ^ (x & (y ^ z)); };
  const auto majority = [](uint32_t x, uint32_t y, uint32_t z) { return (x & y) + ((x ^ y) & z); };
  const auto parity = [](uint32_t x, uint32_t y, uint32_t z) { return x ^ y ^ z; };
  const auto round = [&](auto function, uint32_t constant, const int(&order)[8],
                         const int(&shifts)[4]) {
    for (int i = 0; i < 8; ++i) {
      const uint32_t sum = a + function(b, c, d) + in[order[i]] + constant;
      a = d;
      d = c;
      c = b;
      b = RotateLeft(sum, shifts[i % 4]);
    }
  };
  round(choose, 0, {0, 1, 2, 3, 4, 5, 6, 7}, {3, 7, 11, 19});
  round(majority, 0x5a827999, {1, 3, 5, 7, 0, 2, 4, 6}, {3, 5, 9, 13});
  round(parity, 0x6ed9eba1, {3, 7, 2, 6, 1, 5, 0, 4}, {3, 9, 11, 15});
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

void Tea(uint32_t (&state)[4], const uint32_t (&in)[4]) {
  uint32_t sum = 0;
  uint32_t b0 = state[0];
  uint32_t b1 = state[1];
  for (int round = 0; round < 16; ++round) {
    sum += 0x9e3779b9;
    b0 += ((b1 << 4) + in[0]) ^ (b1 + sum) ^ ((b1 >> 5) + in[1]);
    b1 += ((b0 << 4) + in[2]) ^ (b0 + sum) ^ ((b0 >> 5) + in[3]);
  }
  state[0] += b0;
  state[1] += b1;
}

uint32_t Legacy(std::string_view name, bool is_unsigned) {
  uint32_t hash0 = 0x12a3fe2d;
  uint32_t hash1 = 0x37abe8f9;
  for (const char character : name) {
    const uint32_t byte = is_unsigned ? static_cast<uint32_t>(static_cast<uint8_t>(character))
                                      : static_cast<uint32_t>(static_cast<int8_t>(character));
    uint32_t hash = hash1 + (hash0 ^ (byte * 7152373));
    if ((hash & 0x80000000) != 0) hash -= 0x7fffffff;
    hash1 = hash0;
    hash0 = hash;
  }
  return hash0 << 1;
}

}  // namespace

Result<uint32_t> DirectoryHash(uint8_t version, const uint32_t (&seed)[4], std::string_view name) {
  uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  if ((seed[0] | seed[1] | seed[2] | seed[3]) != 0) std::memcpy(state, seed, sizeof(state));
  const bool is_unsigned = version >= kHashUnsigned;
  uint32_t hash = 0;
  switch (is_unsigned ? version - kHashUnsigned : version) {
    case kHashLegacy:
      hash = Legacy(name, is_unsigned);
      break;
    case kHashHalfMd4:
      for (std::string_view rest = name; !rest.empty();
           rest.remove_prefix(std::min<size_t>(rest.size(), 32))) {
        uint32_t words[8];
        FillWords(rest, is_unsigned, words);
        HalfMd4(state, words);
      }
      hash = state[1];
      break;
    case kHashTea:
      for (std::string_view rest = name; !rest.empty();
           rest.remove_prefix(std::min<size_t>(rest.size(), 16))) {
        uint32_t words[4];
        FillWords(rest, is_unsigned, words);
        Tea(state, words);
      }
      hash = state[0];
      break;
    default:
      return Errno::kUClean;
  }
  hash &= ~1u;
  // The largest one is the mark of a directory's end.
  if (hash == 0xfffffffe) hash = 0xfffffffc;
  return hash;
}

}  // namespace elfin::ext
