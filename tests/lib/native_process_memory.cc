#include "tests/lib/native_process_memory.h"

#include <sys/mman.h>

#include <cstring>

#include "runtime/base/types.h"
#include "runtime/cpu/translated_map.h"

namespace elfin::testing {
namespace {

constexpr uint64_t kWasmPageSize = 0x1'0000;
/// 4 GiB and a guard, so that an access of up to 64 bytes at the last address faults.
constexpr uint64_t kReserved = 0x1'0000'0000 + kWasmPageSize;

}  // namespace

std::unique_ptr<NativeProcessMemory> NativeProcessMemory::Create(
    const NativeSyscallTarget& target) {
  void* base =
      mmap(nullptr, kReserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return nullptr;
  CHECK(mprotect(base, kCpuEnd, PROT_READ | PROT_WRITE) == 0);
  return std::unique_ptr<NativeProcessMemory>(
      new NativeProcessMemory(static_cast<uint8_t*>(base), target));
}

NativeProcessMemory::NativeProcessMemory(uint8_t* base, const NativeSyscallTarget& target)
    : base_(base), target_(target), size_(kCpuEnd) {}

NativeProcessMemory::~NativeProcessMemory() { munmap(base_, kReserved); }

uint8_t* NativeProcessMemory::Guest(uint64_t address, uint64_t size) const {
  CHECK(address >= kGuestBegin && address <= size_ && size <= size_ - address);
  return base_ + address;
}

Status NativeProcessMemory::Grow(uint64_t end) {
  if (end <= size_) return kOk;
  end = RoundUp(end, kWasmPageSize);
  if (end > RoundUp(kGuestEnd, kWasmPageSize)) return Errno::kNoMem;
  if (mprotect(base_ + size_, end - size_, PROT_READ | PROT_WRITE) != 0) return Errno::kNoMem;
  size_ = end;
  return kOk;
}

void NativeProcessMemory::Read(uint64_t address, void* to, size_t size) const {
  std::memcpy(to, Guest(address, size), size);
}

void NativeProcessMemory::Write(uint64_t address, const void* from, size_t size) {
  std::memcpy(Guest(address, size), from, size);
}

void NativeProcessMemory::Fill(uint64_t address, uint8_t byte, size_t size) {
  std::memset(Guest(address, size), byte, size);
}

void NativeProcessMemory::Move(uint64_t to, uint64_t from, size_t size) {
  std::memmove(Guest(to, size), Guest(from, size), size);
}

size_t NativeProcessMemory::FindZero(uint64_t address, size_t limit) const {
  const uint8_t* begin = Guest(address, limit);
  const void* zero = std::memchr(begin, 0, limit);
  return zero == nullptr ? limit : static_cast<size_t>(static_cast<const uint8_t*>(zero) - begin);
}

void NativeProcessMemory::CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) {
  const auto& other = static_cast<const NativeProcessMemory&>(from);
  std::memcpy(Guest(address, size), other.Guest(address, size), size);
}

void NativeProcessMemory::SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) {
  CHECK(first_page >= kGuestBegin / kPageSize && first_page + count <= kGuestEnd / kPageSize);
  cpu::Invalidate(state(), first_page * kPageSize, (first_page + count) * kPageSize);
  std::memset(base_ + kPageMapAddress + first_page, flags, count);
}

void NativeProcessMemory::InvalidateCode(uint64_t address, uint64_t size) {
  cpu::Invalidate(state(), address, address + size);
}

void NativeProcessMemory::ResetCpu(uint64_t cache_begin, uint64_t cache_end) {
  Guest(cache_begin, cache_end - cache_begin);
  cpu::ResetCpu(state(), reinterpret_cast<uint64_t>(base_), cache_begin, cache_end);
  cpu::SetKernel(state(), target_.function, target_.kernel);
  cpu::SetInsnMemo(state(), memo_.get());
}

void NativeProcessMemory::ReadCpuState(cpu::CpuState* to) const { *to = state(); }

void NativeProcessMemory::WriteCpuState(const cpu::CpuState& from) { state() = from; }

cpu::ExitReason NativeProcessMemory::RunCpu() { return cpu::Run(state()); }

void NativeProcessMemory::InterruptCpu() { cpu::Interrupt(state()); }

void NativeProcessMemory::UsePageChecks() {
  page_checks_ = true;
  cpu::UsePageChecks(state());
}

std::string NativeProcessMemory::InsnName(uint64_t address) const {
  return cpu::InsnNameAt(state(), address);
}

}  // namespace elfin::testing
