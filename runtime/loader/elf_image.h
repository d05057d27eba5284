// An ELF64 file for x86-64, read and checked: what exec needs to know of it.
//
//   bytes → ReadElfHeader → ReadProgramHeaders → ElfImage
//
// Pure functions over bytes; nothing that a file says is believed before it has been compared with
// the file's size and the address map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace elfin::loader {

struct ElfSegment {
  uint64_t address;  // as linked: relative to the base for position-independent images
  uint64_t file_offset;
  uint64_t file_size;
  uint64_t memory_size;
  bool readable;
  bool writable;
  bool executable;

  /// Page aligned bounds of what it takes.
  uint64_t page_start() const;
  uint64_t page_end() const;
};

struct ElfHeader {
  bool position_independent;  // ET_DYN
  uint64_t entry;
  uint64_t program_headers_offset;
  uint32_t program_header_count;
};

struct ElfImage {
  ElfHeader header;
  std::vector<ElfSegment> segments;  // PT_LOAD, by ascending address; not empty
  /// Where the program headers are in memory (AT_PHDR); 0 if no segment holds them.
  uint64_t program_headers_address = 0;
  std::optional<uint64_t> interpreter_offset;  // PT_INTERP: a path in the file
  uint64_t interpreter_size = 0;               // with its zero byte
  bool executable_stack = false;
  uint64_t largest_alignment = 0;

  uint64_t start() const { return segments.front().page_start(); }
  uint64_t end() const { return segments.back().page_end(); }
};

inline constexpr size_t kElfHeaderSize = 64;
inline constexpr size_t kProgramHeaderSize = 56;

/// The file's first bytes (at least kElfHeaderSize unless the file is shorter). Errors: kNoExec,
/// with a sentence such as "not an ELF file" or "a program for 32-bit x86".
Result<ElfHeader> ReadElfHeader(const uint8_t* bytes, size_t size, std::string& sentence);

/// `bytes`: header.program_header_count records from program_headers_offset on, fewer where the
/// file ends. Errors: kNoExec, with a sentence.
Result<ElfImage> ReadProgramHeaders(const ElfHeader& header, const uint8_t* bytes, size_t size,
                                    uint64_t file_size, std::string& sentence);

/// Both at once, over a whole file.
Result<ElfImage> ReadElf(const uint8_t* bytes, size_t size, std::string& sentence);

}  // namespace elfin::loader
