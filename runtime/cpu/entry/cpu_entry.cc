// The exports of cpu.wasm. docs/binary-interfaces.md says who calls what.
//
// One instance serves one process memory.
#include "runtime/cpu/entry/cpu_instance.h"

namespace elfin::cpu {

CpuState g_state;

}  // namespace elfin::cpu

using elfin::cpu::g_state;

ELFIN_EXPORT(cpu_reset) void CpuReset(uint32_t cache_begin, uint32_t cache_end) {
  elfin::cpu::ResetCpu(g_state, 0, cache_begin, cache_end);
}

ELFIN_EXPORT(cpu_state) uint32_t CpuStateAddress() {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&g_state));
}

ELFIN_EXPORT(cpu_run) uint32_t CpuRun() { return static_cast<uint32_t>(elfin::cpu::Run(g_state)); }

/// end: exclusive; 0 stands for 4 GiB.
ELFIN_EXPORT(cpu_invalidate) void CpuInvalidate(uint32_t begin, uint32_t end) {
  elfin::cpu::Invalidate(g_state, begin, end != 0 ? end : uint64_t{1} << 32);
}

/// The address of a zero-terminated mnemonic, for messages.
ELFIN_EXPORT(cpu_insn_name) uint32_t CpuInsnName(uint32_t address) {
  const char* name = elfin::cpu::InsnNameAt(g_state, address);
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(name));
}

ELFIN_EXPORT(cpu_interrupt) void CpuInterrupt() { elfin::cpu::Interrupt(g_state); }
