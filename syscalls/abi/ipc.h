// System V IPC (include/uapi/linux/ipc.h, shm.h, sem.h, msg.h; x86's 64-bit layouts).
#pragma once

#include <cstdint>

#include "runtime/base/errno.h"

namespace elfin::abi {

/// Errors that only System V IPC has.
inline constexpr Errno kErrnoNoMessage = static_cast<Errno>(42);  // ENOMSG
inline constexpr Errno kErrnoIdRemoved = static_cast<Errno>(43);  // EIDRM

inline constexpr int32_t kIpcPrivate = 0;
inline constexpr int32_t kIpcCreate = 01000, kIpcExclusive = 02000, kIpcNoWait = 04000;
inline constexpr int32_t kIpcRemove = 0, kIpcSet = 1, kIpcStat = 2, kIpcInfo = 3;
/// glibc adds it to commands; x86-64's kernel has only the new layouts.
inline constexpr int32_t kIpc64 = 0x100;

struct IpcPerm {
  int32_t key;
  uint32_t uid;
  uint32_t gid;
  uint32_t cuid;
  uint32_t cgid;
  uint32_t mode;
  uint16_t sequence;
  uint16_t padding[3];
  uint64_t reserved[2];
};
static_assert(sizeof(IpcPerm) == 48);

inline constexpr int32_t kShmLock = 11, kShmUnlock = 12, kShmStat = 13, kShmInfo = 14,
                         kShmStatAny = 15;
inline constexpr int32_t kShmReadOnly = 010000, kShmRound = 020000, kShmRemap = 040000,
                         kShmExec = 0100000, kShmHugeTlb = 04000, kShmNoReserve = 010000;
/// In the mode that shmctl tells.
inline constexpr uint32_t kShmDestroyed = 01000, kShmLocked = 02000;
struct ShmIdDs {
  IpcPerm perm;
  uint64_t size;
  int64_t attach_time;
  int64_t detach_time;
  int64_t change_time;
  int32_t creator_pid;
  int32_t last_pid;
  uint64_t attached;
  uint64_t reserved[2];
};
static_assert(sizeof(ShmIdDs) == 112);
struct ShmLimits {  // shminfo64
  uint64_t max_size, min_size, max_segments, max_attached, max_pages;
  uint64_t reserved[4];
};
static_assert(sizeof(ShmLimits) == 72);
struct ShmUsage {  // shm_info
  int32_t used_ids;
  uint64_t total_pages, resident_pages, swapped_pages, swap_attempts, swap_successes;
};
static_assert(sizeof(ShmUsage) == 48);

inline constexpr int32_t kSemGetPid = 11, kSemGetVal = 12, kSemGetAll = 13, kSemGetNCount = 14,
                         kSemGetZCount = 15, kSemSetVal = 16, kSemSetAll = 17, kSemStat = 18,
                         kSemInfo = 19, kSemStatAny = 20;
inline constexpr int16_t kSemUndo = 0x1000;
struct SemBuf {
  uint16_t number;
  int16_t operation;
  int16_t flags;
};
static_assert(sizeof(SemBuf) == 6);
struct SemIdDs {
  IpcPerm perm;
  int64_t operation_time;
  uint64_t reserved1;
  int64_t change_time;
  uint64_t reserved2;
  uint64_t count;
  uint64_t reserved3[2];
};
static_assert(sizeof(SemIdDs) == 104);
struct SemInfo {
  int32_t map, sets, semaphores, undos, per_set, operations, undo_entries, undo_size, max_value,
      max_adjustment;
};
static_assert(sizeof(SemInfo) == 40);

inline constexpr int32_t kMsgStat = 11, kMsgInfo = 12, kMsgStatAny = 13;
inline constexpr int32_t kMsgNoError = 010000, kMsgExcept = 020000, kMsgCopy = 040000;
struct MsqIdDs {
  IpcPerm perm;
  int64_t send_time;
  int64_t receive_time;
  int64_t change_time;
  uint64_t bytes;
  uint64_t messages;
  uint64_t max_bytes;
  int32_t last_sender;
  int32_t last_receiver;
  uint64_t reserved[2];
};
static_assert(sizeof(MsqIdDs) == 120);
struct MsgInfo {
  int32_t pool, map, max_size, max_bytes, queues, segment_size, messages;
  uint16_t segments;
};
static_assert(sizeof(MsgInfo) == 32);

}  // namespace elfin::abi
