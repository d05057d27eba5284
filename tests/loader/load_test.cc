#include <catch2/catch.hpp>

#include "runtime/loader/auxiliary_keys.h"
#include "runtime/loader/image_loader.h"
#include "runtime/loader/initial_stack.h"
#include "tests/lib/fake_mapped_file.h"
#include "tests/lib/fake_process_memory.h"
#include "tests/loader/elf_builder.h"

namespace elfin::loader {
namespace {

using memory::AddressSpace;
using testing::BuildElf;
using testing::FakeMappedFile;
using testing::FakeProcessMemory;

struct Loader {
  Loader() : space(std::make_unique<FakeProcessMemory>()) {}
  Result<LoadedImage> Load(std::string bytes, ImageRole role = ImageRole::kProgram) {
    auto file = std::make_shared<FakeMappedFile>(std::move(bytes));
    Result<ElfImage> image = ReadElfFile(*file, sentence).Take();
    if (!image.ok()) return image.error();
    return LoadImage(space, file, image.value(), role, sentence).Take();
  }
  uint8_t Byte(uint64_t address) {
    Result<uint8_t> value = space.CopyIn(GuestPtr<uint8_t>{{address}});
    REQUIRE(value.ok());
    return value.value();
  }
  uint64_t Word(uint64_t address) {
    Result<uint64_t> value = space.CopyIn(GuestPtr<uint64_t>{{address}});
    REQUIRE(value.ok());
    return value.value();
  }
  uint8_t Flags(uint64_t address) {
    return static_cast<FakeProcessMemory&>(space.memory()).flags(address);
  }

  AddressSpace space;
  std::string sentence;
};

std::string Program(uint16_t type, uint64_t base) {
  return BuildElf(type, base + 0x200,
                  {{.offset = 0, .address = base, .file_size = 0x1123, .memory_size = 0x1123},
                   {.flags = 6,
                    .offset = 0x1123,
                    .address = base + 0x2123,
                    .file_size = 0x45,
                    .memory_size = 0x3000}},
                  0x1400);
}

TEST_CASE("A program with fixed addresses lies where it asks to be", "[loader]") {
  Loader l;
  const LoadedImage image = l.Load(Program(2, 0x400000)).value();
  CHECK(image.base == 0);
  CHECK(image.entry == 0x400200);
  CHECK(image.program_headers == 0x400040);
  CHECK(image.end == 0x406000);
  CHECK(l.Byte(0x400210) == 0x10);
  CHECK(l.Byte(0x402123) == 0x23);
  CHECK(l.Byte(0x402167) == 0x67);
  CHECK(l.Byte(0x402168) == 0);  // .bss begins within the page
  CHECK(l.Byte(0x402fff) == 0);
  CHECK(l.Byte(0x405122) == 0);
  CHECK(l.Byte(0x402000) == 0);     // the file's bytes of the page before the segment
  CHECK(l.Byte(0x4013ff) == 0xff);  // …and behind it
  CHECK(l.Flags(0x400000) == (kPageRead | kPageExecute));
  CHECK(l.Flags(0x402000) == (kPageRead | kPageWrite));
  CHECK(l.Flags(0x406000) == 0);
}

TEST_CASE("Position-independent images have their places", "[loader]") {
  Loader l;
  const LoadedImage program = l.Load(Program(3, 0)).value();
  CHECK(program.base == kPieBase);
  REQUIRE(l.space.Arrange(program.end, 0x80'0000).ok());
  const LoadedImage interpreter = l.Load(Program(3, 0), ImageRole::kInterpreter).value();
  CHECK(interpreter.base == kStackTop + memory::kDecodeCacheSize);
  CHECK(interpreter.entry == interpreter.base + 0x200);
  // Its neighbours' alignment is kept, too.
  Loader aligned;
  const LoadedImage wide =
      aligned
          .Load(
              BuildElf(3, 0, {{.file_size = 0x1000, .memory_size = 0x1000, .alignment = 0x20'0000}},
                       0x1000),
              ImageRole::kInterpreter)
          .value();
  CHECK(wide.base % 0x20'0000 == 0);
}

TEST_CASE("Addresses that are not to be had are ENOMEM with a sentence", "[loader]") {
  Loader low;
  CHECK(low.Load(Program(2, 0x10000)).error() == Errno::kNoMem);
  CHECK(low.sentence == "an ELF file whose addresses are not to be had");
  Loader large;
  CHECK(large.Load(BuildElf(3, 0, {{.memory_size = 0xf000'0000}}, 0x1000)).error() ==
        Errno::kNoMem);
}

TEST_CASE("The initial stack is as the ABI draws it", "[loader]") {
  Loader l;
  REQUIRE(l.space.Arrange(0x0101'0000, 0x80'0000).ok());
  StackContents contents;
  contents.arguments = {"bc", "-lq"};
  contents.environment = {"A=1"};
  contents.file_name = "/usr/bin/bc";
  contents.random = {1, 2, 3};
  contents.auxiliary = {{kAtPageSize, 4096}};
  const InitialStack stack = BuildInitialStack(l.space, contents).value();
  const uint64_t sp = stack.stack_pointer;
  CHECK(sp % 16 == 0);
  CHECK(l.Word(sp) == 2);
  CHECK(l.space.CopyInString({l.Word(sp + 8)}, 99).value() == "bc");
  CHECK(l.space.CopyInString({l.Word(sp + 16)}, 99).value() == "-lq");
  CHECK(l.Word(sp + 24) == 0);
  CHECK(l.space.CopyInString({l.Word(sp + 32)}, 99).value() == "A=1");
  CHECK(l.Word(sp + 40) == 0);
  CHECK(l.Word(sp + 48) == kAtPageSize);
  CHECK(l.Word(sp + 56) == 4096);
  CHECK(l.Word(sp + 64) == kAtPlatform);
  CHECK(l.space.CopyInString({l.Word(sp + 72)}, 99).value() == "x86_64");
  CHECK(l.Word(sp + 80) == kAtRandom);
  CHECK(l.Byte(l.Word(sp + 88) + 2) == 3);
  CHECK(l.Word(sp + 96) == kAtExecFileName);
  CHECK(l.space.CopyInString({l.Word(sp + 104)}, 99).value() == "/usr/bin/bc");
  CHECK(l.Word(sp + 112) == kAtNull);
  CHECK(l.Word(sp + 120) == 0);
  CHECK(stack.auxiliary.size() == 4);
  contents.arguments.push_back("one more");
  CHECK(BuildInitialStack(l.space, contents).value().stack_pointer % 16 == 0);
}

TEST_CASE("Too many arguments are E2BIG", "[loader]") {
  Loader l;
  REQUIRE(l.space.Arrange(0x0101'0000, 0x80'0000).ok());
  StackContents contents;
  contents.arguments = {std::string(0x1'ffff, 'x')};
  CHECK(BuildInitialStack(l.space, contents).ok());
  contents.arguments = {std::string(0x2'0000, 'x')};
  CHECK(BuildInitialStack(l.space, contents).error() == Errno::k2Big);
  contents.arguments.assign(40, std::string(60'000, 'x'));
  CHECK(BuildInitialStack(l.space, contents).error() == Errno::k2Big);
}

}  // namespace
}  // namespace elfin::loader
