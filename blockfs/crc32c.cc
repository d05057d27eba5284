#include "blockfs/crc32c.h"

#include <array>
#include <cstring>

namespace elfin::blockfs {
namespace {

/// kTables[k][b]: the effect of byte b, k bytes before the end of a group of eight.
constexpr std::array<std::array<uint32_t, 256>, 8> MakeTables() {
  std::array<std::array<uint32_t, 256>, 8> tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}
constexpr auto kTables = MakeTables();

/// Bytes of a lane: long inputs are four lanes side by side, which don't wait for each other.
constexpr size_t kLane = 256;

/// The effect of a byte of the checksum, kLane bytes of input later.
constexpr std::array<std::array<uint32_t, 256>, 4> MakeShiftTables() {
  std::array<std::array<uint32_t, 256>, 4> tables{};
  for (uint32_t place = 0; place < 4; ++place) {
    for (uint32_t bit = 0; bit < 8; ++bit) {
      uint32_t crc = 1u << (8 * place + bit);
      for (size_t i = 0; i < kLane; ++i) crc = (crc >> 8) ^ kTables[0][crc & 0xff];
      for (uint32_t below = 0; below < 1u << bit; ++below) {
        tables[place][1u << bit | below] = tables[place][below] ^ crc;
      }
    }
  }
  return tables;
}
constexpr auto kShiftTables = MakeShiftTables();

uint32_t ShiftLane(uint32_t crc) {
  return kShiftTables[0][crc & 0xff] ^ kShiftTables[1][(crc >> 8) & 0xff] ^
         kShiftTables[2][(crc >> 16) & 0xff] ^ kShiftTables[3][crc >> 24];
}

uint32_t AddEight(uint32_t crc, const uint8_t* next) {
  uint32_t low = 0;
  uint32_t high = 0;
  std::memcpy(&low, next, 4);
  std::memcpy(&high, next + 4, 4);
  low ^= crc;
  return kTables[7][low & 0xff] ^ kTables[6][(low >> 8) & 0xff] ^ kTables[5][(low >> 16) & 0xff] ^
         kTables[4][low >> 24] ^ kTables[3][high & 0xff] ^ kTables[2][(high >> 8) & 0xff] ^
         kTables[1][(high >> 16) & 0xff] ^ kTables[0][high >> 24];
}

}  // namespace

uint32_t Crc32c(uint32_t crc, const void* bytes, size_t size) {
  const auto* next = static_cast<const uint8_t*>(bytes);
  for (; size >= 4 * kLane; size -= 4 * kLane, next += 4 * kLane) {
    std::array<uint32_t, 4> lanes{crc};
    for (size_t at = 0; at < kLane; at += 8) {
      for (size_t lane = 0; lane < 4; ++lane) {
        lanes[lane] = AddEight(lanes[lane], next + lane * kLane + at);
      }
    }
    crc = ShiftLane(ShiftLane(ShiftLane(lanes[0]) ^ lanes[1]) ^ lanes[2]) ^ lanes[3];
  }
  for (; size >= 8; size -= 8, next += 8) crc = AddEight(crc, next);
  for (; size > 0; --size, ++next) crc = (crc >> 8) ^ kTables[0][(crc ^ *next) & 0xff];
  return crc;
}

uint16_t Crc16(uint16_t crc, const void* bytes, size_t size) {
  const auto* next = static_cast<const uint8_t*>(bytes);
  for (; size > 0; --size, ++next) {
    crc ^= *next;
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc >> 1) ^ ((crc & 1) != 0 ? 0xa001 : 0));
    }
  }
  return crc;
}

}  // namespace elfin::blockfs
