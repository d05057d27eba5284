#include "runtime/loader/elf_image.h"

#include <algorithm>
#include <cstring>

#include "runtime/address_map.h"
#include "runtime/base/types.h"

namespace elfin::loader {

namespace {

// Offsets and values of the System V gABI, chapters 4 and 5.
constexpr uint8_t kMagic[4] = {0x7f, 'E', 'L', 'F'};
constexpr size_t kClassAt = 4, kDataAt = 5;
constexpr uint8_t kClass32 = 1, kClass64 = 2, kLittleEndian = 1;
constexpr uint16_t kTypeExecutable = 2, kTypeShared = 3;
constexpr uint16_t kMachineX86 = 3, kMachineArm = 40, kMachineX86_64 = 62, kMachineArm64 = 183,
                   kMachineRiscV = 243;
constexpr uint32_t kLoad = 1, kInterpreter = 3, kProgramHeaders = 6, kGnuStack = 0x6474e551;
constexpr uint32_t kFlagExecute = 1, kFlagWrite = 2, kFlagRead = 4;
constexpr uint64_t kMaxProgramHeaderBytes = 65536;  // as in Linux's load_elf_phdrs
constexpr uint64_t kMaxInterpreterPath = 4096;

struct Record {
  const uint8_t* bytes;

  template <class T>
  T Get(size_t offset) const {
    T value;
    std::memcpy(&value, bytes + offset, sizeof(value));
    return value;
  }
};

Errno Refuse(std::string& sentence, const char* text) {
  sentence = text;
  return Errno::kNoExec;
}

const char* ForeignMachine(uint16_t machine) {
  switch (machine) {
    case kMachineX86:
      return "a program for 32-bit x86, not for x86-64";
    case kMachineArm:
      return "a program for 32-bit ARM, not for x86-64";
    case kMachineArm64:
      return "a program for 64-bit ARM, not for x86-64";
    case kMachineRiscV:
      return "a program for RISC-V, not for x86-64";
    default:
      return "not an x86-64 ELF file";
  }
}

/// Program header fields of ELF64.
struct ProgramHeader {
  explicit ProgramHeader(Record record)
      : type(record.Get<uint32_t>(0)),
        flags(record.Get<uint32_t>(4)),
        offset(record.Get<uint64_t>(8)),
        address(record.Get<uint64_t>(16)),
        file_size(record.Get<uint64_t>(32)),
        memory_size(record.Get<uint64_t>(40)),
        alignment(record.Get<uint64_t>(48)) {}
  uint32_t type, flags;
  uint64_t offset, address, file_size, memory_size, alignment;
};

const char* WhatIsWrong(const ProgramHeader& load, uint64_t file_size) {
  if (load.file_size > load.memory_size)
    return "a damaged ELF file: a segment larger than its memory";
  if (load.memory_size > kGuestEnd || load.address > kGuestEnd - load.memory_size) {
    return "an ELF file with a segment beyond the 4 GiB that a guest has";
  }
  if (load.offset % kPageSize != load.address % kPageSize) {
    return "a damaged ELF file: a segment that is not aligned";
  }
  if (load.file_size > file_size || load.offset > file_size - load.file_size) {
    return "a truncated ELF file";
  }
  return nullptr;
}

}  // namespace

uint64_t ElfSegment::page_start() const { return RoundDown(address, kPageSize); }
uint64_t ElfSegment::page_end() const { return RoundUp(address + memory_size, kPageSize); }

Result<ElfHeader> ReadElfHeader(const uint8_t* bytes, size_t size, std::string& sentence) {
  if (size == 0) return Refuse(sentence, "an empty file");
  if (size < sizeof(kMagic) || std::memcmp(bytes, kMagic, sizeof(kMagic)) != 0) {
    return Refuse(sentence, "not an ELF file");
  }
  if (size < kElfHeaderSize) return Refuse(sentence, "a truncated ELF file");
  const Record record{bytes};
  const uint16_t machine = record.Get<uint16_t>(18);
  if (bytes[kDataAt] != kLittleEndian) return Refuse(sentence, "not an x86-64 ELF file");
  if (bytes[kClassAt] == kClass32 && machine == kMachineX86_64) {
    return Refuse(sentence, "an x32 program, not an x86-64 ELF file");
  }
  if (machine != kMachineX86_64) return Refuse(sentence, ForeignMachine(machine));
  if (bytes[kClassAt] != kClass64) return Refuse(sentence, "not an x86-64 ELF file");
  const uint16_t type = record.Get<uint16_t>(16);
  if (type != kTypeExecutable && type != kTypeShared) {
    return Refuse(sentence, "an ELF file, but no program");
  }
  const uint64_t count = record.Get<uint16_t>(56);
  if (record.Get<uint16_t>(54) != kProgramHeaderSize || count == 0 ||
      count * kProgramHeaderSize > kMaxProgramHeaderBytes) {
    return Refuse(sentence, "a damaged ELF file: no valid program headers");
  }
  return ElfHeader{type == kTypeShared, record.Get<uint64_t>(24), record.Get<uint64_t>(32),
                   static_cast<uint32_t>(count)};
}

Result<ElfImage> ReadProgramHeaders(const ElfHeader& header, const uint8_t* bytes, size_t size,
                                    uint64_t file_size, std::string& sentence) {
  ElfImage image;
  image.header = header;
  if (size < header.program_header_count * kProgramHeaderSize) {
    return Refuse(sentence, "a truncated ELF file");
  }
  for (uint32_t i = 0; i < header.program_header_count; ++i) {
    const ProgramHeader entry(Record{bytes + i * kProgramHeaderSize});
    if (entry.type == kInterpreter && !image.interpreter_offset) {
      if (entry.file_size < 2 || entry.file_size > kMaxInterpreterPath) {
        return Refuse(sentence, "a damaged ELF file: no valid interpreter path");
      }
      if (entry.offset > file_size || entry.file_size > file_size - entry.offset) {
        return Refuse(sentence, "a truncated ELF file");
      }
      image.interpreter_offset = entry.offset;
      image.interpreter_size = entry.file_size;
    } else if (entry.type == kProgramHeaders) {
      image.program_headers_address = entry.address;
    } else if (entry.type == kGnuStack) {
      image.executable_stack = (entry.flags & kFlagExecute) != 0;
    } else if (entry.type == kLoad && entry.memory_size != 0) {
      if (const char* wrong = WhatIsWrong(entry, file_size)) return Refuse(sentence, wrong);
      image.segments.push_back({entry.address, entry.offset, entry.file_size, entry.memory_size,
                                (entry.flags & kFlagRead) != 0, (entry.flags & kFlagWrite) != 0,
                                (entry.flags & kFlagExecute) != 0});
      if (entry.alignment <= kGuestEnd) {
        image.largest_alignment = std::max(image.largest_alignment, entry.alignment);
      }
    }
  }
  if (image.segments.empty()) return Refuse(sentence, "a damaged ELF file: nothing to load");
  std::stable_sort(image.segments.begin(), image.segments.end(),
                   [](const ElfSegment& a, const ElfSegment& b) { return a.address < b.address; });
  for (size_t i = 1; i < image.segments.size(); ++i) {
    if (image.segments[i].address <
        image.segments[i - 1].address + image.segments[i - 1].memory_size) {
      return Refuse(sentence, "a damaged ELF file: segments that overlap");
    }
  }
  for (const ElfSegment& segment : image.segments) {
    const uint64_t offset = header.program_headers_offset;
    if (image.program_headers_address != 0) break;
    if (offset >= segment.file_offset && offset - segment.file_offset < segment.file_size) {
      image.program_headers_address = segment.address + (offset - segment.file_offset);
    }
  }
  return image;
}

Result<ElfImage> ReadElf(const uint8_t* bytes, size_t size, std::string& sentence) {
  const ElfHeader header = TRY(ReadElfHeader(bytes, size, sentence));
  const uint64_t offset = std::min<uint64_t>(header.program_headers_offset, size);
  return ReadProgramHeaders(header, bytes + offset, size - offset, size, sentence);
}

}  // namespace elfin::loader
