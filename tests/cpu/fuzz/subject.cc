#include "tests/cpu/fuzz/subject.h"

#include <sys/mman.h>

#include <cstring>

#include "runtime/address_map.h"
#include "runtime/base/check.h"
#include "tests/cpu/fuzz/oracle.h"

namespace elfin::fuzz {
namespace {

constexpr uint64_t kReserved = uint64_t{1} << 32;
constexpr int64_t kBudget = 1'000'000;

int64_t OnSyscall(void*, uint64_t, const uint64_t*) { return cpu::kSyscallLeave; }

Ending EndingOf(const cpu::CpuState& state, cpu::ExitReason reason) {
  switch (reason) {
    case cpu::ExitReason::kTrap: {
      const bool page_fault = state.trap.kind == cpu::TrapKind::kPageFault;
      return {static_cast<uint32_t>(state.trap.kind), state.trap.access,
              page_fault ? state.trap.address : 0};
    }
    case cpu::ExitReason::kKernel:
      return {kEndedByKernel, 0, 0};
    case cpu::ExitReason::kBudget:
    case cpu::ExitReason::kTranslate:
    case cpu::ExitReason::kNone:
      break;
  }
  return {kEndedByTimeout, 0, 0};
}

}  // namespace

Subject::Subject() {
  void* memory =
      mmap(nullptr, kReserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ELFIN_CHECK(memory != MAP_FAILED);
  base_ = static_cast<uint8_t*>(memory);
  mprotect(At(kPageMapAddress), kPageMapSize, PROT_READ | PROT_WRITE);
  SetPages(kCode, kCodeEnd, kPageRead | kPageWrite | kPageExecute);
  memset(At(kCode), 0xcc, kCodeEnd - kCode);
  for (const Zone& zone : kContents) {
    SetPages(zone.begin, zone.end, zone.begin == kReadOnly ? kPageRead : kPageRead | kPageWrite);
    memcpy(At(zone.begin), Pristine(zone), zone.size());
  }
  mprotect(At(kCache), kCacheEnd - kCache, PROT_READ | PROT_WRITE);
  cpu::ResetCpu(state_, reinterpret_cast<uint64_t>(base_), kCache, kCacheEnd);
  cpu::SetKernel(state_, OnSyscall, nullptr);
  cpu::SetInsnMemo(state_, memo_.get());
  state_.segment_base[0] = FsBase();
  state_.segment_base[1] = kGsBase;
}

Subject::~Subject() { munmap(base_, kReserved); }

void Subject::SetPages(uint64_t begin, uint64_t end, uint8_t flags) {
  mprotect(At(begin), end - begin, PROT_READ | PROT_WRITE);
  if (state_.context != 0) cpu::Invalidate(state_, begin, end);
  memset(At(kPageMapAddress) + (begin >> kPageShift), flags, (end - begin) >> kPageShift);
}

void Subject::Prepare(const Case& test) {
  for (const Zone& zone : kWritable) {
    if (memcmp(At(zone.begin), Pristine(zone), zone.size()) != 0) {
      memcpy(At(zone.begin), Pristine(zone), zone.size());
    }
  }
  cpu::Invalidate(state_, kCode, kCodeEnd);
  PutCode(At(kCode), test);
  for (const Patch& patch : test.memory)
    memcpy(At(patch.address), patch.bytes.data(), patch.bytes.size());
}

void Subject::Run(const Registers& before, Result* result) {
  Load(before);
  Execute(result);
}

void Subject::Load(const Registers& before) {
  memcpy(state_.gpr, before.gpr, sizeof(state_.gpr));
  state_.rip = before.rip;
  cpu::WriteRflags(state_, before.rflags);
  cpu::LoadFxState(state_, before.fx);
  state_.budget = kBudget;
  state_.trap = {};
}

cpu::ExitReason Subject::Execute(Result* result) {
  const cpu::ExitReason reason = cpu::Run(state_);
  memcpy(result->after.gpr, state_.gpr, sizeof(state_.gpr));
  result->after.rip = state_.rip;
  result->after.rflags = cpu::ReadRflags(state_);
  cpu::SaveFxState(state_, result->after.fx);
  result->ending = EndingOf(state_, reason);
  return reason;
}

}  // namespace elfin::fuzz
