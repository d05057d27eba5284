// struct pollfd and the sets of select (include/uapi/asm-generic/poll.h, linux/posix_types.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

struct PollFd {
  int32_t fd;
  uint16_t events;
  uint16_t returned;
};
static_assert(sizeof(PollFd) == 8);

/// What select calls readable, writable and exceptional (fs/select.c).
inline constexpr uint32_t kSelectIn = 0x0d9, kSelectOut = 0x30c, kSelectException = 0x002;

/// The sixth argument of pselect6.
struct SigsetArgument {
  uint64_t address;
  uint64_t size;
};
static_assert(sizeof(SigsetArgument) == 16);

}  // namespace elfin::abi
