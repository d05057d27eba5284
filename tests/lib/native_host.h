// A Host for native builds: this process's clock and file descriptors, and processes in mmap'd
// memory with the native interpreter. For tests, gdb and the sanitizers; nothing of it ships.
#pragma once

#include "syscalls/kernel/host.h"
#include "tests/lib/native_process_memory.h"

namespace elfin::kernel {
class Kernel;
}

namespace elfin::testing {

class NativeHost : public kernel::Host {
 public:
  /// Streams 0, 1 and 2 are this process's unless told otherwise. Nothing is closed.
  explicit NativeHost(int input = 0, int output = 1, int error = 2) : fds_{input, output, error} {}

  /// Where `syscall` instructions go. Before the first spawn.
  void Connect(kernel::Kernel& kernel);
  /// Waits until the input can be read, if the kernel waits for it, or until the deadline
  /// (monotonic ns; -1: none), and tells the kernel. False: there is nothing to wait for.
  bool WaitForEvent(kernel::Kernel& kernel, int64_t deadline_ns);

  Result<std::unique_ptr<memory::ProcessMemory>> CreateProcessMemory() override;
  int64_t Now(kernel::HostClock clock) override;
  void FillRandom(void* to, size_t size) override;
  kernel::HostStreamKind StreamKind(uint32_t stream) override;
  Result<size_t> ReadStream(uint32_t stream, void* to, size_t size) override;
  Result<size_t> WriteStream(uint32_t stream, const void* from, size_t size) override;
  WindowSize TerminalSize(uint32_t stream) override;
  void Report(std::string_view message) override;

 private:
  int fds_[3];
  bool wants_input_ = false;
  NativeSyscallTarget target_;
};

}  // namespace elfin::testing
