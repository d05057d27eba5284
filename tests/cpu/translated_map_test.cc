// Counting, requests, and the map of translated code: entering, dropping, what is still current.
#include "runtime/cpu/translated_map.h"

#include <catch2/catch.hpp>

#include "tests/cpu/translating_guest.h"

namespace elfin::cpu {
namespace {

using fuzz::kCode;

constexpr uint32_t At(uint32_t offset) { return static_cast<uint32_t>(kCode) + offset; }
constexpr unsigned kRcx = 1;

void PutLoop(TranslatingGuest& guest) {
  guest.Put(kCode, {0xff, 0xc9, 0x75, 0xfc, 0xcc});  // top: dec ecx; jnz top; int3
}

/// Selects the region at `entry` and installs it alone in a module.
uint32_t Install(TranslatingGuest& guest, uint64_t entry, uint32_t slot,
                 std::vector<uint32_t> entries = {}) {
  REQUIRE(guest.Select(entry));
  entries.insert(entries.begin(), static_cast<uint32_t>(entry));
  const uint32_t module = BeginModule(guest.state());
  REQUIRE(InstallRegion(guest.state(), module, slot, guest.buffer(), entries.data(),
                        static_cast<uint32_t>(entries.size())));
  return module;
}

TEST_CASE("A block asks once, after as many runs as the threshold says") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.state().gpr[kRcx] = 5;
  CHECK(guest.RunFrom(kCode) == ExitReason::kTrap);
  CHECK(TakeRequest(guest.state()) == 0);
  guest.state().gpr[kRcx] = 100;
  CHECK(guest.RunFrom(kCode) == ExitReason::kTrap);
  CHECK(guest.state().gpr[kRcx] == 0);
  CHECK(TakeRequest(guest.state()) == kCode);
  CHECK(TakeRequest(guest.state()) == 0);
  CHECK(guest.code().counters.requests == 1);
  CHECK(guest.code().counters.instructions == guest.state().instructions);
}

TEST_CASE("Without translation nothing counts") {
  TranslatingGuest guest(0, TranslationMode::kOff);
  PutLoop(guest);
  guest.state().gpr[kRcx] = 9;
  CHECK(guest.RunFrom(kCode) == ExitReason::kTrap);
  CHECK(ContextOf(guest.state()).translated == nullptr);
  CHECK(TakeRequest(guest.state()) == 0);
  CHECK_FALSE(guest.Select(kCode));
  UsePageChecks(guest.state());
}

TEST_CASE("The list of requests is bounded, and who finds it full asks later") {
  TranslatingGuest guest(0);
  for (uint32_t n = 0; n < 600; ++n) guest.Put(kCode + 2 * n, {0xeb, 0x00});
  CHECK(guest.RunFrom(kCode) == ExitReason::kTrap);
  CHECK(TakeRequest(guest.state()) == At(0));
  CHECK(TakeRequest(guest.state()) == At(2));
  uint32_t taken = 2;
  while (TakeRequest(guest.state()) != 0) ++taken;
  CHECK(taken == TranslatedCode::kMaxRequests);
  CHECK(guest.RunFrom(kCode) == ExitReason::kTrap);
  CHECK(TakeRequest(guest.state()) == At(2 * TranslatedCode::kMaxRequests));
}

TEST_CASE("In synchronous mode the cpu leaves before the block, and then goes on") {
  TranslatingGuest guest(2, TranslationMode::kSynchronous);
  PutLoop(guest);
  guest.state().gpr[kRcx] = 10;
  CHECK(guest.RunFrom(kCode, 100) == ExitReason::kTranslate);
  CHECK(guest.state().rip == kCode);
  CHECK(guest.state().gpr[kRcx] == 8);
  CHECK(guest.state().instructions == 4);
  CHECK(guest.state().budget == 96);
  CHECK(Run(guest.state()) == ExitReason::kTrap);
  CHECK(guest.state().gpr[kRcx] == 0);

  TranslatingGuest first(0, TranslationMode::kSynchronous);
  PutLoop(first);
  CHECK(first.RunFrom(kCode) == ExitReason::kTranslate);
  CHECK(first.state().instructions == 0);
}

TEST_CASE("What is expected is asked for soon, once, and then counts as any other") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  REQUIRE(Expect(guest.state(), At(0)));
  REQUIRE(Expect(guest.state(), At(0)));
  CHECK(guest.code().entry_pool.live == 1);
  CHECK(FindSlot(guest.code(), At(0)) == 0);
  guest.state().gpr[kRcx] = 20;
  CHECK(guest.RunFrom(kCode) == ExitReason::kTranslate);
  CHECK(guest.state().rip == kCode);
  CHECK(guest.state().gpr[kRcx] == 20 - TranslatedCode::kExpectedRuns);
  CHECK(guest.code().entry_pool.live == 0);
  ArmBlock(guest.state(), const_cast<GuestBlock*>(guest.Seen(kCode)));
  CHECK(Run(guest.state()) == ExitReason::kTrap);
  CHECK(guest.state().gpr[kRcx] == 0);
  CHECK(TakeRequest(guest.state()) == kCode);
}

TEST_CASE("What is expected gives way to a translation, and a block that has run learns of it") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Seen(kCode);
  REQUIRE(Expect(guest.state(), At(0)));
  Install(guest, kCode, 70);
  CHECK(FindSlot(guest.code(), At(0)) == 70);
  CHECK_FALSE(TakeExpected(guest.state(), At(0)));
  Invalidate(guest.state(), kCode, kCode + 1);
  CHECK(FindSlot(guest.code(), At(0)) == 0);
  CHECK(TakeExpected(guest.state(), At(0)));
  CHECK_FALSE(TakeExpected(guest.state(), At(0)));
  uint32_t count = 0;
  while (Expect(guest.state(), At(0x100) + count)) ++count;
  CHECK(count == TranslatedCode::kMaxEntries / 2 - 1);
}

TEST_CASE("A slot's next function need not know the addresses of the one before") {
  TranslatingGuest guest(0);
  PutLoop(guest);
  guest.Put(kCode + 0x100, {0xc3});
  // Asked for twice, before the first answer came.
  REQUIRE(guest.Select(kCode));
  const uint32_t* words = guest.buffer();
  const std::vector<uint32_t> again(words, words + words[jit::kRegionSize] / sizeof(uint32_t));
  Install(guest, kCode, 70, {At(4)});
  const uint32_t other = Install(guest, kCode + 0x100, 71, {At(2)});
  CHECK(LookUpSlot(guest.code(), At(4)) == 70);
  const uint32_t entry = At(0), module = BeginModule(guest.state());
  REQUIRE(InstallRegion(guest.state(), module, 70, again.data(), &entry, 1));
  CHECK(LookUpSlot(guest.code(), At(0)) == 70);
  CHECK(LookUpSlot(guest.code(), At(4)) == 0);
  CHECK(LookUpSlot(guest.code(), At(2)) == 71);
  CHECK(guest.code().modules[other].first_entry != 0);
  CHECK(guest.code().entry_pool.live == 3);
  RetireAll(guest.state());
  CHECK(guest.code().entry_pool.live == 0);
}

TEST_CASE("Entries are found by map and jump cache until their code changes") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Put(kCode + 0x100, {0xc3});
  guest.Seen(kCode);
  guest.Seen(kCode + 4);
  guest.Seen(kCode + 0x100);
  Install(guest, kCode, 70, {At(4)});
  Install(guest, kCode + 0x100, 71);
  CHECK(LookUpSlot(guest.code(), At(0)) == 70);
  CHECK(LookUpSlot(guest.code(), At(4)) == 70);
  CHECK(LookUpSlot(guest.code(), At(0x100)) == 71);
  CHECK(LookUpSlot(guest.code(), At(0x200)) == 0);
  CHECK(guest.code().counters.lookups == 4);
  CHECK(LookUpSlot(guest.code(), At(4)) == 70);
  CHECK(guest.code().counters.lookups == 4);
  const GuestBlock* block = guest.Seen(kCode);
  CHECK(const_cast<GuestBlock*>(block)->insns()->handler != block->first_handler);
  CHECK_FALSE(guest.Select(kCode));

  Invalidate(guest.state(), kCode + 3, kCode + 4);
  CHECK(LookUpSlot(guest.code(), At(0)) == 0);
  CHECK(LookUpSlot(guest.code(), At(4)) == 0);
  CHECK(LookUpSlot(guest.code(), At(0x100)) == 71);
  CHECK(guest.code().counters.retired == 1);
  CHECK(guest.Seen(kCode) != block);
  CHECK(guest.Select(kCode));
}

TEST_CASE("A region's own entry comes before another's further entry, and uncovers it again") {
  TranslatingGuest guest(0);
  PutLoop(guest);
  guest.Put(kCode + 0x1000, {0xc3});
  guest.Seen(kCode);
  guest.Seen(kCode + 0x1000);
  REQUIRE(guest.Select(kCode + 0x1000));
  std::vector<uint32_t> other(guest.buffer(), guest.buffer() + guest.buffer()[0] / 4);
  Install(guest, kCode, 70, {At(0x1000)});
  CHECK(FindSlot(guest.code(), At(0x1000)) == 70);
  const uint32_t entry = At(0x1000);
  REQUIRE(InstallRegion(guest.state(), BeginModule(guest.state()), 71, other.data(), &entry, 1));
  CHECK(FindSlot(guest.code(), At(0x1000)) == 71);
  Invalidate(guest.state(), kCode + 0x1000, kCode + 0x1001);
  CHECK(FindSlot(guest.code(), At(0x1000)) == 70);
}

TEST_CASE("A module goes with all its regions") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Put(kCode + 0x1000, {0xc3});
  guest.Seen(kCode);
  guest.Seen(kCode + 0x1000);
  const uint32_t module = Install(guest, kCode, 70);
  REQUIRE(guest.Select(kCode + 0x1000));
  const uint32_t entry = At(0x1000);
  REQUIRE(InstallRegion(guest.state(), module, 71, guest.buffer(), &entry, 1));
  Invalidate(guest.state(), kCode, kCode + 1);
  CHECK(FindSlot(guest.code(), At(0x1000)) == 0);
  CHECK(guest.code().live_modules == 0);
}

TEST_CASE("Translations and their marks outlive a flush of the decode cache") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Seen(kCode);
  Install(guest, kCode, 70);
  CpuContext& context = ContextOf(guest.state());
  const uint64_t flushes = context.flushes;
  context.next = context.end;  // full
  guest.Seen(kCode + 4);
  REQUIRE(context.flushes == flushes + 1);
  GuestBlock* block = guest.Seen(kCode);
  CHECK(block->insns()->handler != block->first_handler);
  CHECK((PageMap(guest.state())[kCode >> kPageShift] & kPageDecoded) != 0);
  CHECK(FindSlot(guest.code(), At(0)) == 70);
}

TEST_CASE("A region is current while bytes, permissions and options are the same") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Seen(kCode);
  REQUIRE(guest.Select(kCode));
  CHECK(IsRegionCurrent(guest.state(), guest.buffer()));
  guest.Put(kCode + 3, {0xfb});
  CHECK_FALSE(IsRegionCurrent(guest.state(), guest.buffer()));
  guest.Put(kCode + 3, {0xfc});
  guest.subject().SetPages(kCode, kCode + 0x1000, kPageRead);
  CHECK_FALSE(IsRegionCurrent(guest.state(), guest.buffer()));
  guest.subject().SetPages(kCode, kCode + 0x1000, kPageRead | kPageExecute);
  CHECK(IsRegionCurrent(guest.state(), guest.buffer()));
  UsePageChecks(guest.state());
  CHECK_FALSE(IsRegionCurrent(guest.state(), guest.buffer()));
}

TEST_CASE("Code in a page that can be written switches page checks on") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Seen(kCode);
  Install(guest, kCode, 70);
  guest.subject().SetPages(kCode + 0x1000, kCode + 0x2000, kPageRead | kPageWrite | kPageExecute);
  CHECK(guest.code().options == 0);
  guest.Seen(kCode + 0x1000);
  CHECK(guest.code().options == jit::kPageChecks);
  CHECK(FindSlot(guest.code(), At(0)) == 0);
  REQUIRE(guest.Select(kCode));
  CHECK(guest.Region().options == jit::kPageChecks);
}

TEST_CASE("Modules come and go many times over") {
  TranslatingGuest guest(5);
  for (uint32_t n = 0; n < 64; ++n) guest.Put(kCode + 2 * n, {0x90, 0xc3});
  for (uint32_t round = 0; round < 2000; ++round) {
    const uint32_t at = 2 * (round % 64);
    guest.Seen(kCode + at);
    Install(guest, kCode + at, 100 + at, {At(at) + 1});
    if (round >= 32) {
      const uint64_t old = kCode + 2 * ((round - 32) % 64);
      Invalidate(guest.state(), old, old + 1);
    }
  }
  CHECK(guest.code().module_pool.live == 32);
  CHECK(guest.code().entry_pool.live == 64);
  CHECK(guest.code().range_pool.live == 32);
  CHECK(guest.code().module_pool.used <= 34);
}

TEST_CASE("When there is no room the oldest modules go") {
  TranslatingGuest guest(5);
  PutLoop(guest);
  guest.Seen(kCode);
  REQUIRE(guest.Select(kCode));
  std::vector<uint32_t> entries(100);
  uint32_t address = 0x400'0000;
  for (uint32_t n = 0; n < 400; ++n) {
    for (uint32_t& entry : entries) entry = address += 16;
    const uint32_t module = BeginModule(guest.state());
    REQUIRE(InstallRegion(guest.state(), module, 7, guest.buffer(), entries.data(), 100));
  }
  // A quarter of the map stays free, so there is always room for one module more.
  const uint64_t kept = guest.code().module_pool.live;
  CHECK(kept == guest.code().entry_pool.live / 100);
  CHECK(guest.code().entry_pool.live > TranslatedCode::kMaxEntries * 3 / 4 - 200);
  CHECK(guest.code().counters.retired == 400 - kept);
  CHECK(FindSlot(guest.code(), address) == 7);
  const uint32_t oldest_kept = address - static_cast<uint32_t>(16 * (100 * kept - 1));
  CHECK(FindSlot(guest.code(), oldest_kept) == 7);
  CHECK(FindSlot(guest.code(), oldest_kept - 16) == 0);
  CHECK(FindSlot(guest.code(), 0x400'0010) == 0);
}

}  // namespace
}  // namespace elfin::cpu
