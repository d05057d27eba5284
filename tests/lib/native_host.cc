#include "tests/lib/native_host.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "syscalls/kernel/kernel.h"

namespace elfin::testing {
namespace {

int64_t CallKernel(void* kernel, uint64_t number, const uint64_t arguments[6]) {
  return static_cast<kernel::Kernel*>(kernel)->Syscall(number, arguments);
}

/// Whether a read would not wait.
bool IsReadable(int fd, int timeout_ms) {
  pollfd descriptor{fd, POLLIN, 0};
  return poll(&descriptor, 1, timeout_ms) > 0;
}

Result<size_t> ToCount(ssize_t count) {
  if (count < 0) return static_cast<Errno>(errno);
  return static_cast<size_t>(count);
}

}  // namespace

void NativeHost::Connect(kernel::Kernel& kernel) { target_ = {CallKernel, &kernel}; }

bool NativeHost::WaitForEvent(kernel::Kernel& kernel, int64_t deadline_ns) {
  if (!wants_input_ && deadline_ns < 0) return false;
  int timeout_ms = -1;
  if (deadline_ns >= 0) {
    const int64_t left = deadline_ns - Now(kernel::HostClock::kMonotonic);
    timeout_ms = static_cast<int>(std::clamp<int64_t>((left + 999'999) / 1'000'000, 0, 1'000'000));
  }
  if (!wants_input_) {
    poll(nullptr, 0, timeout_ms);
  } else if (IsReadable(fds_[0], timeout_ms)) {
    wants_input_ = false;
    kernel.StreamReady(0);
  }
  return true;
}

Result<std::unique_ptr<memory::ProcessMemory>> NativeHost::CreateProcessMemory() {
  auto memory = NativeProcessMemory::Create(target_);
  if (memory == nullptr) return Errno::kAgain;
  return std::unique_ptr<memory::ProcessMemory>(std::move(memory));
}

int64_t NativeHost::Now(kernel::HostClock clock) {
  clockid_t id = CLOCK_REALTIME;
  switch (clock) {
    case kernel::HostClock::kRealtime:
      id = CLOCK_REALTIME;
      break;
    case kernel::HostClock::kMonotonic:
      id = CLOCK_MONOTONIC;
      break;
    case kernel::HostClock::kCpu:
      id = CLOCK_PROCESS_CPUTIME_ID;
      break;
  }
  timespec now{};
  CHECK(clock_gettime(id, &now) == 0);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

void NativeHost::FillRandom(void* to, size_t size) {
  auto* at = static_cast<uint8_t*>(to);
  while (size > 0) {
    const ssize_t count = getrandom(at, size, 0);
    if (count < 0) continue;  // EINTR
    at += count;
    size -= static_cast<size_t>(count);
  }
}

kernel::HostStreamKind NativeHost::StreamKind(uint32_t stream) {
  struct stat attributes {};
  if (fstat(fds_[stream], &attributes) != 0) return kernel::HostStreamKind::kNull;
  if (S_ISREG(attributes.st_mode)) return kernel::HostStreamKind::kFile;
  if (!S_ISCHR(attributes.st_mode)) return kernel::HostStreamKind::kPipe;
  if (attributes.st_rdev == makedev(1, 3)) return kernel::HostStreamKind::kNull;
  return isatty(fds_[stream]) != 0 ? kernel::HostStreamKind::kTerminal
                                   : kernel::HostStreamKind::kFile;
}

Result<size_t> NativeHost::ReadStream(uint32_t stream, void* to, size_t size) {
  if (!IsReadable(fds_[stream], 0)) {
    wants_input_ = true;
    return Errno::kAgain;
  }
  return ToCount(read(fds_[stream], to, size));
}

Result<size_t> NativeHost::WriteStream(uint32_t stream, const void* from, size_t size) {
  return ToCount(write(fds_[stream], from, size));
}

kernel::Host::WindowSize NativeHost::TerminalSize(uint32_t stream) {
  winsize size{};
  if (ioctl(fds_[stream], TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {};
  return {size.ws_row, size.ws_col};
}

void NativeHost::Report(std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
}

}  // namespace elfin::testing
