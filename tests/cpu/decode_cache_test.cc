// The decode cache: dropping it when it is full, and forgetting what was changed from outside.
#include "runtime/cpu/decode_cache.h"

#include <catch2/catch.hpp>

#include <cstring>

#include "jit/semantics/operands.h"
#include "runtime/address_map.h"
#include "tests/cpu/fuzz/both.h"

namespace elfin::cpu {
namespace {

using fuzz::kCache;
using fuzz::kCode;
using fuzz::kCodeEnd;
using fuzz::MakeCase;

constexpr int64_t kPlenty = 1'000'000;

TEST_CASE("A cache that is too small for the program is dropped and the program goes on") {
  fuzz::Subject subject;
  CpuState& state = subject.state();
  ResetCpu(state, state.memory_base, kCache, kCache + sizeof(CpuContext) + 64 * 1024);
  // A page of `jmp +0`, each a block of its own, twice round.
  for (uint64_t at = kCode; at < kCode + kPageSize; at += 2) memcpy(subject.At(at), "\xeb\x00", 2);
  memcpy(subject.At(kCode + kPageSize), "\xff\xc9\x0f\x85\xf8\xef\xff\xff",
         8);  // dec ecx; jnz kCode
  state.gpr[semantics::kRcx] = 2;
  state.rip = kCode;
  state.budget = kPlenty;
  CHECK(Run(state) == ExitReason::kTrap);
  CHECK(state.trap.kind == TrapKind::kBreakpoint);
  CHECK(state.rip == kCode + kPageSize + 9);
  CHECK(state.instructions == 2 * (kPageSize / 2 + 2) + 1);
  CHECK(ContextOf(state).flushes > 2);
}

TEST_CASE("A dropped range is decoded again, the rest is not") {
  fuzz::Subject subject;
  CpuState& state = subject.state();
  const fuzz::Case test = MakeCase({0xb8, 0x01, 0x00, 0x00, 0x00});  // mov eax, 1
  subject.Prepare(test);
  auto run = [&] {
    subject.Load(test.before);
    Run(state);
    return state.gpr[semantics::kRax];
  };
  CHECK(run() == 1);
  const uint64_t blocks = ContextOf(state).blocks;
  CHECK(run() == 1);
  CHECK(ContextOf(state).blocks == blocks);
  subject.At(kCode)[1] = 2;
  Invalidate(state, kCode + 1, kCode + 2);
  CHECK(run() == 2);
  CHECK(ContextOf(state).blocks == blocks + 1);
  const uint64_t generation = state.code_generation;
  Invalidate(state, fuzz::kData, fuzz::kDataEnd);
  CHECK(state.code_generation == generation);
}

TEST_CASE("A page that loses its permission is not run any more") {
  fuzz::Subject subject;
  CpuState& state = subject.state();
  const fuzz::Case test = MakeCase({0xff, 0xc0});
  subject.Prepare(test);
  subject.Load(test.before);
  CHECK(Run(state) == ExitReason::kTrap);
  CHECK(state.trap.kind == TrapKind::kBreakpoint);
  subject.SetPages(kCode, kCodeEnd, kPageRead);
  subject.Load(test.before);
  CHECK(Run(state) == ExitReason::kTrap);
  CHECK(state.trap.kind == TrapKind::kPageFault);
  CHECK(state.trap.address == kCode);
  CHECK(state.trap.access == (kTrapPresent | kTrapUser | kTrapFetch));
}

}  // namespace
}  // namespace elfin::cpu
