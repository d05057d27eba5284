#include "runtime/cpu/guest_access.h"

#include "runtime/cpu/cpu.h"
#include "runtime/cpu/decode_cache.h"

namespace elfin::cpu {
namespace {

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
  const uint64_t page = address >> kPageShift;
  const bool present =
      page < kPageMapSize ? (PageMap(*state)[page] & ~kPageDecoded) != 0 : address >= kKernelHalf;
  uint32_t access = kTrapUser;
  if (write) access |= kTrapWrite;
  if (present) access |= kTrapPresent;
  state->trap = {TrapKind::kPageFault, access, address};
}

}  // namespace

bool ProbeGuestSlowly(CpuState* state, uint64_t address, unsigned bytes, semantics::Access access) {
  const bool write = access != semantics::Access::kRead;
  const uint64_t last = address + bytes - 1;
  if (!IsCanonical(address) || !IsCanonical(last)) {
    SetTrap(state, TrapKind::kGeneralProtection);
    return false;
  }
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
