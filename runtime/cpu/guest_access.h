// How the interpreter reaches guest memory: one check by the page map, then a plain access.
//
// Always exact: null and wild pointers, holes, protections and accesses that cross into a page that
// is not there all fault with the right address. (Translated code may check less, see
// docs/design.md section 5.)
#pragma once

#include <cstdint>
#include <cstring>

#include "jit/semantics/machine.h"
#include "runtime/address_map.h"
#include "runtime/base/types.h"
#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

/// The host pointer of a guest address. In WebAssembly that is the address itself.
inline uint8_t* HostPointer(const CpuState& state, uint64_t address) {
#ifdef __wasm__
  (void)state;
  return reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(address));
#else
  return reinterpret_cast<uint8_t*>(state.memory_base + address);
#endif
}

inline uint8_t* PageMap(const CpuState& state) { return HostPointer(state, kPageMapAddress); }

template <class T>
T LoadGuest(const CpuState& state, uint64_t address) {
  T value;
  std::memcpy(&value, HostPointer(state, address), sizeof(T));
  return value;
}
template <class T>
void StoreGuest(const CpuState& state, uint64_t address, T value) {
  std::memcpy(HostPointer(state, address), &value, sizeof(T));
}

/// The first address behind what Linux gives to programs (its TASK_SIZE_MAX). Faults there say
/// kTrapPresent: Linux tells of the kernel's half as if something were everywhere.
inline constexpr uint64_t kKernelHalf = 0x0000'7fff'ffff'f000;

/// 48-bit addresses: the upper bits repeat bit 47. Others raise #GP instead of #PF.
inline bool IsCanonical(uint64_t address) {
  return static_cast<uint64_t>(static_cast<int64_t>(address << 16) >> 16) == address;
}

/// Puts a page fault at the first byte of [address, address + bytes) that can't be accessed, or
/// drops decoded instructions that a write is about to change and answers true. The way that is not
/// fast.
bool ProbeGuestSlowly(CpuState* state, uint64_t address, unsigned bytes, semantics::Access access);

/// Whether all of [address, address + bytes) can be accessed; otherwise state->trap is set.
inline bool ProbeGuest(CpuState* state, uint64_t address, unsigned bytes,
                       semantics::Access access) {
  const uint64_t page = address >> kPageShift;
  // Any permission makes a page readable. Decoded pages take the slow way when written.
  const bool write = access != semantics::Access::kRead;
  const uint8_t mask = write ? kPageWrite | kPageDecoded : kPageRead | kPageWrite | kPageExecute;
  if (__builtin_expect(page < kPageMapSize, 1)) {
    const uint8_t flags = PageMap(*state)[page] & mask;
    const bool allowed = write ? flags == kPageWrite : flags != 0;
    const bool inside = bytes == 1 || (address & (kPageSize - 1)) <= kPageSize - bytes;
    if (__builtin_expect(allowed && inside, 1)) return true;
  }
  return ProbeGuestSlowly(state, address, bytes, access);
}

inline void SetTrap(CpuState* state, TrapKind kind) { state->trap = {kind, 0, 0}; }

}  // namespace elfin::cpu
