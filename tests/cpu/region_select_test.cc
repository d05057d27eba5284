// Which blocks become a region: graph shapes, bounds, what is not followed.
#include "runtime/cpu/region_select.h"

#include <catch2/catch.hpp>

#include "tests/cpu/translating_guest.h"

namespace elfin::cpu {
namespace {

using fuzz::kCode;

constexpr uint32_t At(uint32_t offset) { return static_cast<uint32_t>(kCode) + offset; }

TEST_CASE("A loop is a region of its blocks, with their bytes") {
  TranslatingGuest guest(100);
  guest.Put(kCode, {0xff, 0xc9, 0x75, 0xfc});  // top: dec ecx; jnz top
  guest.Put(kCode + 4, {0x90, 0xc3});          // nop; ret
  guest.Seen(kCode);
  guest.Seen(kCode + 4);
  REQUIRE(guest.Select(kCode));
  const RegionText region = guest.Region();
  CHECK(region.entry == kCode);
  CHECK(region.options == 0);
  CHECK(region.addresses == Addresses{At(0), At(4)});
  CHECK(region.ends == Addresses{At(4), At(6)});
  CHECK(region.calls.empty());
  CHECK(region.code == std::vector<uint8_t>{0xff, 0xc9, 0x75, 0xfc, 0x90, 0xc3});
  CHECK(region.size == 4 * (jit::kRegionHeaderWords + 2 * 2) + 8);
}

TEST_CASE("Blocks that have not run stay out, unless the threshold is 0") {
  // jz +2; jmp +2; (4) jmp +0; (6) ret — the middle has not run
  for (const uint32_t threshold : {5u, 0u}) {
    TranslatingGuest guest(threshold);
    guest.Put(kCode, {0x74, 0x02, 0xeb, 0x02, 0xeb, 0x00, 0xc3});
    guest.Seen(kCode);
    guest.Seen(kCode + 2);
    guest.Seen(kCode + 6);
    REQUIRE(guest.Select(kCode));
    const Addresses all = {At(0), At(2), At(4), At(6)};
    const Addresses seen = {At(0), At(2), At(6)};
    CHECK(guest.Region().addresses == (threshold == 0 ? all : seen));
  }
}

TEST_CASE("What can't be fetched is left out silently with threshold 0") {
  TranslatingGuest guest(0);
  guest.Put(kCode, {0x0f, 0x84, 0xfa, 0xff, 0x0f, 0x00});  // jz far away, where nothing is
  guest.Put(kCode + 6, {0xc3});
  guest.Seen(kCode);
  guest.state().trap = {TrapKind::kDivide, 7, 8};
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().addresses == Addresses{At(0), At(6)});
  CHECK(guest.state().trap.kind == TrapKind::kDivide);
}

TEST_CASE("Calls are listed once and gone over; system calls too") {
  TranslatingGuest guest(0);
  guest.Put(kCode, {0xe8, 0xfb, 0x00, 0x00, 0x00,    // call kCode + 0x100
                    0xe8, 0xf6, 0x00, 0x00, 0x00,    // call kCode + 0x100
                    0xe8, 0x00, 0x00, 0x00, 0x00,    // call the next
                    0x0f, 0x05, 0xff, 0xd0, 0xc3});  // syscall; call rax; ret
  guest.Put(kCode + 0x100, {0xc3});
  guest.Seen(kCode);
  guest.Seen(kCode + 0x100);
  REQUIRE(guest.Select(kCode));
  const RegionText region = guest.Region();
  CHECK(region.addresses == Addresses{At(0), At(5), At(10), At(15), At(17), At(19)});
  CHECK(region.calls == Addresses{At(15), At(0x100)});
  CHECK(region.slots == Addresses{0, 0});
}

TEST_CASE("Returns, indirect jumps and traps end a path") {
  TranslatingGuest guest(0);
  for (const auto& end : {std::vector<uint8_t>{0xc3}, {0xff, 0xe0}, {0x0f, 0x0b}, {0xf4}}) {
    TranslatingGuest fresh(0);
    std::memcpy(fresh.subject().At(kCode), end.data(), end.size());
    fresh.Seen(kCode);
    REQUIRE(fresh.Select(kCode));
    CHECK(fresh.Region().addresses == Addresses{At(0)});
  }
}

TEST_CASE("An indirect jump goes where the interpreter saw it go") {
  TranslatingGuest guest(kPlenty);
  guest.Put(kCode, {0xff, 0xe0});                     // jmp rax
  guest.Put(kCode + 0x10, {0xff, 0xc1, 0xf4});        // inc ecx; hlt
  guest.Put(kCode + 0x20, {0xff, 0xc2, 0xeb, 0xec});  // inc edx; jmp to the former
  for (uint64_t target : {kCode + 0x20, kCode + 0x10, kCode + 0x20}) {
    guest.state().gpr[0] = target;
    CHECK(guest.RunFrom(kCode) == ExitReason::kTrap);
  }
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().addresses == Addresses{At(0), At(0x10), At(0x20)});
  CHECK(guest.Region().jumps == Addresses{At(0x10), At(0x20)});
  // Of another jump nothing is known.
  guest.Put(kCode + 0x30, {0xff, 0xe0});
  guest.Seen(kCode + 0x30);
  REQUIRE(guest.Select(kCode + 0x30));
  CHECK(guest.Region().jumps.empty());
  CHECK(guest.Region().addresses == Addresses{At(0x30)});
}

TEST_CASE("Of a jump with more targets than a region may have none is followed") {
  TranslatingGuest guest(kPlenty);
  guest.Put(kCode, {0xff, 0xe0});  // jmp rax
  for (uint32_t n = 0; n < 2 * jit::kMaxRegionJumps; ++n) {
    guest.Put(kCode + 0x100 + n, {0xf4});
    guest.state().gpr[0] = kCode + 0x100 + n;
    guest.RunFrom(kCode);
  }
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().jumps.empty());
  CHECK(guest.Region().addresses == Addresses{At(0)});
}

TEST_CASE("A block that nothing ends goes on in the next") {
  TranslatingGuest guest(0);
  std::memset(guest.subject().At(kCode), 0x90, 2 * decoder::kMaxBlockInsns);
  guest.Put(kCode + 2 * decoder::kMaxBlockInsns, {0xc3});
  guest.Seen(kCode);
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().addresses == Addresses{At(0), At(64), At(128)});
}

TEST_CASE("Blocks may overlap") {
  TranslatingGuest guest(5);
  guest.Put(kCode, {0x90, 0x90, 0x75, 0xfd, 0xc3});  // nop; nop; jnz the second nop; ret
  guest.Seen(kCode);
  guest.Seen(kCode + 1);
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().addresses == Addresses{At(0), At(1)});
  CHECK(guest.Region().ends == Addresses{At(4), At(4)});
}

TEST_CASE("The nearest blocks come first when there are too many") {
  TranslatingGuest guest(0);
  for (uint32_t n = 0; n < 1500; ++n) guest.Put(kCode + 2 * n, {0xeb, 0x00});  // jmp the next
  guest.Seen(kCode);
  REQUIRE(guest.Select(kCode));
  const RegionText region = guest.Region();
  REQUIRE(region.addresses.size() == jit::kMaxRegionBlocks);
  CHECK(region.addresses.back() == At(2 * (jit::kMaxRegionBlocks - 1)));
}

TEST_CASE("Instructions and calls are bounded") {
  TranslatingGuest guest(0);
  std::memset(guest.subject().At(kCode), 0x90, 1500);
  guest.Seen(kCode);
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().code.size() <= jit::kMaxRegionInsns);
  CHECK(guest.Region().code.size() > jit::kMaxRegionInsns - decoder::kMaxBlockInsns);

  TranslatingGuest calling(0);
  for (uint32_t n = 0; n < 300; ++n) {
    const uint32_t distance = 0x1000 + n - (5 * n + 5);
    calling.Put(kCode + 5 * n,
                {0xe8, static_cast<uint8_t>(distance), static_cast<uint8_t>(distance >> 8),
                 static_cast<uint8_t>(distance >> 16), static_cast<uint8_t>(distance >> 24)});
  }
  calling.Seen(kCode);
  REQUIRE(calling.Select(kCode));
  CHECK(calling.Region().calls.size() == jit::kMaxRegionCalls);
  CHECK(calling.Region().addresses.size() == jit::kMaxRegionCalls);
}

TEST_CASE("Stale blocks are no part of it, and no entry") {
  TranslatingGuest guest(5);
  guest.Put(kCode, {0x75, 0x10, 0xc3});
  guest.Put(kCode + 0x12, {0xc3});
  guest.Seen(kCode);
  guest.Seen(kCode + 2);
  guest.Seen(kCode + 0x12);
  Invalidate(guest.state(), kCode + 0x12, kCode + 0x13);
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().addresses == Addresses{At(0), At(2)});
  CHECK_FALSE(guest.Select(kCode + 0x12));
  CHECK_FALSE(guest.Select(kCode + 0x40));
}

}  // namespace
}  // namespace elfin::cpu
