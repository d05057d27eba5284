// The exports of cpu.wasm. docs/binary-interfaces.md says who calls what.
//
// One instance serves one process memory.
#include "runtime/base/types.h"
#include "runtime/cpu/entry/cpu_instance.h"

namespace elfin::cpu {

// Without constructors: they would run again at every call of an export.
constinit CpuState g_state{};
constinit decoder::InsnMemo g_memo{};

}  // namespace elfin::cpu

using elfin::cpu::g_memo;
using elfin::cpu::g_state;

ELFIN_EXPORT(cpu_reset) void CpuReset(uint32_t cache_begin, uint32_t cache_end) {
  elfin::cpu::ResetCpu(g_state, 0, cache_begin, cache_end);
  elfin::cpu::SetInsnMemo(g_state, &g_memo);
}

ELFIN_EXPORT(cpu_state) uint32_t CpuStateAddress() {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&g_state));
}

/// What the decoder has learnt: of use to every later cpu, wherever in its memory it is put.
ELFIN_EXPORT(cpu_memo) uint32_t CpuMemoAddress() {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&g_memo));
}
ELFIN_EXPORT(cpu_memo_size) uint32_t CpuMemoSize() { return sizeof(g_memo); }

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

/// The first page of [begin, end) that holds something (`used` 1) or only zeros (0); `end`: there
/// is none. Both are page aligned.
ELFIN_EXPORT(cpu_find_page) uint32_t CpuFindPage(uint32_t begin, uint32_t end, uint32_t used) {
  using Words = uint64_t __attribute__((vector_size(16)));
  constexpr uint32_t kStep = 8 * sizeof(Words);
  uint32_t page = begin;
  for (; page != end; page += elfin::kPageSize) {
    uint64_t any = 0;
    for (uint32_t at = page; at != page + elfin::kPageSize && any == 0; at += kStep) {
      const auto* words = reinterpret_cast<const Words*>(static_cast<uintptr_t>(at));
      const Words all = ((words[0] | words[1]) | (words[2] | words[3])) |
                        ((words[4] | words[5]) | (words[6] | words[7]));
      any = all[0] | all[1];
    }
    if ((any != 0) == (used != 0)) break;
  }
  return page;
}

/// Where what was ever used of the decode cache's range ends.
ELFIN_EXPORT(cpu_cache_used) uint32_t CpuCacheUsed() {
  if (g_state.context == 0) return 0;
  const elfin::cpu::CpuContext& context = ContextOf(g_state);
  constexpr uint64_t kOwnFlush = 1;  // ResetDecodeCache's
  const uint8_t* used = context.flushes > kOwnFlush ? context.end : context.next;
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(used));
}

ELFIN_EXPORT(cpu_interrupt) void CpuInterrupt() { elfin::cpu::Interrupt(g_state); }
