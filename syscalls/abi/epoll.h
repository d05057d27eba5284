// epoll's constants and its record (include/uapi/linux/eventpoll.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

/// Packed on x86-64, so that 32-bit programs have the same.
struct __attribute__((packed)) EpollEvent {
  uint32_t events;
  uint64_t data;
};
static_assert(sizeof(EpollEvent) == 12);

inline constexpr int32_t kEpollCtlAdd = 1, kEpollCtlDel = 2, kEpollCtlMod = 3;
/// Above the bits of poll(2).
inline constexpr uint32_t kEpollExclusive = 1u << 28, kEpollWakeUp = 1u << 29,
                          kEpollOneShot = 1u << 30, kEpollEdge = 1u << 31;

}  // namespace elfin::abi
