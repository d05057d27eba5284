// CRC-32 (polynomial 0xedb88320) by the table of 256 entries, a byte at a time: one long chain of
// dependent loads. Size: mebibytes.
#include <string.h>

#include "kernel.h"

enum { kBuffer = 1 << 20 };

static uint32_t table[256];

static void MakeTable(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
    table[i] = value;
  }
}

static uint32_t Crc32(uint32_t crc, const uint8_t* bytes, size_t count) {
  crc = ~crc;
  for (size_t i = 0; i < count; ++i) crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
  return ~crc;
}

int main(int argc, char** argv) {
  const long mebibytes = KernelSize(argc, argv, 500);
  MakeTable();
  if (Crc32(0, (const uint8_t*)"123456789", 9) != 0xcbf43926) return 1;  // the usual check value
  uint8_t* buffer = Allocate(kBuffer);
  FillRandom(buffer, kBuffer, 32);
  uint32_t crc = 0;
  for (long i = 0; i < mebibytes; ++i) crc = Crc32(crc, buffer, kBuffer);
  return PrintChecksum("crc32", crc);
}
