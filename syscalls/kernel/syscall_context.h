// What every system call's handler receives, and the shape of a handler:
//
//   /// read(2): ...
//   Task<Result<uint64_t>> SysRead(SyscallContext& ctx, Fd fd, GuestPtr<uint8_t> buffer, uint64_t
//   size);
//
// Parameters after the context are typed (at most six); the dispatch makes them from the raw
// registers. The value goes to rax; an Errno becomes -errno in one place (ToSyscallReturn). The
// context outlives the Task. Guest memory is reached through it only, and afresh after a co_await.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/result.h"
#include "runtime/base/types.h"
#include "syscalls/kernel/task.h"

namespace elfin::memory {
class AddressSpace;
}

namespace elfin::kernel {

class Kernel;
struct Process;
class Thread;

struct SyscallContext {
  Kernel& kernel;
  Process& process;
  Thread& thread;
  uint64_t number = 0;
  uint64_t arguments[6] = {};

  memory::AddressSpace& memory() const;

  // Guest memory, as AddressSpace's functions of the same names. Errors: kFault.
  Status CopyIn(GuestAddr from, void* to, size_t size) const;
  Status CopyOut(GuestAddr to, const void* from, size_t size) const;
  Status Zero(GuestAddr to, size_t size) const;
  template <class T>
  Result<T> CopyIn(GuestPtr<T> from) const {
    T value;
    TRY(CopyIn(from.address, &value, sizeof(T)));
    return value;
  }
  template <class T>
  Status CopyOut(GuestPtr<T> to, const T& value) const {
    return CopyOut(to.address, &value, sizeof(T));
  }
  /// Bytes copied before the first that is out of reach; kFault if that is the first of all.
  Result<size_t> CopyInPartial(GuestAddr from, void* to, size_t size) const;
  Result<size_t> CopyOutPartial(GuestAddr to, const void* from, size_t size) const;
  /// A path: at most 4095 bytes. Errors: kFault, kNameTooLong.
  Result<std::string> CopyInPath(GuestPtr<char> from) const;
  /// `limit` counts the zero byte. Errors: kFault, kNameTooLong.
  Result<std::string> CopyInString(GuestPtr<char> from, size_t limit) const;
};

/// Runs the handler of context.number, or answers kNoSys. Implemented by syscalls/dispatch.cc.
Task<Result<uint64_t>> DispatchSyscall(SyscallContext& context);

}  // namespace elfin::kernel
