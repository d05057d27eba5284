#include "runtime/loader/image_loader.h"

#include <algorithm>
#include <vector>

namespace elfin::loader {

namespace {

using memory::AddressSpace;
using memory::MappedFile;
using memory::MapRequest;
using memory::Placement;

/// Reads `size` bytes or up to the end of the file.
Task<Result<std::vector<uint8_t>>> ReadUpTo(MappedFile& file, uint64_t offset, size_t size) {
  std::vector<uint8_t> bytes(size);
  size_t have = 0;
  while (have < size) {
    CO_ASSIGN(const size_t count,
              co_await file.Read(offset + have, bytes.data() + have, size - have));
    if (count == 0) break;
    have += count;
  }
  bytes.resize(have);
  co_return bytes;
}

uint8_t ProtectionOf(const ElfSegment& segment) {
  uint8_t protection = memory::kNoAccess;
  if (segment.readable) protection |= memory::kProtRead;
  if (segment.writable) protection |= memory::kProtWrite;
  if (segment.executable) protection |= memory::kProtExecute;
  return protection;
}

Task<Status> MapSegment(AddressSpace& space, std::shared_ptr<MappedFile> file,
                        const ElfSegment& segment, uint64_t base) {
  const uint64_t start = base + segment.page_start();
  const uint64_t file_end = base + segment.address + segment.file_size;
  const uint64_t in_page = segment.address % kPageSize;
  uint64_t mapped_end = start;
  if (segment.file_size != 0) {
    MapRequest request;
    request.address = start;
    request.length = in_page + segment.file_size;
    request.protection = ProtectionOf(segment);
    request.placement = Placement::kFixed;
    request.file = std::move(file);
    request.file_offset = segment.file_offset - in_page;
    CO_TRY(co_await space.Map(std::move(request)));
    mapped_end = RoundUp(file_end, kPageSize);
    // The rest of the last page belongs to .bss; read-only segments keep the file's bytes there, as
    // in Linux.
    if (segment.memory_size > segment.file_size && segment.writable) {
      space.memory().Fill(file_end, 0, mapped_end - file_end);
    }
  }
  const uint64_t end = base + segment.page_end();
  if (end > mapped_end) {
    MapRequest zero;
    zero.address = mapped_end;
    zero.length = end - mapped_end;
    zero.protection = ProtectionOf(segment);
    zero.placement = Placement::kFixed;
    CO_TRY(co_await space.Map(std::move(zero)));
  }
  co_return kOk;
}

/// Addresses for the whole image, as a free range: found by mapping and unmapping it.
Task<Result<uint64_t>> FindBase(AddressSpace& space, const ElfImage& image, ImageRole role) {
  const uint64_t size = image.end() - image.start();
  const uint64_t alignment = std::max(image.largest_alignment, kPageSize);
  const bool power_of_two = (alignment & (alignment - 1)) == 0;
  const uint64_t unit = power_of_two ? alignment : kPageSize;
  MapRequest reservation;
  if (!image.header.position_independent) {
    reservation.address = image.start();
    reservation.length = size;
    reservation.placement = Placement::kFixedNoReplace;
  } else if (role == ImageRole::kProgram) {
    reservation.address = RoundUp(kPieBase, unit);
    reservation.length = size;
    reservation.placement = Placement::kFixedNoReplace;
  } else {
    reservation.length = size + unit - kPageSize;
  }
  const uint64_t length = reservation.length;
  CO_ASSIGN(const uint64_t found, co_await space.Map(std::move(reservation)));
  CO_TRY(co_await space.Unmap(found, length));
  const uint64_t start = image.header.position_independent ? RoundUp(found, unit) : found;
  co_return start - image.start();
}

}  // namespace

Task<Result<ElfImage>> ReadElfFile(MappedFile& file, std::string& sentence) {
  CO_ASSIGN(const std::vector<uint8_t> first, co_await ReadUpTo(file, 0, kElfHeaderSize));
  CO_ASSIGN(const ElfHeader header, ReadElfHeader(first.data(), first.size(), sentence));
  const uint64_t file_size = file.size();
  const uint64_t offset = std::min(header.program_headers_offset, file_size);
  CO_ASSIGN(const std::vector<uint8_t> table,
            co_await ReadUpTo(file, offset, header.program_header_count * kProgramHeaderSize));
  co_return ReadProgramHeaders(header, table.data(), table.size(), file_size, sentence);
}

Task<Result<std::string>> ReadInterpreterPath(MappedFile& file, const ElfImage& image,
                                              std::string& sentence) {
  CO_ASSIGN(const std::vector<uint8_t> bytes,
            co_await ReadUpTo(file, *image.interpreter_offset, image.interpreter_size));
  if (bytes.size() != image.interpreter_size || bytes.back() != 0 || bytes.front() == 0) {
    sentence = "a damaged ELF file: no valid interpreter path";
    co_return Errno::kNoExec;
  }
  co_return std::string(reinterpret_cast<const char*>(bytes.data()));
}

Task<Result<LoadedImage>> LoadImage(AddressSpace& space, std::shared_ptr<MappedFile> file,
                                    const ElfImage& image, ImageRole role, std::string& sentence) {
  Result<uint64_t> base = co_await FindBase(space, image, role);
  if (!base.ok()) {
    sentence = "an ELF file whose addresses are not to be had";
    co_return Errno::kNoMem;
  }
  uint64_t file_end = 0;
  for (const ElfSegment& segment : image.segments) {
    file_end = std::max(file_end, segment.file_offset + segment.file_size);
  }
  file->WillRead(0, file_end);
  for (const ElfSegment& segment : image.segments) {
    Status mapped = co_await MapSegment(space, file, segment, base.value());
    if (!mapped.ok()) {
      sentence = "a segment could not be loaded";
      co_return mapped.error();
    }
  }
  LoadedImage loaded;
  loaded.base = base.value();
  loaded.entry = base.value() + image.header.entry;
  if (image.program_headers_address != 0) {
    loaded.program_headers = base.value() + image.program_headers_address;
  }
  loaded.end = base.value() + image.end();
  co_return loaded;
}

}  // namespace elfin::loader
