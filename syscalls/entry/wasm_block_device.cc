#include "syscalls/entry/wasm_block_device.h"

#include "syscalls/entry/host_imports.h"

namespace elfin::kernel {
namespace {

Status ToStatus(int32_t result) {
  if (result < 0) return static_cast<Errno>(-result);
  return kOk;
}

}  // namespace

WasmBlockDevice::WasmBlockDevice(int32_t device)
    : device_(device),
      size_(static_cast<uint64_t>(host_imports::device_size(device))),
      read_only_(host_imports::device_read_only(device) != 0) {}

Task<Status> WasmBlockDevice::Read(uint64_t offset, void* to, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  return ToStatus(host_imports::device_read(device_, static_cast<double>(offset), to, size));
}

Task<Status> WasmBlockDevice::Write(uint64_t offset, const void* from, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  if (read_only_) return Errno::kRoFs;
  return ToStatus(host_imports::device_write(device_, static_cast<double>(offset), from, size));
}

Task<Status> WasmBlockDevice::Flush() { return ToStatus(host_imports::device_flush(device_)); }

}  // namespace elfin::kernel
