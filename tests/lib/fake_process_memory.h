// An in-memory twin of ProcessMemory: plain bytes, a page map, no cpu.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/memory/process_memory.h"

namespace elfin::testing {

class FakeProcessMemory : public memory::ProcessMemory {
 public:
  /// `limit`: where growing fails (the engine has no more).
  explicit FakeProcessMemory(uint64_t limit = 0x4000'0000);
  ~FakeProcessMemory() override;

  uint64_t size() const override { return size_; }
  Status Grow(uint64_t end) override;
  void Read(uint64_t address, void* to, size_t size) const override;
  void Write(uint64_t address, const void* from, size_t size) override;
  void Fill(uint64_t address, uint8_t byte, size_t size) override;
  void Move(uint64_t to, uint64_t from, size_t size) override;
  size_t FindZero(uint64_t address, size_t limit) const override;
  std::optional<int32_t> host_number() const override { return number; }
  void CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) override;
  void SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) override;
  void InvalidateCode(uint64_t address, uint64_t size) override;
  void ResetCpu(uint64_t cache_begin, uint64_t cache_end) override;
  void ReadCpuState(cpu::CpuState* to) const override { *to = state; }
  void WriteCpuState(const cpu::CpuState& from) override { state = from; }
  cpu::ExitReason RunCpu() override { return run ? run(*this) : cpu::ExitReason::kBudget; }
  void InterruptCpu() override { interrupted = true; }
  void UsePageChecks() override { page_checks = true; }
  bool uses_page_checks() const override { return page_checks; }
  std::string InsnName(uint64_t) const override { return insn_name; }

  uint8_t flags(uint64_t address) const { return flags_[address >> 12]; }

  cpu::CpuState state{};
  /// What "the guest program" does in one slice.
  std::function<cpu::ExitReason(FakeProcessMemory&)> run;
  bool interrupted = false;
  bool page_checks = false;
  std::optional<int32_t> number;  // what host_number answers
  std::string insn_name;          // what InsnName answers
  uint64_t cache_begin = 0;
  uint64_t cache_end = 0;
  int invalidations = 0;

 private:
  uint8_t* At(uint64_t address, uint64_t size) const;

  uint64_t limit_;
  uint64_t size_ = kGuestBegin;
  uint8_t* bytes_;  // an untouched mapping of `limit` bytes costs nothing
  std::vector<uint8_t> flags_;
};

}  // namespace elfin::testing
