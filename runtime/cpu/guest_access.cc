#include "runtime/cpu/guest_access.h"

#include "runtime/cpu/cpu.h"
#include "runtime/cpu/decode_cache.h"

namespace elfin::cpu {
namespace {

/// The first address behind what Linux gives to programs (its TASK_SIZE_MAX).
constexpr uint64_t kKernelHalf = 0x0000'7fff'ffff'f000;

/// Any permission makes a page readable.
uint8_t FlagsFor(bool write) {
  if (write) return kPageWrite;
  return kPageRead | kPageWrite | kPageExecute;
}

bool PageAllows(const CpuState& state, uint64_t address, bool write) {
  const uint64_t page = address >> kPageShift;
  if (page >= kPageMapSize) return false;
  const uint8_t flags = PageMap(state)[page];
  return (flags & FlagsFor(write)) != 0;
}

void SetDataFault(CpuState* state, uint64_t address, bool write) {
  if (!IsCanonical(address)) {
    SetTrap(state, TrapKind::kGeneralProtection);
    return;
  }
  const uint64_t page = address >> kPageShift;
  // Linux tells of every address in the kernel's half as if something were there.
  const bool present = page < kPageMapSize ? (PageMap(*state)[page] & ~kPageDecoded) != 0
                                           : address >= kKernelHalf;
  uint32_t access = kTrapUser;
  if (write) access |= kTrapWrite;
  if (present) access |= kTrapPresent;
  state->trap = {TrapKind::kPageFault, access, address};
}

}  // namespace

bool ProbeGuestSlowly(CpuState* state, uint64_t address, unsigned bytes, semantics::Access access) {
  const bool write = access != semantics::Access::kRead;
  const uint64_t last = address + bytes - 1;
  if (!PageAllows(*state, address, write)) {
    SetDataFault(state, address, write);
    return false;
  }
  if (!PageAllows(*state, last, write)) {
    SetDataFault(state, RoundDown(last, kPageSize), write);
    return false;
  }
  if (write) Invalidate(*state, address, last + 1);
  return true;
}

}  // namespace elfin::cpu
