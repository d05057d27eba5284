// What the dispatch counts, for --stats and for saying things only once. Part of the Kernel.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

namespace elfin::kernel {

struct SyscallTally {
  static constexpr uint64_t kLimit = 512;
  std::array<uint64_t, kLimit> calls{};  // by number
  std::bitset<kLimit> reported;          // missing calls that have been named to the person
};

}  // namespace elfin::kernel
