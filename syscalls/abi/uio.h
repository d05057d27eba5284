// struct iovec and the flags of preadv2 and pwritev2 (include/uapi/linux/{uio,fs}.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

struct IoVec {
  uint64_t base;
  uint64_t length;
};
static_assert(sizeof(IoVec) == 16);

inline constexpr int32_t kIovMax = 1024;
inline constexpr uint32_t kRwfHiPri = 1, kRwfDSync = 2, kRwfSync = 4, kRwfNoWait = 8,
                          kRwfAppend = 16;

}  // namespace elfin::abi
