#include "tests/lib/fake_process_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "runtime/base/types.h"

namespace elfin::testing {

FakeProcessMemory::FakeProcessMemory(uint64_t limit)
    : limit_(limit), flags_(kGuestEnd / kPageSize, uint8_t{0}) {
  bytes_ = static_cast<uint8_t*>(mmap(nullptr, limit, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  CHECK(bytes_ != MAP_FAILED);
}

FakeProcessMemory::~FakeProcessMemory() { munmap(bytes_, limit_); }

uint8_t* FakeProcessMemory::At(uint64_t address, uint64_t size) const {
  CHECK(address >= kGuestBegin && address <= size_ && size <= size_ - address);
  return bytes_ + address;
}

Status FakeProcessMemory::Grow(uint64_t end) {
  end = RoundUp(end, 0x1'0000);
  if (end > limit_) return Errno::kNoMem;
  if (end > size_) size_ = end;
  return kOk;
}

void FakeProcessMemory::Read(uint64_t address, void* to, size_t size) const {
  std::memcpy(to, At(address, size), size);
}

void FakeProcessMemory::Write(uint64_t address, const void* from, size_t size) {
  std::memcpy(At(address, size), from, size);
}

void FakeProcessMemory::Fill(uint64_t address, uint8_t byte, size_t size) {
  std::memset(At(address, size), byte, size);
}

void FakeProcessMemory::Move(uint64_t to, uint64_t from, size_t size) {
  std::memmove(At(to, size), At(from, size), size);
}

void FakeProcessMemory::CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) {
  from.Read(address, At(address, size), size);
}

size_t FakeProcessMemory::FindZero(uint64_t address, size_t limit) const {
  const void* zero = std::memchr(At(address, limit), 0, limit);
  return zero == nullptr ? limit
                         : static_cast<size_t>(static_cast<const uint8_t*>(zero) - At(address, 0));
}

void FakeProcessMemory::SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) {
  CHECK(first_page >= kGuestBegin / kPageSize && first_page + count <= kGuestEnd / kPageSize);
  CHECK(flags == 0 || (first_page + count) * kPageSize <= size_);  // accessible pages exist
  std::fill_n(flags_.begin() + static_cast<ptrdiff_t>(first_page), count, flags);
}

void FakeProcessMemory::InvalidateCode(uint64_t address, uint64_t size) {
  At(address, size);
  ++invalidations;
}

void FakeProcessMemory::ResetCpu(uint64_t begin, uint64_t end) {
  At(begin, end - begin);
  cache_begin = begin;
  cache_end = end;
  state = {};
}

}  // namespace elfin::testing
