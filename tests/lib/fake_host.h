// A Host whose clock stands still until told, whose streams are strings, and whose processes run a
// C++ function instead of machine code.
#pragma once

#include <cstring>
#include <functional>
#include <string>

#include "syscalls/kernel/host.h"
#include "tests/lib/fake_process_memory.h"

namespace elfin::testing {

class FakeHost : public kernel::Host {
 public:
  using Guest = std::function<cpu::ExitReason(FakeProcessMemory&)>;

  Result<std::unique_ptr<memory::ProcessMemory>> CreateProcessMemory() override {
    if (refuse_memory) return Errno::kAgain;
    auto memory = std::make_unique<FakeProcessMemory>();
    memory->run = guest;
    last_memory = memory.get();
    return std::unique_ptr<memory::ProcessMemory>(std::move(memory));
  }
  int64_t Now(kernel::HostClock clock) override {
    return clock == kernel::HostClock::kRealtime ? realtime_ns : monotonic_ns;
  }
  void FillRandom(void* to, size_t size) override { std::memset(to, 0x5a, size); }
  kernel::HostStreamKind StreamKind(uint32_t) override { return kernel::HostStreamKind::kPipe; }
  Result<size_t> ReadStream(uint32_t, void* to, size_t size) override {
    if (input.empty()) return Errno::kAgain;
    size = std::min(size, input.size());
    std::memcpy(to, input.data(), size);
    input.erase(0, size);
    return size;
  }
  Result<size_t> WriteStream(uint32_t, const void*, size_t size) override { return size; }
  WindowSize TerminalSize(uint32_t) override { return {}; }
  void Report(std::string_view message) override { reports += std::string(message) + "\n"; }

  /// What memories made from now on do in a slice.
  Guest guest;
  bool refuse_memory = false;
  FakeProcessMemory* last_memory = nullptr;
  std::string input;
  std::string reports;
  int64_t realtime_ns = 1'700'000'000'000'000'000;
  int64_t monotonic_ns = 5'000'000'000;
};

}  // namespace elfin::testing
