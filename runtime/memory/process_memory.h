// One process's linear memory and the cpu instance that runs in it, as kernel and loader see them.
//
// Implementations: WebAssembly (syscalls/entry, through the host's JavaScript), native (tests/lib:
// an mmap'd range and the native interpreter), and a plain in-memory twin for unit tests.
//
// Nothing here checks permissions: that is AddressSpace's work (address_space.h), which knows the
// mappings. Ranges are within [0, size()); an implementation CHECKs that. Guest data and the cpu's
// own low 2 MiB are reached by different functions, so that no guest pointer can ever name the
// cpu's own data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/address_map.h"
#include "runtime/base/result.h"
#include "runtime/cpu/cpu_state.h"

namespace elfin::memory {

class ProcessMemory {
 public:
  virtual ~ProcessMemory() = default;

  /// Bytes that exist now; always a multiple of 64 KiB, never shrinks. New bytes are zero.
  virtual uint64_t size() const = 0;
  /// Makes size() >= end. Errors: kNoMem.
  virtual Status Grow(uint64_t end) = 0;

  /// Guest data, address >= kGuestBegin.
  virtual void Read(uint64_t address, void* to, size_t size) const = 0;
  virtual void Write(uint64_t address, const void* from, size_t size) = 0;
  virtual void Fill(uint64_t address, uint8_t byte, size_t size) = 0;
  /// Ranges may overlap (memmove).
  virtual void Move(uint64_t to, uint64_t from, size_t size) = 0;
  /// The index of the first zero byte in [address, address + limit), or limit.
  virtual size_t FindZero(uint64_t address, size_t limit) const = 0;

  /// The host's number for it, for what the host itself fills (ForeignRange); nullopt: it has none.
  virtual std::optional<int32_t> host_number() const { return std::nullopt; }

  /// Copies [address, address + size) of `from`, a memory of the same kind, to the same place here,
  /// which reads as zero. Both reach so far.
  virtual void CopyPages(const ProcessMemory& from, uint64_t address, uint64_t size) = 0;

  /// Sets the page map's bytes for `count` pages (PageFlags; 0 = not mapped) and drops decoded and
  /// translated code of those pages.
  virtual void SetPageFlags(uint64_t first_page, uint64_t count, uint8_t flags) = 0;
  /// Drops decoded and translated code in a range whose bytes the kernel has changed.
  virtual void InvalidateCode(uint64_t address, uint64_t size) = 0;

  /// Prepares the cpu for a new program: CPU state reset, decode cache empty and from now on in
  /// [cache_begin, cache_end) of this memory (page flags there stay 0).
  virtual void ResetCpu(uint64_t cache_begin, uint64_t cache_end) = 0;
  virtual void ReadCpuState(cpu::CpuState* to) const = 0;
  virtual void WriteCpuState(const cpu::CpuState& from) = 0;
  /// Runs the guest until it leaves. `syscall` instructions call the kernel from inside.
  virtual cpu::ExitReason RunCpu() = 0;
  /// Makes a running cpu leave with kBudget soon (callable from inside a system call).
  virtual void InterruptCpu() = 0;
  /// From now on translated code looks at the permissions of every page that it touches, until
  /// ResetCpu.
  virtual void UsePageChecks() = 0;
  virtual bool uses_page_checks() const = 0;
  /// The mnemonic of the instruction at an address, for messages; empty where nobody knows.
  virtual std::string InsnName(uint64_t address) const = 0;
};

}  // namespace elfin::memory
