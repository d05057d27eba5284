// What a trap of the processor is to the guest: the signal of Linux's arch/x86/kernel/traps.c and
// mm/fault.c, and the words for the person if it is fatal.
#pragma once

#include <string>

#include "runtime/cpu/cpu_state.h"
#include "runtime/memory/address_space.h"
#include "syscalls/abi/signal.h"

namespace elfin::kernel {

struct TrapSignal {
  abi::SigInfo info{};
  uint64_t trap_number = 0;  // as in the signal frame
  uint64_t error_code = 0;
};

/// What a page fault wanted (memory::Protection), from the bits of cpu::TrapAccess.
uint8_t AccessOf(uint32_t bits);

TrapSignal SignalForTrap(const cpu::CpuState& state, const memory::AddressSpace& space);

/// "page fault reading 0x10 at 0x401136: 8b 00 48 89 …": up to 15 bytes of the instruction
/// and its mnemonic.
std::string DescribeTrap(const cpu::CpuState& state, const memory::AddressSpace& space);

}  // namespace elfin::kernel
