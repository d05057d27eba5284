// clone(2), clone3(2), wait4(2) and waitid(2) as x86-64 Linux numbers them
// (include/uapi/linux/sched.h, wait.h).
#pragma once

#include <cstdint>

namespace elfin::abi {

// clone's flags. The low byte of clone's (not clone3's) is the signal to the parent.
inline constexpr uint64_t kCloneSignalMask = 0xff;
inline constexpr uint64_t kCloneVm = 0x100, kCloneFs = 0x200, kCloneFiles = 0x400,
                          kCloneSigHand = 0x800, kClonePidFd = 0x1000, kClonePtrace = 0x2000,
                          kCloneVfork = 0x4000, kCloneParent = 0x8000, kCloneThread = 0x1'0000,
                          kCloneNewNs = 0x2'0000, kCloneSysVSem = 0x4'0000, kCloneSetTls = 0x8'0000,
                          kCloneParentSetTid = 0x10'0000, kCloneChildClearTid = 0x20'0000,
                          kCloneDetached = 0x40'0000, kCloneUntraced = 0x80'0000,
                          kCloneChildSetTid = 0x100'0000, kCloneNewCgroup = 0x200'0000,
                          kCloneNewUts = 0x400'0000, kCloneNewIpc = 0x800'0000,
                          kCloneNewUser = 0x1000'0000, kCloneNewPid = 0x2000'0000,
                          kCloneNewNet = 0x4000'0000, kCloneIo = 0x8000'0000,
                          kCloneClearSigHand = 0x1'0000'0000, kCloneIntoCgroup = 0x2'0000'0000;
inline constexpr uint64_t kCloneNamespaces = kCloneNewNs | kCloneNewCgroup | kCloneNewUts |
                                             kCloneNewIpc | kCloneNewUser | kCloneNewPid |
                                             kCloneNewNet;

/// clone3's argument; the size that the guest passes says how much of it there is.
struct CloneArguments {
  uint64_t flags;
  uint64_t pidfd;
  uint64_t child_tid;
  uint64_t parent_tid;
  uint64_t exit_signal;
  uint64_t stack;
  uint64_t stack_size;
  uint64_t tls;
  uint64_t set_tid;
  uint64_t set_tid_size;
  uint64_t cgroup;
};
static_assert(sizeof(CloneArguments) == 88);
inline constexpr uint64_t kCloneArgumentsFirstSize = 64;

// wait4's and waitid's options
inline constexpr int32_t kWNoHang = 1, kWUntraced = 2, kWStopped = 2, kWExited = 4, kWContinued = 8,
                         kWNoWait = 0x100'0000, kWNoThread = 0x2000'0000, kWAll = 0x4000'0000,
                         kWClone = INT32_MIN;
// waitid's kinds of ids
inline constexpr int32_t kPAll = 0, kPPid = 1, kPPgid = 2, kPPidFd = 3;

}  // namespace elfin::abi
