#include "syscalls/kernel/syscall_context.h"

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

namespace {
constexpr size_t kPathMax = 4096;
}

memory::AddressSpace& SyscallContext::memory() const { return *process.memory; }

Status SyscallContext::CopyIn(GuestAddr from, void* to, size_t size) const {
  return memory().CopyIn(from, to, size);
}

Status SyscallContext::CopyOut(GuestAddr to, const void* from, size_t size) const {
  return memory().CopyOut(to, from, size);
}

Status SyscallContext::Zero(GuestAddr to, size_t size) const { return memory().Zero(to, size); }

Result<size_t> SyscallContext::CopyInPartial(GuestAddr from, void* to, size_t size) const {
  return memory().CopyInPartial(from, to, size);
}

Result<size_t> SyscallContext::CopyOutPartial(GuestAddr to, const void* from, size_t size) const {
  return memory().CopyOutPartial(to, from, size);
}

Result<std::string> SyscallContext::CopyInPath(GuestPtr<char> from) const {
  return memory().CopyInString(from.address, kPathMax);
}

Result<std::string> SyscallContext::CopyInString(GuestPtr<char> from, size_t limit) const {
  return memory().CopyInString(from.address, limit);
}

}  // namespace elfin::kernel
