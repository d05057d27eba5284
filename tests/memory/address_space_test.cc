#include "runtime/memory/address_space.h"

#include <catch2/catch.hpp>

#include "tests/lib/fake_process_memory.h"

namespace elfin::memory {
namespace {

using testing::FakeProcessMemory;

constexpr uint8_t kReadWrite = kProtRead | kProtWrite;
constexpr uint64_t kImageEnd = 0x0101'0000;

struct Space {
  Space() : Space(0x4000'0000) {}
  explicit Space(uint64_t limit) {
    auto owned = std::make_unique<FakeProcessMemory>(limit);
    fake = owned.get();
    space = std::make_unique<AddressSpace>(std::move(owned));
    REQUIRE(space->Arrange(kImageEnd, 0x80'0000).ok());
  }
  Result<uint64_t> Map(uint64_t length, uint8_t protection = kReadWrite, uint64_t address = 0,
                       Placement placement = Placement::kAnywhere) {
    MapRequest request;
    request.length = length;
    request.protection = protection;
    request.address = address;
    request.placement = placement;
    return space->Map(request).Take();
  }
  Status Poke(uint64_t address, uint64_t value) {
    return space->CopyOut(GuestPtr<uint64_t>{{address}}, value);
  }
  Result<uint64_t> Peek(uint64_t address) { return space->CopyIn(GuestPtr<uint64_t>{{address}}); }
  Errno MapError(uint64_t length, uint64_t address, Placement placement) {
    return Map(length, kReadWrite, address, placement).error();
  }

  FakeProcessMemory* fake;
  std::unique_ptr<AddressSpace> space;
};

TEST_CASE("A new program's layout follows the address map", "[memory]") {
  Space s;
  const auto& layout = s.space->layout();
  CHECK(layout.heap_start == kImageEnd);
  CHECK(layout.stack_top == kStackTop);
  CHECK(layout.stack_bottom == kStackTop - 0x80'0000);
  CHECK(s.fake->cache_begin == kStackTop);
  CHECK(s.fake->cache_end == kStackTop + kDecodeCacheSize);
  CHECK(s.fake->size() >= s.fake->cache_end);
  CHECK(s.fake->flags(kStackTop) == 0);
  CHECK(s.Poke(kStackTop - 8, 5).ok());
  CHECK(s.Poke(kStackTop - 4, 5).error() == Errno::kFault);
  CHECK(s.Poke(layout.stack_bottom - 8, 5).error() == Errno::kFault);
}

TEST_CASE("A large image moves the stack up by whole steps", "[memory]") {
  AddressSpace space(std::make_unique<FakeProcessMemory>());
  REQUIRE(space.Arrange(0x0a00'0000, 0x80'0000).ok());
  CHECK(space.layout().stack_top == 0x1000'0000);
  AddressSpace full(std::make_unique<FakeProcessMemory>());
  CHECK(full.Arrange(0xf000'0000, 0x80'0000).error() == Errno::kNoMem);
}

TEST_CASE("Anonymous mappings go upward from the libraries' base and read zero", "[memory]") {
  Space s;
  const uint64_t first = s.Map(5000).value();
  CHECK(first == kStackTop + kDecodeCacheSize);
  const uint64_t second = s.Map(1).value();
  CHECK(second == first + 0x2000);
  CHECK(s.Peek(first + 0x1ff8).value() == 0);
  // They differ in nothing, so they are one area.
  CHECK(s.space->areas().rbegin()->second.size() == 0x3000);
  CHECK(s.fake->flags(first) == (kPageRead | kPageWrite));
}

TEST_CASE("Unmapped pages are zero when they come back", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x4000).value();
  REQUIRE(s.Poke(at + 0x1000, 77).ok());
  REQUIRE(s.Poke(at + 0x3000, 78).ok());
  REQUIRE(s.space->Unmap(at + 0x1000, 0x1000).Take().ok());
  CHECK(s.Peek(at + 0x1000).error() == Errno::kFault);
  CHECK(s.fake->flags(at + 0x1000) == 0);
  CHECK(s.Map(0x1000).value() == at + 0x1000);  // the lowest hole
  CHECK(s.Peek(at + 0x1000).value() == 0);
  CHECK(s.Peek(at + 0x3000).value() == 78);
  // Fixed over old pages: zero, too.
  REQUIRE(s.Map(0x4000, kReadWrite, at, Placement::kFixed).ok());
  CHECK(s.Peek(at + 0x3000).value() == 0);
  // Part of a stale range mapped without access and unmapped again: the rest stays stale.
  REQUIRE(s.Poke(at + 0x3000, 79).ok());
  REQUIRE(s.space->Unmap(at, 0x4000).Take().ok());
  REQUIRE(s.Map(0x1000, kNoAccess, at, Placement::kFixed).ok());
  REQUIRE(s.space->Unmap(at, 0x1000).Take().ok());
  REQUIRE(s.Map(0x4000, kReadWrite, at, Placement::kFixed).ok());
  CHECK(s.Peek(at + 0x3000).value() == 0);
}

TEST_CASE("A reservation takes addresses, not memory", "[memory]") {
  Space s;
  const uint64_t before = s.fake->size();
  const uint64_t at = s.Map(0x4000'0000, kNoAccess).value();
  CHECK(s.fake->size() == before);
  CHECK(s.Peek(at).error() == Errno::kFault);
  REQUIRE(s.space->Protect(at + 0x10'0000, 0x1000, kReadWrite).ok());
  CHECK(s.fake->size() > before);
  CHECK(s.fake->size() < at + 0x200'0000);
  CHECK(s.Poke(at + 0x10'0000, 3).ok());
  CHECK(s.Peek(at + 0x10'1000).error() == Errno::kFault);
  // Access taken away and given back keeps the bytes.
  REQUIRE(s.space->Protect(at + 0x10'0000, 0x1000, kNoAccess).ok());
  REQUIRE(s.space->Protect(at + 0x10'0000, 0x1000, kProtRead).ok());
  CHECK(s.Peek(at + 0x10'0000).value() == 3);
  CHECK(s.Poke(at + 0x10'0000, 3).error() == Errno::kFault);
}

TEST_CASE("Fixed placement knows its bounds", "[memory]") {
  Space s;
  CHECK(s.MapError(0x1000, 0x1000, Placement::kFixed) == Errno::kPerm);
  CHECK(s.MapError(0x1000, 0, Placement::kFixed) == Errno::kPerm);
  CHECK(s.MapError(0x1000, kGuestBegin + 1, Placement::kFixed) == Errno::kInval);
  CHECK(s.MapError(0x1000, kGuestEnd, Placement::kFixed) == Errno::kNoMem);
  CHECK(s.MapError(0x2000, kGuestEnd - 0x1000, Placement::kFixed) == Errno::kNoMem);
  CHECK(s.MapError(UINT64_MAX - 5, 0, Placement::kAnywhere) == Errno::kNoMem);
  CHECK(s.MapError(0, 0, Placement::kAnywhere) == Errno::kInval);
  CHECK(s.MapError(0x1000, kStackTop, Placement::kFixed) == Errno::kNoMem);  // the cpu's
  CHECK(s.MapError(0x1000, kStackTop - 0x1000, Placement::kFixedNoReplace) == Errno::kExist);
  CHECK(s.Map(0x1000, kReadWrite, kGuestBegin, Placement::kFixed).value() == kGuestBegin);
  // A hint is taken where it is free, rounded down; else the mapping goes elsewhere.
  CHECK(s.Map(0x1000, kReadWrite, 0x2000'0123).value() == 0x2000'0000);
  CHECK(s.Map(0x1000, kReadWrite, 0x2000'0000).value() == kStackTop + kDecodeCacheSize);
}

TEST_CASE("Memory that the engine refuses is ENOMEM and changes nothing", "[memory]") {
  Space s(0x1000'0000);
  const uint64_t at = s.Map(0x1000).value();
  REQUIRE(s.Poke(at, 9).ok());
  CHECK(s.MapError(0x2000'0000, 0, Placement::kAnywhere) == Errno::kNoMem);
  CHECK(s.MapError(0x2000'0000, at, Placement::kFixed) == Errno::kNoMem);
  CHECK(s.Peek(at).value() == 9);
}

TEST_CASE("mprotect splits, merges and stops at holes", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x5000).value();
  const size_t count = s.space->areas().size();
  REQUIRE(s.space->Protect(at + 0x1000, 0x1000, kProtRead).ok());
  CHECK(s.space->areas().size() == count + 2);
  CHECK(s.fake->flags(at + 0x1000) == kPageRead);
  REQUIRE(s.space->Protect(at + 0x1000, 0x1000, kReadWrite).ok());
  CHECK(s.space->areas().size() == count);
  REQUIRE(s.space->Unmap(at + 0x2000, 0x1000).Take().ok());
  CHECK(s.space->Protect(at, 0x5000, kProtRead).error() == Errno::kNoMem);
  CHECK(s.fake->flags(at) == kPageRead);
  CHECK(s.fake->flags(at + 0x3000) == (kPageRead | kPageWrite));
  CHECK(s.space->Protect(at + 1, 0x1000, kProtRead).error() == Errno::kInval);
  CHECK(s.space->Protect(at, 0, kProtRead).ok());
  CHECK(s.space->Protect(at, 0x1000, kProtExecute).ok());
  CHECK(s.fake->flags(at) == (kPageRead | kPageExecute));
}

TEST_CASE("brk moves the heap's end within its room", "[memory]") {
  Space s;
  CHECK(s.space->SetBreak(0) == kImageEnd);
  CHECK(s.space->SetBreak(kImageEnd + 100) == kImageEnd + 100);
  CHECK(s.Poke(kImageEnd + 0xff8, 4).ok());
  CHECK(s.Poke(kImageEnd + 0x1000, 4).error() == Errno::kFault);
  CHECK(s.space->SetBreak(kImageEnd + 0x20'0000) == kImageEnd + 0x20'0000);
  CHECK(s.space->SetBreak(kImageEnd) == kImageEnd);
  CHECK(s.Peek(kImageEnd).error() == Errno::kFault);
  CHECK(s.space->SetBreak(kImageEnd + 1) == kImageEnd + 1);
  CHECK(s.Peek(kImageEnd + 0xff8).value() == 0);
  CHECK(s.space->SetBreak(kStackTop) == kImageEnd + 1);
  CHECK(s.space->SetBreak(s.space->layout().stack_bottom) == kImageEnd + 1);
  s.space->limits().data = 0x1'0000;
  CHECK(s.space->SetBreak(kImageEnd + 0x1'0001) == kImageEnd + 1);
  CHECK(s.space->SetBreak(kImageEnd + 0x1'0000) == kImageEnd + 0x1'0000);
}

TEST_CASE("RLIMIT_AS counts addresses", "[memory]") {
  Space s;
  s.space->limits().address_space = s.space->mapped_bytes() + 0x3000;
  CHECK(s.MapError(0x4000, 0, Placement::kAnywhere) == Errno::kNoMem);
  CHECK(s.Map(0x2000).ok());
  CHECK(s.space->SetBreak(kImageEnd + 0x2000) == kImageEnd);
  CHECK(s.space->SetBreak(kImageEnd + 0x1000) == kImageEnd + 0x1000);
}

TEST_CASE("mlock is remembered within its limit", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x4000).value();
  s.space->limits().locked = 0x2000;
  CHECK(s.space->SetLocked(at, 0x3000, true).error() == Errno::kNoMem);
  CHECK(s.space->SetLocked(at, 0x2000, true).ok());
  CHECK(s.space->locked_bytes() == 0x2000);
  CHECK(s.space->Discard(at, 0x1000).Take().error() == Errno::kInval);
  CHECK(s.space->SetLocked(at, 0x2000, false).ok());
  CHECK(s.space->locked_bytes() == 0);
  CHECK(s.space->SetLocked(at + 0x10'0000, 0x1000, true).error() == Errno::kNoMem);
}

TEST_CASE("MADV_DONTNEED gives zeros", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x3000).value();
  REQUIRE(s.Poke(at, 1).ok());
  REQUIRE(s.Poke(at + 0x1000, 2).ok());
  REQUIRE(s.space->Discard(at + 0x1000, 0x1000).Take().ok());
  CHECK(s.Peek(at).value() == 1);
  CHECK(s.Peek(at + 0x1000).value() == 0);
  CHECK(s.space->Discard(at, 0x4000).Take().error() == Errno::kNoMem);
}

TEST_CASE("Kernel copies are checked against the areas", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x2000).value();
  char bytes[0x3000] = {};
  CHECK(s.space->CopyOut(GuestAddr{at + 0x1000}, bytes, 0x1001).error() == Errno::kFault);
  CHECK(s.space->CopyOutPartial(GuestAddr{at + 0x1800}, bytes, 0x1000).value() == 0x800);
  CHECK(s.space->CopyInPartial(GuestAddr{at}, bytes, 0x3000).value() == 0x2000);
  CHECK(s.space->CopyInPartial(GuestAddr{at - 1}, bytes, 5).error() == Errno::kFault);
  CHECK(s.space->CopyIn(GuestAddr{at}, bytes, 0).ok());
  CHECK(s.space->CopyIn(GuestAddr{0x10}, bytes, 0).ok());
  CHECK(s.space->CopyIn(GuestAddr{UINT64_MAX - 3}, bytes, 8).error() == Errno::kFault);
  CHECK(s.space->CopyIn(GuestAddr{kPageMapAddress}, bytes, 8).error() == Errno::kFault);
  CHECK(s.space->CopyIn(GuestAddr{kStackTop + 64}, bytes, 8).error() == Errno::kFault);
  CHECK(s.space->Zero(GuestAddr{at}, 0x2000).ok());
  // Executable and writable: code there is dropped.
  REQUIRE(s.space->Protect(at, 0x1000, kReadWrite | kProtExecute).ok());
  const int before = s.fake->invalidations;
  CHECK(s.space->CopyOut(GuestAddr{at + 16}, bytes, 4).ok());
  CHECK(s.fake->invalidations == before + 1);
}

TEST_CASE("What the host may fill ends where writing does, and counts as written", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x3000).value();
  REQUIRE(s.space->Protect(at + 0x2000, 0x1000, kProtRead).ok());
  CHECK(!s.space->ForeignWritable(GuestAddr{at}, 100));  // no memory of the host's
  s.fake->number = 5;
  const auto part = s.space->ForeignWritable(GuestAddr{at + 0x1800}, 0x1000);
  REQUIRE(part.has_value());
  CHECK(part->memory == 5);
  CHECK(part->address == at + 0x1800);
  CHECK(part->size == 0x800);
  CHECK(!s.space->ForeignWritable(GuestAddr{at + 0x2000}, 1));
  CHECK(!s.space->ForeignWritable(GuestAddr{at - 1}, 1));
  CHECK(!s.space->ForeignWritable(GuestAddr{at}, 0));
  const uint64_t code = s.Map(0x1000, kReadWrite | kProtExecute).value();
  const int before = s.fake->invalidations;
  CHECK(s.space->ForeignWritable(GuestAddr{code}, 16)->size == 16);
  CHECK(s.fake->invalidations == before + 1);
}

TEST_CASE("Strings end at their zero byte or at the edge of what is mapped", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x2000).value();
  REQUIRE(s.space->CopyOut(GuestAddr{at + 0xffd}, "hello", 6).ok());
  CHECK(s.space->CopyInString(GuestAddr{at + 0xffd}, 4096).value() == "hello");
  CHECK(s.space->CopyInString(GuestAddr{at + 0xffd}, 6).value() == "hello");
  CHECK(s.space->CopyInString(GuestAddr{at + 0xffd}, 5).error() == Errno::kNameTooLong);
  REQUIRE(s.space->CopyOut(GuestAddr{at + 0x1ffd}, "xyz", 3).ok());
  CHECK(s.space->CopyInString(GuestAddr{at + 0x1ffd}, 4096).error() == Errno::kFault);
  CHECK(s.space->CopyInString(GuestAddr{at + 0x1ffd}, 3).error() == Errno::kNameTooLong);
  CHECK(s.space->CopyInString(GuestAddr{0}, 3).error() == Errno::kFault);
}

TEST_CASE("A fault's reason is told", "[memory]") {
  Space s;
  const uint64_t at = s.Map(0x1000, kProtRead).value();
  CHECK(s.space->ExplainFault(0x10, kProtRead) == FaultKind::kNotMapped);
  CHECK(s.space->ExplainFault(at, kProtWrite) == FaultKind::kForbidden);
  CHECK(s.space->ExplainFault(at, kProtExecute) == FaultKind::kForbidden);
  CHECK(s.space->ExplainFault(at, kProtRead) == FaultKind::kNone);
}

}  // namespace
}  // namespace elfin::memory
