// Small ELF files, made to measure.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace elfin::testing {

struct BuiltSegment {
  uint32_t type = 1;  // PT_LOAD
  uint32_t flags = 5;
  uint64_t offset = 0;
  uint64_t address = 0;
  uint64_t file_size = 0;
  uint64_t memory_size = 0;
  uint64_t alignment = 0x1000;
};

/// A file of `size` bytes: header, program headers, and a pattern (the low byte of each offset).
inline std::string BuildElf(uint16_t type, uint64_t entry,
                            const std::vector<BuiltSegment>& segments, size_t size) {
  std::string file(size, '\0');
  for (size_t i = 0; i < size; ++i) file[i] = static_cast<char>(i);
  auto put = [&](size_t at, auto value) { std::memcpy(file.data() + at, &value, sizeof(value)); };
  const unsigned char ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
  std::memcpy(file.data(), ident, sizeof(ident));
  put(16, type);
  put(18, uint16_t{62});
  put(20, uint32_t{1});
  put(24, entry);
  put(32, uint64_t{64});
  put(40, uint64_t{0});
  put(48, uint32_t{0});
  put(52, uint16_t{64});
  put(54, uint16_t{56});
  put(56, static_cast<uint16_t>(segments.size()));
  put(58, uint16_t{0});
  put(60, uint16_t{0});
  put(62, uint16_t{0});
  size_t at = 64;
  for (const BuiltSegment& segment : segments) {
    put(at, segment.type);
    put(at + 4, segment.flags);
    put(at + 8, segment.offset);
    put(at + 16, segment.address);
    put(at + 24, segment.address);
    put(at + 32, segment.file_size);
    put(at + 40, segment.memory_size);
    put(at + 48, segment.alignment);
    at += 56;
  }
  return file;
}

}  // namespace elfin::testing
