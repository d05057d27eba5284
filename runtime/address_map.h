// The address map of a process memory: guest address = offset in the process's WebAssembly memory.
//
//   0x0000'0000  cpu.wasm's own: stack, .data, .bss, CPU states           (the guest gets SIGSEGV
//   here) 0x0010'0000  page map: one byte of PageFlags for each 4 KiB page of the 4 GiB 0x0020'0000
//   first guest page: non-PIE executables where they ask to be
//                (0x200000 with lld, 0x400000 with GNU ld, 0x08048000 for i386)
//   0x0100'0000  PIE executable
//                then the heap (brk) with a reserve of kHeapReserve, the main stack with its guard
//                below it, and from the stack's top upward interpreter, libraries and anonymous
//                mappings. The stack's top is kStackTop, or, where image and heap do not fit below
//                it, the next multiple of kStackTopStep that leaves them room: so libraries land at
//                the same addresses in most processes, and one translation serves them all.
//   0xffff'0000  end of what a guest may map (the last 64 KiB stay free, so that address + size
//   never
//                wraps in 32 bits)
//
// Everything is compact because a WebAssembly memory grows only at its end: addresses are reserved
// freely, but memory is grown only up to the last page that is accessible.
#pragma once

#include <cstdint>

namespace elfin {

inline constexpr uint64_t kCpuEnd = 0x0020'0000;
inline constexpr uint64_t kPageMapAddress = 0x0010'0000;
inline constexpr uint64_t kPageMapSize = 0x0010'0000;
inline constexpr uint64_t kGuestBegin = kCpuEnd;
inline constexpr uint64_t kPieBase = 0x0100'0000;
inline constexpr uint64_t kHeapReserve = 0x0400'0000;
inline constexpr uint64_t kStackTop = 0x0800'0000;
inline constexpr uint64_t kStackTopStep = 0x0400'0000;
inline constexpr uint64_t kGuestEnd = 0xffff'0000;

/// The page map's byte of one page. Zero: nothing is mapped there.
enum PageFlags : uint8_t {
  kPageRead = 1,
  kPageWrite = 2,
  kPageExecute = 4,
  /// cpu.wasm's own mark: instructions of this page are in the decode cache, so a write has to drop
  /// them.
  kPageDecoded = 8,
};

}  // namespace elfin
