// The interpreter as the fuzzer's subject: the same zones in a guest memory of its own.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/cpu/cpu.h"
#include "tests/cpu/fuzz/layout.h"
#include "tests/cpu/fuzz/machine_image.h"

namespace elfin::fuzz {

class Subject {
 public:
  Subject();
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  /// As PrepareProcessor, for the guest's copy.
  void Prepare(const Case& test);
  void Run(const Registers& before, Result* result);
  /// Run in two steps: registers into the state; then the cpu.
  void Load(const Registers& before);
  cpu::ExitReason Execute(Result* result);

  uint8_t* At(uint64_t address) { return base_ + address; }
  cpu::CpuState& state() { return state_; }
  /// Makes pages accessible (PageFlags) beyond the zones; with 0 takes them away.
  void SetPages(uint64_t begin, uint64_t end, uint8_t flags);

 private:
  uint8_t* base_;
  cpu::CpuState state_{};
  std::unique_ptr<decoder::InsnMemo> memo_ = std::make_unique<decoder::InsnMemo>();
};

}  // namespace elfin::fuzz
