#include "syscalls/entry/wasm_process_memory.h"

#include "runtime/base/types.h"
#include "syscalls/entry/host_imports.h"

namespace elfin::kernel {

namespace {

constexpr uint64_t kWasmPageSize = 0x1'0000;
constexpr uint64_t kMaxGrowStep = 0x0400'0000;

/// WebAssembly engines copy or remap on every growth, so a memory grows by a quarter of itself at
/// once.
uint64_t GrowthTarget(uint64_t size, uint64_t end) {
  const uint64_t step = size / 4 < kMaxGrowStep ? size / 4 : kMaxGrowStep;
  const uint64_t target = RoundUp(end > size + step ? end : size + step, kWasmPageSize);
  return target < kGuestEnd ? target : RoundUp(end, kWasmPageSize);
}

}  // namespace

WasmProcessMemory::WasmProcessMemory(int32_t id)
    : id_(id), state_address_(host_imports::cpu_state(id)), size_(kCpuEnd) {
  CHECK(state_address_ + sizeof(cpu::CpuState) <= kPageMapAddress);
}

WasmProcessMemory::~WasmProcessMemory() { host_imports::memory_release(id_); }

void WasmProcessMemory::CheckGuestRange(uint64_t address, uint64_t size) const {
  CHECK(address >= kGuestBegin && address <= size_ && size <= size_ - address);
}

Status WasmProcessMemory::Grow(uint64_t end) {
  if (end <= size_) return kOk;
  if (end > RoundUp(kGuestEnd, kWasmPageSize)) return Errno::kNoMem;
  for (const uint64_t target : {GrowthTarget(size_, end), RoundUp(end, kWasmPageSize)}) {
    if (host_imports::memory_grow(id_, static_cast<uint32_t>(target / kWasmPageSize)) == 0) {
      size_ = target;
      return kOk;
    }
  }
  return Errno::kNoMem;
}

void WasmProcessMemory::Read(uint64_t address, void* to, size_t size) const {
  CheckGuestRange(address, size);
  host_imports::memory_read(id_, static_cast<uint32_t>(address), to, size);
}

void WasmProcessMemory::Write(uint64_t address, const void* from, size_t size) {
  CheckGuestRange(address, size);
  host_imports::memory_write(id_, static_cast<uint32_t>(address), from, size);
}

void WasmProcessMemory::Fill(uint64_t address, uint8_t byte, size_t size) {
  CheckGuestRange(address, size);
  host_imports::memory_fill(id_, static_cast<uint32_t>(address), byte, size);
}

void WasmProcessMemory::Move(uint64_t to, uint64_t from, size_t size) {
  CheckGuestRange(to, size);
  CheckGuestRange(from, size);
  host_imports::memory_move(id_, static_cast<uint32_t>(to), static_cast<uint32_t>(from), size);
}

size_t WasmProcessMemory::FindZero(uint64_t address, size_t limit) const {
  CheckGuestRange(address, limit);
  return host_imports::memory_find_zero(id_, static_cast<uint32_t>(address), limit);
}

void WasmProcessMemory::CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) {
  const auto& other = static_cast<const WasmProcessMemory&>(from);
  CheckGuestRange(address, size);
  other.CheckGuestRange(address, size);
  host_imports::memory_copy(id_, other.id_, static_cast<uint32_t>(address),
                            static_cast<uint32_t>(size));
}

void WasmProcessMemory::SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) {
  CHECK(first_page >= kGuestBegin / kPageSize && first_page + count <= kGuestEnd / kPageSize);
  host_imports::memory_set_flags(id_, static_cast<uint32_t>(first_page),
                                 static_cast<uint32_t>(count), flags);
}

void WasmProcessMemory::InvalidateCode(uint64_t address, uint64_t size) {
  CHECK(address >= kGuestBegin && size <= kGuestEnd && address <= kGuestEnd - size);
  host_imports::memory_invalidate(id_, static_cast<uint32_t>(address),
                                  static_cast<uint32_t>(address + size));
}

void WasmProcessMemory::ResetCpu(uint64_t cache_begin, uint64_t cache_end) {
  CheckGuestRange(cache_begin, cache_end - cache_begin);
  page_checks_ = false;
  host_imports::cpu_reset(id_, static_cast<uint32_t>(cache_begin),
                          static_cast<uint32_t>(cache_end));
}

void WasmProcessMemory::ReadCpuState(cpu::CpuState* to) const {
  host_imports::memory_read(id_, state_address_, to, sizeof(*to));
}

void WasmProcessMemory::WriteCpuState(const cpu::CpuState& from) {
  host_imports::memory_write(id_, state_address_, &from, sizeof(from));
}

cpu::ExitReason WasmProcessMemory::RunCpu() {
  const int32_t reason = host_imports::cpu_run(id_);
  return reason < 0 ? cpu::ExitReason::kNone : static_cast<cpu::ExitReason>(reason);
}

void WasmProcessMemory::InterruptCpu() { host_imports::cpu_interrupt(id_); }

void WasmProcessMemory::UsePageChecks() {
  page_checks_ = true;
  host_imports::cpu_set_page_checks(id_);
}

std::string WasmProcessMemory::InsnName(uint64_t address) const {
  constexpr uint32_t kLongestName = 32;
  if (address >= kGuestEnd) return "";
  const uint32_t text = host_imports::cpu_insn_name(id_, static_cast<uint32_t>(address));
  std::string name(host_imports::memory_find_zero(id_, text, kLongestName), '\0');
  host_imports::memory_read(id_, text, name.data(), name.size());
  return name;
}

}  // namespace elfin::kernel
