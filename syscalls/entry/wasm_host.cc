#include "syscalls/entry/wasm_host.h"

#include "syscalls/entry/host_imports.h"
#include "syscalls/entry/wasm_process_memory.h"

namespace elfin::kernel {
namespace {

Result<size_t> ToCount(int32_t result) {
  if (result < 0) return static_cast<Errno>(-result);
  return static_cast<size_t>(result);
}

}  // namespace

Result<std::unique_ptr<memory::ProcessMemory>> WasmHost::CreateProcessMemory() {
  const int32_t id = host_imports::memory_create();
  if (id < 0) return static_cast<Errno>(-id);
  return std::unique_ptr<memory::ProcessMemory>(std::make_unique<WasmProcessMemory>(id));
}

int64_t WasmHost::Now(HostClock clock) {
  return static_cast<int64_t>(host_imports::clock_now(static_cast<uint32_t>(clock)));
}

void WasmHost::FillRandom(void* to, size_t size) { host_imports::random_fill(to, size); }

HostStreamKind WasmHost::StreamKind(uint32_t stream) {
  return static_cast<HostStreamKind>(host_imports::stream_kind(stream));
}

Result<size_t> WasmHost::ReadStream(uint32_t stream, void* to, size_t size) {
  return ToCount(host_imports::stream_read(stream, to, size));
}

Result<size_t> WasmHost::WriteStream(uint32_t stream, const void* from, size_t size) {
  return ToCount(host_imports::stream_write(stream, from, size));
}

void WasmHost::CloseStream(uint32_t stream) { host_imports::stream_close(stream); }

Host::WindowSize WasmHost::TerminalSize(uint32_t stream) {
  const uint32_t packed = host_imports::terminal_size(stream);
  return {static_cast<uint16_t>(packed >> 16), static_cast<uint16_t>(packed)};
}

void WasmHost::Report(std::string_view message) {
  host_imports::report(message.data(), message.size());
}

}  // namespace elfin::kernel
