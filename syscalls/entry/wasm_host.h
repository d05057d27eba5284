// kernel.wasm's Host: clock, streams, random numbers and process memories come from imports.
#pragma once

#include "syscalls/kernel/host.h"

namespace elfin::kernel {

class WasmHost : public Host {
 public:
  Result<std::unique_ptr<memory::ProcessMemory>> CreateProcessMemory() override;
  int64_t Now(HostClock clock) override;
  void FillRandom(void* to, size_t size) override;
  HostStreamKind StreamKind(uint32_t stream) override;
  Result<size_t> ReadStream(uint32_t stream, void* to, size_t size) override;
  Result<size_t> WriteStream(uint32_t stream, const void* from, size_t size) override;
  WindowSize TerminalSize(uint32_t stream) override;
  void CloseStream(uint32_t stream) override;
  void Report(std::string_view message) override;
};

}  // namespace elfin::kernel
