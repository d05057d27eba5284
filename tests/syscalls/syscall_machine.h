// A machine for handler tests: kernel, one process with some memory and an empty tree, and a host
// whose streams are strings. Calls go through the dispatch with raw registers, as a guest's do.
#pragma once

#include <catch2/catch.hpp>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "syscalls/abi/fcntl.h"
#include "syscalls/fs/standard_tree.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/process_files.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/syscall_table.h"
#include "syscalls/vfs/fd_table.h"
#include "syscalls/vfs/fs_context.h"
#include "tests/lib/fake_process_memory.h"

namespace elfin::testing {

class StringHost final : public kernel::Host {
 public:
  kernel::HostStreamKind kinds[3] = {kernel::HostStreamKind::kPipe, kernel::HostStreamKind::kPipe,
                                     kernel::HostStreamKind::kPipe};
  std::string input;
  bool input_ended = false;
  std::string output[3];
  size_t output_room = SIZE_MAX;
  std::string reports;
  int64_t realtime = 1'700'000'000'000'000'000;
  int64_t monotonic = 5'000'000'000;

  Result<std::unique_ptr<memory::ProcessMemory>> CreateProcessMemory() override {
    return std::unique_ptr<memory::ProcessMemory>(new FakeProcessMemory());
  }
  int64_t Now(kernel::HostClock clock) override {
    return clock == kernel::HostClock::kRealtime ? realtime : monotonic;
  }
  void FillRandom(void* to, size_t size) override { std::memset(to, 0x5a, size); }
  kernel::HostStreamKind StreamKind(uint32_t stream) override { return kinds[stream]; }
  Result<size_t> ReadStream(uint32_t, void* to, size_t size) override {
    if (input.empty()) return input_ended ? Result<size_t>(size_t{0}) : Errno::kAgain;
    size = std::min(size, input.size());
    std::memcpy(to, input.data(), size);
    input.erase(0, size);
    return size;
  }
  Result<size_t> WriteStream(uint32_t stream, const void* from, size_t size) override {
    if (output_room == 0) return Errno::kAgain;
    size = std::min(size, output_room);
    output[stream].append(static_cast<const char*>(from), size);
    if (output_room != SIZE_MAX) output_room -= size;
    return size;
  }
  WindowSize TerminalSize(uint32_t) override { return {50, 132}; }
  void Report(std::string_view message) override { reports += std::string(message) + "\n"; }
};

class SyscallMachine {
 public:
  explicit SyscallMachine(kernel::KernelOptions options = {}) : kernel(host, options) {
    kernel.mounts = fs::MakeEmptyTree(kernel);
    Start();
  }

  /// Gives the process its files and its place in the tree (again, after a change of host or
  /// mounts).
  void Start() {
    process = std::make_unique<kernel::Process>(kernel, 1);
    process->memory = std::make_unique<memory::AddressSpace>(std::make_unique<FakeProcessMemory>());
    memory::MapRequest request;
    request.address = kScratch;
    request.length = kScratchSize;
    request.protection = memory::kProtRead | memory::kProtWrite;
    request.placement = memory::Placement::kFixed;
    REQUIRE(process->memory->Map(request).Take().ok());
    process->files = vfs::MakeFiles();
    vfs::OpenStandardFiles(*process, 0);
    process->fs = vfs::MakeFsContext(kernel, "/").Take().value();
    process->fs->umask = 022;
    process->threads.push_back(std::make_unique<kernel::Thread>(kernel, *process, 1));
    next_ = kScratch;
  }

  static constexpr uint64_t kScratch = 0x40'0000;
  static constexpr uint64_t kScratchSize = 0x40'0000;
  static constexpr uint64_t kBadAddress = 0x10'0000'0000;
  static constexpr uint64_t kAtFdCwd = static_cast<uint64_t>(-100);

  // ---- Guest memory ----
  uint64_t Room(uint64_t size) {
    const uint64_t address = next_;
    next_ += RoundUp(size, 16);
    if (next_ > kScratch + kScratchSize - 65536) {  // go round: tests need little at a time
      next_ = kScratch + RoundUp(size, 16);
      return kScratch;
    }
    return address;
  }
  uint64_t Put(const void* from, size_t size) {
    const uint64_t address = Room(size);
    REQUIRE(process->memory->CopyOut(GuestAddr{address}, from, size).ok());
    return address;
  }
  template <class T>
  uint64_t PutValue(const T& value) {
    return Put(&value, sizeof(value));
  }
  uint64_t Text(const std::string& text) { return Put(text.c_str(), text.size() + 1); }
  std::string Bytes(uint64_t address, size_t size) {
    std::string bytes(size, '\0');
    REQUIRE(process->memory->CopyIn(GuestAddr{address}, bytes.data(), size).ok());
    return bytes;
  }
  template <class T>
  T Value(uint64_t address) {
    T value;
    REQUIRE(process->memory->CopyIn(GuestAddr{address}, &value, sizeof(T)).ok());
    return value;
  }

  // ---- Calls: the value, or the negative errno as the guest sees it ----
  template <class... Arguments>
  Task<Result<uint64_t>> Start(kernel::Syscall call, Arguments... arguments) {
    kernel::SyscallContext& context = process->leader().context;
    context.number = static_cast<uint64_t>(call);
    const uint64_t raw[6] = {static_cast<uint64_t>(arguments)...};
    for (int i = 0; i < 6; ++i) context.arguments[i] = raw[i];
    return kernel::DispatchSyscall(context);
  }
  template <class... Arguments>
  int64_t Call(kernel::Syscall call, Arguments... arguments) {
    Task<Result<uint64_t>> task = Start(call, arguments...);
    REQUIRE(task.ready());
    return ToSyscallReturn(task.Take());
  }
  static constexpr int64_t Error(Errno error) { return -static_cast<int64_t>(error); }

  // ---- Shorthands ----
  int64_t Open(const std::string& path, uint64_t flags = 0, uint64_t mode = 0) {
    return Call(kernel::Syscall::k_openat, kAtFdCwd, Text(path), flags, mode);
  }
  int64_t Write(int64_t fd, const std::string& text) {
    return Call(kernel::Syscall::k_write, fd, Put(text.data(), text.size()), text.size());
  }
  /// What one read of `size` gives; "E" and the number for an error.
  std::string Read(int64_t fd, uint64_t size = 4096) {
    const uint64_t buffer = Room(size);
    const int64_t got = Call(kernel::Syscall::k_read, fd, buffer, size);
    return got < 0 ? "E" + std::to_string(-got) : Bytes(buffer, static_cast<size_t>(got));
  }
  void MakeFile(const std::string& path, const std::string& text, uint64_t mode = 0644) {
    const int64_t fd = Open(path, abi::kOCreat | abi::kOWrOnly | abi::kOTrunc, mode);
    REQUIRE(fd >= 0);
    REQUIRE(Write(fd, text) == static_cast<int64_t>(text.size()));
    REQUIRE(Call(kernel::Syscall::k_close, fd) == 0);
  }
  std::string FileText(const std::string& path) {
    const int64_t fd = Open(path);
    if (fd < 0) return "E" + std::to_string(-fd);
    const std::string text = Read(fd, 65536);
    REQUIRE(Call(kernel::Syscall::k_close, fd) == 0);
    return text;
  }

  StringHost host;
  kernel::Kernel kernel;
  std::unique_ptr<kernel::Process> process;

 private:
  uint64_t next_ = kScratch;
};

}  // namespace elfin::testing
