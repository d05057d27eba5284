// The exports of cpu.wasm that have to do with translated code. docs/binary-interfaces.md says who
// calls what.
#include "runtime/cpu/entry/cpu_instance.h"
#include "runtime/cpu/region_select.h"
#include "runtime/cpu/translated_entry.h"
#include "runtime/cpu/translated_map.h"

namespace {

using elfin::cpu::ContextOf;
using elfin::cpu::g_state;
using elfin::cpu::TranslatedCode;
using elfin::cpu::TranslationMode;

/// A region's description: selected here, or put here by the host to be checked and installed.
uint32_t g_region[elfin::cpu::kRegionBufferWords];

uint32_t AddressOf(const void* pointer) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pointer));
}

TranslatedCode* Translated() {
  return g_state.context != 0 ? ContextOf(g_state).translated : nullptr;
}

}  // namespace

ELFIN_EXPORT(cpu_configure)
void CpuConfigure(uint32_t mode, uint32_t threshold, uint32_t options) {
  ConfigureTranslation(g_state, static_cast<TranslationMode>(mode), threshold, options);
}

/// The address of a block that wants to be translated; 0: there is none.
ELFIN_EXPORT(cpu_take_request) uint32_t CpuTakeRequest() {
  return g_state.context != 0 ? TakeRequest(g_state) : 0;
}

ELFIN_EXPORT(cpu_select) uint32_t CpuSelect(uint32_t entry) {
  return SelectRegion(g_state, entry, g_region) ? AddressOf(g_region) : 0;
}

ELFIN_EXPORT(cpu_region_buffer) uint32_t CpuRegionBuffer() { return AddressOf(g_region); }

/// Whether the region in the buffer still is what memory holds.
ELFIN_EXPORT(cpu_check_region) uint32_t CpuCheckRegion() {
  return Translated() != nullptr && IsRegionCurrent(g_state, g_region) ? 1 : 0;
}

ELFIN_EXPORT(cpu_begin_module) uint32_t CpuBeginModule() { return BeginModule(g_state); }

/// The region is in the buffer, its entries right behind it.
ELFIN_EXPORT(cpu_install_region)
uint32_t CpuInstallRegion(uint32_t module, uint32_t slot, uint32_t entry_count) {
  const uint32_t* entries = g_region + g_region[0] / sizeof(uint32_t);
  return InstallRegion(g_state, module, slot, g_region, entries, entry_count) ? 1 : 0;
}

/// The slot of translated code for an address; 0: none.
ELFIN_EXPORT(cpu_find_slot) uint32_t CpuFindSlot(uint32_t address) {
  return Translated() != nullptr ? FindSlot(*Translated(), address) : 0;
}

/// A translation for an address has been kept; 0: there is no room to remember that.
ELFIN_EXPORT(cpu_expect) uint32_t CpuExpect(uint32_t address) {
  return Translated() != nullptr && Expect(g_state, address) ? 1 : 0;
}

/// Lets a block count again whose request came to nothing.
ELFIN_EXPORT(cpu_rearm) void CpuRearm(uint32_t address) {
  if (Translated() == nullptr) return;
  if (auto* block = FindBlock(ContextOf(g_state), address)) ArmBlock(g_state, block);
}

ELFIN_EXPORT(cpu_set_page_checks) void CpuSetPageChecks() {
  if (g_state.context != 0) UsePageChecks(g_state);
}

/// The address of the TranslationCounters; 0: nothing is translated in this process.
ELFIN_EXPORT(cpu_counters) uint32_t CpuCounters() {
  return Translated() != nullptr ? AddressOf(&Translated()->counters) : 0;
}

/// What is in the slot of a function that is not translated: back to the dispatcher, which knows
/// what to do at the address.
ELFIN_EXPORT(cpu_unresolved)
uint32_t CpuUnresolved(elfin::cpu::CpuState*, uint32_t address, uint32_t) { return address; }
