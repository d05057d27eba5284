#include "runtime/loader/elf_image.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "runtime/loader/script.h"
#include "tests/loader/elf_builder.h"

namespace elfin::loader {
namespace {

using testing::BuildElf;
using testing::BuiltSegment;

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

struct Read {
  explicit Read(const std::string& file) : image(ReadElf(Bytes(file), file.size(), sentence)) {}
  std::string sentence;
  Result<ElfImage> image;
};

void Refused(const std::string& file, const char* sentence) {
  Read read(file);
  REQUIRE_FALSE(read.image.ok());
  CHECK(read.image.error() == Errno::kNoExec);
  CHECK(read.sentence == sentence);
}

std::string Good() {
  BuiltSegment text{.offset = 0, .address = 0x400000, .file_size = 0x1100, .memory_size = 0x1100};
  BuiltSegment data{
      .flags = 6, .offset = 0x1100, .address = 0x402100, .file_size = 0x80, .memory_size = 0x3000};
  BuiltSegment stack{.type = 0x6474e551, .flags = 6};
  return BuildElf(2, 0x400200, {data, text, stack}, 0x1200);
}

template <class T>
std::string Patched(std::string file, size_t at, T value) {
  std::memcpy(file.data() + at, &value, sizeof(value));
  return file;
}

TEST_CASE("A good file's segments come sorted, with bounds", "[loader]") {
  Read read(Good());
  REQUIRE(read.image.ok());
  const ElfImage& image = read.image.value();
  CHECK_FALSE(image.header.position_independent);
  CHECK(image.header.entry == 0x400200);
  REQUIRE(image.segments.size() == 2);
  CHECK(image.segments[0].address == 0x400000);
  CHECK(image.segments[0].executable);
  CHECK_FALSE(image.segments[0].writable);
  CHECK(image.segments[1].writable);
  CHECK(image.start() == 0x400000);
  CHECK(image.end() == 0x406000);
  CHECK(image.program_headers_address == 0x400040);
  CHECK_FALSE(image.executable_stack);
  CHECK_FALSE(image.interpreter_offset);
}

TEST_CASE("The host's own program is read as readelf has it", "[loader]") {
  std::ifstream stream("/bin/true", std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(stream)), {});
  Read read(file);
  REQUIRE(read.image.ok());
  CHECK(read.image->header.position_independent);
  CHECK(read.image->program_headers_address == 64);
  REQUIRE(read.image->interpreter_offset);
  CHECK(std::string(file.c_str() + *read.image->interpreter_offset) ==
        "/lib64/ld-linux-x86-64.so.2");
}

TEST_CASE("What is no program for this machine is refused with a sentence", "[loader]") {
  Refused("", "an empty file");
  Refused("echo hello\n", "not an ELF file");
  Refused(Good().substr(0, 40), "a truncated ELF file");
  Refused(Good().substr(0, 100), "a truncated ELF file");
  Refused(Good().substr(0, 0x1150), "a truncated ELF file");
  Refused(Patched(Good(), 18, uint16_t{183}), "a program for 64-bit ARM, not for x86-64");
  Refused(Patched(Good(), 18, uint16_t{3}), "a program for 32-bit x86, not for x86-64");
  Refused(Patched(Good(), 4, uint8_t{1}), "an x32 program, not an x86-64 ELF file");
  Refused(Patched(Good(), 5, uint8_t{2}), "not an x86-64 ELF file");
  Refused(Patched(Good(), 16, uint16_t{1}), "an ELF file, but no program");
  Refused(Patched(Good(), 54, uint16_t{32}), "a damaged ELF file: no valid program headers");
  Refused(Patched(Good(), 56, uint16_t{0}), "a damaged ELF file: no valid program headers");
  Refused(Patched(Good(), 56, uint16_t{0xffff}), "a damaged ELF file: no valid program headers");
  Refused(Patched(Good(), 32, UINT64_MAX), "a truncated ELF file");
}

TEST_CASE("Segments that can't be are refused", "[loader]") {
  auto one = [](BuiltSegment segment) { return BuildElf(3, 0, {segment}, 0x2000); };
  Refused(one({.file_size = 0x200, .memory_size = 0x100}),
          "a damaged ELF file: a segment larger than its memory");
  Refused(one({.address = 0x10, .file_size = 1, .memory_size = 1}),
          "a damaged ELF file: a segment that is not aligned");
  Refused(one({.offset = 0x3000, .address = 0, .file_size = 1, .memory_size = 1}),
          "a truncated ELF file");
  Refused(
      one({.offset = UINT64_MAX - 0xfff, .address = 0, .file_size = 0x1000, .memory_size = 0x1000}),
      "a truncated ELF file");
  Refused(one({.address = UINT64_MAX - 0xfff, .memory_size = 0x800}),
          "an ELF file with a segment beyond the 4 GiB that a guest has");
  Refused(one({.memory_size = UINT64_MAX}),
          "an ELF file with a segment beyond the 4 GiB that a guest has");
  Refused(one({.type = 4}), "a damaged ELF file: nothing to load");
  Refused(BuildElf(3, 0, {{.memory_size = 0x2000}, {.address = 0x1000, .memory_size = 1}}, 0x1000),
          "a damaged ELF file: segments that overlap");
  Refused(one({.type = 3, .file_size = 1}), "a damaged ELF file: no valid interpreter path");
  Refused(one({.type = 3, .offset = 0x1fff, .file_size = 20}), "a truncated ELF file");
}

TEST_CASE("Script lines are cut as Linux cuts them", "[loader]") {
  auto read = [](const std::string& text) {
    std::string sentence;
    REQUIRE(IsScript(Bytes(text), text.size()));
    return ReadScriptLine(Bytes(text), std::min(text.size(), kScriptLineMax), sentence);
  };
  CHECK(read("#!/bin/sh\necho").value().interpreter == "/bin/sh");
  CHECK_FALSE(read("#!/bin/sh\necho").value().argument);
  CHECK(read("#! \t/bin/sh  -x -y \t\nq").value().interpreter == "/bin/sh");
  CHECK(read("#! \t/bin/sh  -x -y \t\nq").value().argument == "-x -y");
  CHECK(read("#!/bin/sh").value().interpreter == "/bin/sh");
  CHECK(read("#!\n").error() == Errno::kNoExec);
  CHECK(read("#!   ").error() == Errno::kNoExec);
  CHECK(read("#!" + std::string(300, 'a')).error() == Errno::kNoExec);
  CHECK(read("#!/bin/sh " + std::string(300, 'a')).value().argument == std::string(246, 'a'));
  CHECK_FALSE(IsScript(Bytes("#"), 1));
}

}  // namespace
}  // namespace elfin::loader
