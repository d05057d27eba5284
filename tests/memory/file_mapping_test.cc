#include <catch2/catch.hpp>

#include "runtime/memory/address_space.h"
#include "tests/lib/fake_mapped_file.h"
#include "tests/lib/fake_process_memory.h"

namespace elfin::memory {
namespace {

using testing::FakeMappedFile;
constexpr uint8_t kReadWrite = kProtRead | kProtWrite;

std::string TwoPagesAndABit() {
  return std::string(0x1000, 'a') + std::string(0x1000, 'b') + "tail";
}

struct Space {
  Space() : space(std::make_unique<testing::FakeProcessMemory>()) {
    REQUIRE(space.Arrange(0x0101'0000, 0x80'0000).ok());
  }
  Result<uint64_t> Map(std::shared_ptr<FakeMappedFile> file, uint64_t length, Sharing sharing,
                       uint8_t protection, uint64_t offset = 0) {
    MapRequest request;
    request.length = length;
    request.protection = protection;
    request.sharing = sharing;
    request.file = file;
    request.file_offset = offset;
    return space.Map(request).Take();
  }
  void Poke(uint64_t address, uint32_t value) {
    REQUIRE(space.CopyOut(GuestPtr<uint32_t>{{address}}, value).ok());
  }
  Result<uint32_t> Peek(uint64_t address) { return space.CopyIn(GuestPtr<uint32_t>{{address}}); }

  AddressSpace space;
};

TEST_CASE("A private file mapping has the file's bytes, then zeros, then nothing", "[memory]") {
  Space s;
  auto file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  const uint64_t at = s.Map(file, 0x5000, Sharing::kPrivate, kReadWrite).value();
  CHECK(s.Peek(at).value() == 0x61616161);
  CHECK(s.Peek(at + 0x2000).value() == 0x6c696174);  // "tail"
  CHECK(s.Peek(at + 0x2004).value() == 0);
  CHECK(s.Peek(at + 0x2ffc).value() == 0);
  CHECK(s.Peek(at + 0x3000).error() == Errno::kFault);
  CHECK(s.space.ExplainFault(at + 0x3000, kProtRead) == FaultKind::kBeyondFile);
  CHECK(s.space.ExplainFault(at + 0x5000, kProtRead) == FaultKind::kNotMapped);
  const auto& memory = static_cast<testing::FakeProcessMemory&>(s.space.memory());
  CHECK(memory.flags(at + 0x2000) == (kPageRead | kPageWrite));
  CHECK(memory.flags(at + 0x3000) == 0);
  // Writing changes this copy only; MADV_DONTNEED brings the file's bytes back.
  s.Poke(at + 0x1000, 1);
  REQUIRE(s.space.Unmap(at + 0x4000, 0x1000).Take().ok());
  CHECK(file->bytes == TwoPagesAndABit());
  REQUIRE(s.space.Discard(at + 0x1000, 0x1000).Take().ok());
  CHECK(s.Peek(at + 0x1000).value() == 0x62626262);
}

TEST_CASE("A mapping may begin within the file or beyond its end", "[memory]") {
  Space s;
  auto file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  const uint64_t at = s.Map(file, 0x1000, Sharing::kPrivate, kProtRead, 0x1000).value();
  CHECK(s.Peek(at).value() == 0x62626262);
  const uint64_t beyond = s.Map(file, 0x1000, Sharing::kPrivate, kProtRead, 0x8000).value();
  CHECK(s.space.ExplainFault(beyond, kProtRead) == FaultKind::kBeyondFile);
  CHECK(s.Map(file, 0x1000, Sharing::kPrivate, kProtRead, 0x801).error() == Errno::kInval);
  CHECK(s.Map(file, 0x1000, Sharing::kPrivate, kProtRead, UINT64_MAX - 0xfff).error() ==
        Errno::kOverflow);
}

TEST_CASE("A read error fails the mapping and leaves nothing", "[memory]") {
  Space s;
  auto file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  file->fail = true;
  const size_t before = s.space.areas().size();
  CHECK(s.Map(file, 0x3000, Sharing::kPrivate, kProtRead).error() == Errno::kIo);
  CHECK(s.space.areas().size() == before);
}

TEST_CASE("Shared writable pages reach the file by msync and munmap, changed ones only",
          "[memory]") {
  Space s;
  auto file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  const uint64_t at = s.Map(file, 0x3000, Sharing::kShared, kReadWrite).value();
  s.Poke(at + 0x1000, 0x7a7a7a7a);
  CHECK(file->bytes == TwoPagesAndABit());
  REQUIRE(s.space.Sync(at, 0x3000).Take().ok());
  CHECK(file->writes == 1);
  CHECK(file->bytes.substr(0x1000, 5) == "zzzzb");
  // The file changes behind the mapping's back; an unchanged page doesn't undo that.
  file->bytes[0] = '!';
  s.Poke(at + 0x2000, 0x6c696148);
  s.Poke(at + 0x2008, 5);  // beyond the end: goes nowhere
  REQUIRE(s.space.Unmap(at, 0x3000).Take().ok());
  CHECK(file->bytes.size() == TwoPagesAndABit().size());
  CHECK(file->bytes.substr(0x2000) == "Hail");
  CHECK(file->bytes[0] == '!');
  CHECK(file->writes == 2);
}

TEST_CASE("Splitting and moving a shared mapping keeps track of its changes", "[memory]") {
  Space s;
  auto file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  const uint64_t at = s.Map(file, 0x2000, Sharing::kShared, kReadWrite).value();
  REQUIRE(s.space.Protect(at, 0x1000, kProtRead).ok());
  s.Poke(at + 0x1000, 0x31313131);
  const uint64_t moved =
      s.space.Remap({at + 0x1000, 0x1000, 0x1000, true, 0x2000'0000}).Take().value();
  s.Poke(moved + 4, 0x32323232);
  REQUIRE(s.space.SyncAll().Take().ok());
  CHECK(file->bytes.substr(0x1000, 9) == "11112222b");
}

TEST_CASE("mprotect can't give what the descriptor could not", "[memory]") {
  Space s;
  MapRequest request;
  request.length = 0x1000;
  request.protection = kProtRead;
  request.maximum_protection = kProtRead | kProtExecute;
  request.sharing = Sharing::kShared;
  request.file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  const uint64_t at = s.space.Map(request).Take().value();
  CHECK(s.space.Protect(at, 0x1000, kReadWrite).error() == Errno::kAcces);
  CHECK(s.space.Protect(at, 0x1000, kProtRead | kProtExecute).ok());
}

TEST_CASE("A file shorter than when it was mapped is no trouble", "[memory]") {
  Space s;
  auto file = std::make_shared<FakeMappedFile>(TwoPagesAndABit());
  const uint64_t at = s.Map(file, 0x3000, Sharing::kShared, kReadWrite).value();
  s.Poke(at + 0x1800, 7);
  s.Poke(at + 0x10, 0x33333333);
  file->bytes.resize(0x12);
  REQUIRE(s.space.Unmap(at, 0x3000).Take().ok());
  CHECK(file->bytes == std::string(16, 'a') + "33");
}

}  // namespace
}  // namespace elfin::memory
