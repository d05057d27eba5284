// mmap's and its relatives' flags (include/uapi/asm-generic/mman-common.h, mman.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

inline constexpr int32_t kProtRead = 1, kProtWrite = 2, kProtExec = 4, kProtGrowsDown = 0x0100'0000,
                         kProtGrowsUp = 0x0200'0000;
inline constexpr int32_t kMapShared = 1, kMapPrivate = 2, kMapSharedValidate = 3,
                         kMapTypeMask = 0xf, kMapFixed = 0x10, kMapAnonymous = 0x20,
                         kMap32Bit = 0x40, kMapGrowsDown = 0x100, kMapDenyWrite = 0x800,
                         kMapExecutable = 0x1000, kMapLocked = 0x2000, kMapNoReserve = 0x4000,
                         kMapPopulate = 0x8000, kMapNonBlock = 0x1'0000, kMapStack = 0x2'0000,
                         kMapHugeTlb = 0x4'0000, kMapSync = 0x8'0000,
                         kMapFixedNoReplace = 0x10'0000;
inline constexpr int32_t kMremapMayMove = 1, kMremapFixed = 2, kMremapDontUnmap = 4;
inline constexpr int32_t kMsAsync = 1, kMsInvalidate = 2, kMsSync = 4;
inline constexpr int32_t kMadvNormal = 0, kMadvRandom = 1, kMadvSequential = 2, kMadvWillNeed = 3,
                         kMadvDontNeed = 4, kMadvFree = 8, kMadvRemove = 9, kMadvDontFork = 10,
                         kMadvDoFork = 11, kMadvMergeable = 12, kMadvUnmergeable = 13,
                         kMadvHugePage = 14, kMadvNoHugePage = 15, kMadvDontDump = 16,
                         kMadvDoDump = 17, kMadvWipeOnFork = 18, kMadvKeepOnFork = 19,
                         kMadvCold = 20, kMadvPageOut = 21, kMadvPopulateRead = 22,
                         kMadvPopulateWrite = 23;
inline constexpr int32_t kMclCurrent = 1, kMclFuture = 2, kMclOnFault = 4;

}  // namespace elfin::abi
