// ProcessMemory over an mmap'd range and the native build of the interpreter.
//
//   base ─ low 2 MiB (CpuState at 0, page map) ─ guest pages up to size() ─ PROT_NONE up to 4 GiB +
//   guard
//
// What a WebAssembly memory would refuse faults here too, so that ASan and gdb see it.
#pragma once

#include <memory>

#include "runtime/cpu/cpu.h"
#include "runtime/memory/process_memory.h"

namespace elfin::testing {

/// Whom `syscall` instructions call; shared by all memories of a host, set before anything runs.
struct NativeSyscallTarget {
  cpu::SyscallFunction function = nullptr;
  void* kernel = nullptr;
};

class NativeProcessMemory : public memory::ProcessMemory {
 public:
  /// `target` outlives the memory. Null when the system has no room for the range.
  static std::unique_ptr<NativeProcessMemory> Create(const NativeSyscallTarget& target);
  ~NativeProcessMemory() override;
  NativeProcessMemory(const NativeProcessMemory&) = delete;
  NativeProcessMemory& operator=(const NativeProcessMemory&) = delete;

  uint64_t size() const override { return size_; }
  Status Grow(uint64_t end) override;
  void Read(uint64_t address, void* to, size_t size) const override;
  void Write(uint64_t address, const void* from, size_t size) override;
  void Fill(uint64_t address, uint8_t byte, size_t size) override;
  void Move(uint64_t to, uint64_t from, size_t size) override;
  size_t FindZero(uint64_t address, size_t limit) const override;
  void CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) override;
  void SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) override;
  void InvalidateCode(uint64_t address, uint64_t size) override;
  void ResetCpu(uint64_t cache_begin, uint64_t cache_end) override;
  void ReadCpuState(cpu::CpuState* to) const override;
  void WriteCpuState(const cpu::CpuState& from) override;
  cpu::ExitReason RunCpu() override;
  void InterruptCpu() override;
  void UsePageChecks() override;
  bool uses_page_checks() const override { return page_checks_; }
  std::string InsnName(uint64_t address) const override;

  /// The processor itself, for tests that look at it.
  cpu::CpuState& state() const { return *reinterpret_cast<cpu::CpuState*>(base_); }
  /// Host address of guest address 0.
  uint8_t* base() const { return base_; }

 private:
  NativeProcessMemory(uint8_t* base, const NativeSyscallTarget& target);
  uint8_t* Guest(uint64_t address, uint64_t size) const;

  uint8_t* const base_;
  const NativeSyscallTarget& target_;
  uint64_t size_;
  bool page_checks_ = false;
  std::unique_ptr<decoder::InsnMemo> memo_ = std::make_unique<decoder::InsnMemo>();
};

}  // namespace elfin::testing
