#include <catch2/catch.hpp>

#include "runtime/memory/address_space.h"
#include "tests/lib/fake_mapped_file.h"
#include "tests/lib/fake_process_memory.h"

namespace elfin::memory {
namespace {

constexpr uint8_t kReadWrite = kProtRead | kProtWrite;

struct Space {
  Space() : space(std::make_unique<testing::FakeProcessMemory>()) {
    REQUIRE(space.Arrange(0x0101'0000, 0x80'0000).ok());
  }
  uint64_t Map(uint64_t length, uint64_t address = 0) {
    MapRequest request;
    request.length = length;
    request.protection = kReadWrite;
    request.address = address;
    if (address != 0) request.placement = Placement::kFixed;
    return space.Map(request).Take().value();
  }
  Result<uint64_t> Remap(uint64_t at, uint64_t from, uint64_t to, bool may_move,
                         std::optional<uint64_t> fixed = std::nullopt) {
    return space.Remap({at, from, to, may_move, fixed}).Take();
  }
  void Poke(uint64_t address, uint64_t value) {
    REQUIRE(space.CopyOut(GuestPtr<uint64_t>{{address}}, value).ok());
  }
  Result<uint64_t> Peek(uint64_t address) { return space.CopyIn(GuestPtr<uint64_t>{{address}}); }

  AddressSpace space;
};

TEST_CASE("mremap grows in place where there is room", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x2000);
  s.Poke(at, 11);
  CHECK(s.Remap(at, 0x2000, 0x8000, false).value() == at);
  CHECK(s.Peek(at).value() == 11);
  CHECK(s.Peek(at + 0x7ff8).value() == 0);
  CHECK(s.Remap(at, 0x8000, 0x1000, false).value() == at);
  CHECK(s.Peek(at + 0x1000).error() == Errno::kFault);
}

TEST_CASE("mremap moves where there is none", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x2000);
  s.Map(0x1000, at + 0x2000);
  REQUIRE(s.space.Protect(at + 0x2000, 0x1000, kProtRead).ok());
  s.Poke(at + 0x1000, 12);
  CHECK(s.Remap(at, 0x2000, 0x4000, false).error() == Errno::kNoMem);
  const uint64_t moved = s.Remap(at, 0x2000, 0x4000, true).value();
  CHECK(moved == at + 0x3000);
  CHECK(s.Peek(moved + 0x1000).value() == 12);
  CHECK(s.Peek(moved + 0x3000).value() == 0);
  CHECK(s.Peek(at).error() == Errno::kFault);
  // What it left behind reads zero when mapped again.
  CHECK(s.Map(0x2000) == at);
  CHECK(s.Peek(at + 0x1000).value() == 0);
}

TEST_CASE("mremap to a fixed place replaces what is there", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x2000);
  const uint64_t target = 0x2000'0000;
  s.Map(0x4000, target);
  s.Poke(target + 0x1000, 1);
  s.Poke(target + 0x3000, 2);
  s.Poke(at + 0x1000, 13);
  CHECK(s.Remap(at, 0x2000, 0x2000, true, target).value() == target);
  CHECK(s.Peek(target + 0x1000).value() == 13);
  CHECK(s.Peek(target + 0x3000).value() == 2);
  CHECK(s.Remap(target, 0x2000, 0x2000, true, target + 0x1000).error() == Errno::kInval);
  CHECK(s.Remap(target, 0x2000, 0x2000, true, 0x1000).error() == Errno::kPerm);
}

TEST_CASE("mremap refuses nonsense", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x2000);
  CHECK(s.Remap(at + 1, 0x1000, 0x2000, true).error() == Errno::kInval);
  CHECK(s.Remap(at, 0x1000, 0, true).error() == Errno::kInval);
  CHECK(s.Remap(at, 0, 0x1000, true).error() == Errno::kInval);  // private
  CHECK(s.Remap(at + 0x10'0000, 0x1000, 0x2000, true).error() == Errno::kFault);
  CHECK(s.Remap(at, 0x3000, 0x4000, true).error() == Errno::kFault);
  CHECK(s.Remap(at, 0x2000, UINT64_MAX - 0x2000, true).error() == Errno::kNoMem);
}

TEST_CASE("mremap of a file mapping maps more of the file", "[memory]") {
  Space s;
  auto file = std::make_shared<testing::FakeMappedFile>(std::string(0x1000, 'a') +
                                                        std::string(0x1000, 'b'));
  MapRequest request;
  request.length = 0x1000;
  request.protection = kReadWrite;
  request.file = file;
  const uint64_t at = s.space.Map(request).Take().value();
  CHECK(s.Remap(at, 0x1000, 0x3000, false).value() == at);
  CHECK(s.Peek(at + 0x1000).value() == 0x6262626262626262);
  CHECK(s.Peek(at + 0x2000).error() == Errno::kFault);
  CHECK(s.space.ExplainFault(at + 0x2000, kProtRead) == FaultKind::kBeyondFile);
}

}  // namespace
}  // namespace elfin::memory
