// The ProcessMemory of kernel.wasm: another WebAssembly memory, reached through the host's imports.
#pragma once

#include "runtime/memory/process_memory.h"

namespace elfin::kernel {

class WasmProcessMemory : public memory::ProcessMemory {
 public:
  /// Takes ownership of an id that memory_create returned.
  explicit WasmProcessMemory(int32_t id);
  ~WasmProcessMemory() override;
  WasmProcessMemory(const WasmProcessMemory&) = delete;
  WasmProcessMemory& operator=(const WasmProcessMemory&) = delete;

  uint64_t size() const override { return size_; }
  Status Grow(uint64_t end) override;

  void Read(uint64_t address, void* to, size_t size) const override;
  void Write(uint64_t address, const void* from, size_t size) override;
  void Fill(uint64_t address, uint8_t byte, size_t size) override;
  void Move(uint64_t to, uint64_t from, size_t size) override;
  size_t FindZero(uint64_t address, size_t limit) const override;

  std::optional<int32_t> host_number() const override { return id_; }
  void CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) override;

  void SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) override;
  void InvalidateCode(uint64_t address, uint64_t size) override;

  void ResetCpu(uint64_t cache_begin, uint64_t cache_end) override;
  void ReadCpuState(cpu::CpuState* to) const override;
  void WriteCpuState(const cpu::CpuState& from) override;
  /// kNone when the cpu itself trapped: the process can't go on (the host has said why).
  cpu::ExitReason RunCpu() override;
  void InterruptCpu() override;
  void UsePageChecks() override;
  bool uses_page_checks() const override { return page_checks_; }
  std::string InsnName(uint64_t address) const override;

 private:
  void CheckGuestRange(uint64_t address, uint64_t size) const;

  const int32_t id_;
  const uint32_t state_address_;
  uint64_t size_;
  bool page_checks_ = false;
};

}  // namespace elfin::kernel
