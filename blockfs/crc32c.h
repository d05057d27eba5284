// CRC-32C (Castagnoli, RFC 3720 appendix B.4) and CRC-16 (polynomial 0x8005, reflected), as ext4
// and jbd2 use them: the caller gives the start value, and nothing is inverted at the end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::blockfs {

inline constexpr uint32_t kCrcStart = 0xffffffff;

uint32_t Crc32c(uint32_t crc, const void* bytes, size_t size);
uint16_t Crc16(uint16_t crc, const void* bytes, size_t size);

/// Over a little-endian value's bytes.
template <class T>
uint32_t Crc32cOf(uint32_t crc, T value) {
  return Crc32c(crc, &value, sizeof(value));
}

}  // namespace elfin::blockfs
