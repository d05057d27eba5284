// Flags and commands of open, the *at calls, fcntl, flock, fallocate, renameat2 and memfd_create
// (include/uapi/asm-generic/fcntl.h and include/uapi/linux/{fcntl,openat2,falloc,fs,memfd}.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

inline constexpr uint32_t kOAccMode = 3, kORdOnly = 0, kOWrOnly = 1, kORdWr = 2;
inline constexpr uint32_t kOCreat = 0100, kOExcl = 0200, kONoCtty = 0400, kOTrunc = 01000,
                          kOAppend = 02000, kONonBlock = 04000, kODSync = 010000, kOAsync = 020000,
                          kODirect = 040000, kOLargeFile = 0100000, kODirectory = 0200000,
                          kONoFollow = 0400000, kONoATime = 01000000, kOCloExec = 02000000,
                          kOSyncBit = 04000000, kOSync = kOSyncBit | kODSync, kOPath = 010000000,
                          kOTmpFileBit = 020000000, kOTmpFile = kOTmpFileBit | kODirectory;
/// Every flag that open knows; it ignores the others, openat2 refuses them.
inline constexpr uint32_t kOAll = kOAccMode | kOCreat | kOExcl | kONoCtty | kOTrunc | kOAppend |
                                  kONonBlock | kOSync | kOAsync | kODirect | kOLargeFile |
                                  kODirectory | kONoFollow | kONoATime | kOCloExec | kOPath |
                                  kOTmpFileBit;

inline constexpr int32_t kAtFdCwd = -100;
inline constexpr uint32_t kAtSymlinkNoFollow = 0x100, kAtRemoveDir = 0x200, kAtEAccess = 0x200,
                          kAtSymlinkFollow = 0x400, kAtNoAutomount = 0x800, kAtEmptyPath = 0x1000,
                          kAtStatxSyncType = 0x6000, kAtStatxSyncAsStat = 0,
                          kAtStatxForceSync = 0x2000, kAtStatxDontSync = 0x4000;

struct OpenHow {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};
static_assert(sizeof(OpenHow) == 24);
inline constexpr uint64_t kResolveNoXdev = 1, kResolveNoMagicLinks = 2, kResolveNoSymlinks = 4,
                          kResolveBeneath = 8, kResolveInRoot = 16, kResolveCached = 32;

inline constexpr int32_t kFDupFd = 0, kFGetFd = 1, kFSetFd = 2, kFGetFl = 3, kFSetFl = 4,
                         kFGetLk = 5, kFSetLk = 6, kFSetLkW = 7, kFSetOwn = 8, kFGetOwn = 9,
                         kFSetSig = 10, kFGetSig = 11, kFSetOwnEx = 15, kFGetOwnEx = 16,
                         kFOfdGetLk = 36, kFOfdSetLk = 37, kFOfdSetLkW = 38, kFSetLease = 1024,
                         kFGetLease = 1025, kFNotify = 1026, kFDupFdCloExec = 1030,
                         kFSetPipeSize = 1031, kFGetPipeSize = 1032, kFAddSeals = 1033,
                         kFGetSeals = 1034;
inline constexpr uint32_t kFdCloExec = 1;

inline constexpr int16_t kLockRead = 0, kLockWrite = 1, kLockUnlock = 2;
struct FileLock {
  int16_t type;
  int16_t whence;
  int64_t start;
  int64_t length;
  int32_t pid;
};
static_assert(sizeof(FileLock) == 32 && offsetof(FileLock, start) == 8 &&
              offsetof(FileLock, pid) == 24);

inline constexpr int32_t kFlockShared = 1, kFlockExclusive = 2, kFlockNonBlocking = 4,
                         kFlockUnlock = 8;

inline constexpr uint32_t kSealSeal = 1, kSealShrink = 2, kSealGrow = 4, kSealWrite = 8,
                          kSealFutureWrite = 16, kSealExec = 32, kSealAll = 63;
inline constexpr uint32_t kMfdCloExec = 1, kMfdAllowSealing = 2, kMfdHugeTlb = 4,
                          kMfdNoExecSeal = 8, kMfdExec = 16;

inline constexpr uint32_t kFallocKeepSize = 1, kFallocPunchHole = 2, kFallocCollapseRange = 8,
                          kFallocZeroRange = 16, kFallocInsertRange = 32, kFallocUnshareRange = 64;

inline constexpr uint32_t kRenameNoReplace = 1, kRenameExchange = 2, kRenameWhiteout = 4;

inline constexpr int32_t kSeekSet = 0, kSeekCur = 1, kSeekEnd = 2, kSeekData = 3, kSeekHole = 4;

inline constexpr uint32_t kCloseRangeUnshare = 2, kCloseRangeCloExec = 4;

inline constexpr uint32_t kSpliceMove = 1, kSpliceNonBlock = 2, kSpliceMore = 4, kSpliceGift = 8;

inline constexpr int64_t kPathMax = 4096;  // with the zero
inline constexpr size_t kNameMax = 255;
inline constexpr int kMaxSymlinks = 40;
/// What one read or write moves at most (include/linux/fs.h, MAX_RW_COUNT).
inline constexpr uint64_t kMaxReadWrite = 0x7fff'f000;

/// utimensat's tv_nsec.
inline constexpr int64_t kUtimeNow = (1 << 30) - 1, kUtimeOmit = (1 << 30) - 2;

}  // namespace elfin::abi
