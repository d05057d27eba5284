#include "syscalls/entry/wasm_block_device.h"

#include <unordered_map>
#include <utility>

#include "runtime/base/coroutine.h"
#include "syscalls/entry/host_imports.h"

namespace elfin::kernel {
namespace {

/// A request that the host has left pending, and the coroutine that waits for its end. It must not
/// go before that: the host still holds the buffer (block_device.h).
class Request {
 public:
  explicit Request(uint32_t number) : number_(number) {}
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() { CHECK(!waiting_); }

  static uint32_t NextNumber() {
    static uint32_t last = 0;
    do ++last;
    while (Pending().find(last) != Pending().end());
    return last;
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    Pending()[number_] = this;
  }
  int32_t await_resume() const noexcept { return result_; }

  static void End(uint32_t number, int32_t result) {
    const auto found = Pending().find(number);
    CHECK(found != Pending().end());
    Request& request = *found->second;
    Pending().erase(found);
    request.result_ = result;
    std::exchange(request.waiting_, nullptr).resume();
  }

 private:
  static std::unordered_map<uint32_t, Request*>& Pending() {
    static auto* pending = new std::unordered_map<uint32_t, Request*>;
    return *pending;
  }

  uint32_t number_;
  int32_t result_ = 0;
  std::coroutine_handle<> waiting_ = nullptr;
};

Status ToStatus(int32_t result) {
  if (result < 0) return static_cast<Errno>(-result);
  return kOk;
}

Task<Status> Await(uint32_t number) {
  Request request(number);
  co_return ToStatus(co_await request);
}

/// `call` calls the import with a request's number.
template <class Call>
Task<Status> Ask(Call call) {
  const uint32_t number = Request::NextNumber();
  const int32_t result = call(number);
  if (result == host_imports::kDevicePending) return Await(number);
  return ToStatus(result);
}

std::string IdentityOf(int32_t device) {
  std::string identity(host_imports::device_identity(device), '\0');
  host_imports::blob_take(identity.data(), identity.size());
  return identity;
}

}  // namespace

WasmBlockDevice::WasmBlockDevice(int32_t device)
    : device_(device),
      size_(static_cast<uint64_t>(host_imports::device_size(device))),
      read_only_(host_imports::device_read_only(device) != 0),
      reads_at_once_(host_imports::device_reads_at_once(device) != 0),
      identity_(IdentityOf(device)) {}

Task<Status> WasmBlockDevice::Read(uint64_t offset, void* to, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  return Ask([device = device_, offset, to, size](uint32_t request) {
    return host_imports::device_read(device, static_cast<double>(offset), to, size, request);
  });
}

Status WasmBlockDevice::ReadForeign(uint64_t offset, const ForeignRange& to) {
  if (!InRange(offset, to.size)) return Errno::kIo;
  return ToStatus(host_imports::device_read_memory(device_, static_cast<double>(offset), to.memory,
                                                   static_cast<uint32_t>(to.address),
                                                   static_cast<size_t>(to.size)));
}

Task<Status> WasmBlockDevice::Write(uint64_t offset, const void* from, size_t size) {
  if (!InRange(offset, size)) return Errno::kIo;
  if (read_only_) return Errno::kRoFs;
  return Ask([device = device_, offset, from, size](uint32_t request) {
    return host_imports::device_write(device, static_cast<double>(offset), from, size, request);
  });
}

Task<Status> WasmBlockDevice::Flush() {
  return Ask(
      [device = device_](uint32_t request) { return host_imports::device_flush(device, request); });
}

void WasmBlockDevice::Done(uint32_t request, int32_t result) { Request::End(request, result); }

}  // namespace elfin::kernel
