// Signals as x86-64 Linux numbers and lays them out (include/uapi/asm-generic/signal.h, siginfo.h,
// arch/x86/include/uapi/asm/{signal,sigcontext,ucontext}.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace elfin::abi {

inline constexpr int kSigHup = 1, kSigInt = 2, kSigQuit = 3, kSigIll = 4, kSigTrap = 5,
                     kSigAbrt = 6, kSigBus = 7, kSigFpe = 8, kSigKill = 9, kSigUsr1 = 10,
                     kSigSegv = 11, kSigUsr2 = 12, kSigPipe = 13, kSigAlrm = 14, kSigTerm = 15,
                     kSigStkFlt = 16, kSigChld = 17, kSigCont = 18, kSigStop = 19, kSigTstp = 20,
                     kSigTtin = 21, kSigTtou = 22, kSigUrg = 23, kSigXCpu = 24, kSigXFsz = 25,
                     kSigVtAlrm = 26, kSigProf = 27, kSigWinch = 28, kSigIo = 29, kSigPwr = 30,
                     kSigSys = 31, kSigRtMin = 32, kSigMax = 64;

// sa_flags
inline constexpr uint64_t kSaNoCldStop = 1, kSaNoCldWait = 2, kSaSigInfo = 4,
                          kSaUnsupported = 0x400, kSaExposeTagBits = 0x800,
                          kSaRestorer = 0x0400'0000, kSaOnStack = 0x0800'0000,
                          kSaRestart = 0x1000'0000, kSaNoDefer = 0x4000'0000,
                          kSaResetHand = 0x8000'0000;
inline constexpr uint64_t kSigDfl = 0, kSigIgn = 1;

// si_code
inline constexpr int32_t kSiUser = 0, kSiKernel = 0x80, kSiQueue = -1, kSiTimer = -2, kSiTkill = -6;
inline constexpr int32_t kIllIllOpc = 1, kIllIllOpn = 2;
inline constexpr int32_t kFpeIntDiv = 1, kFpeIntOvf = 2, kFpeFltDiv = 3, kFpeFltOvf = 4,
                         kFpeFltUnd = 5, kFpeFltRes = 6, kFpeFltInv = 7;
inline constexpr int32_t kSegvMapErr = 1, kSegvAccErr = 2;
inline constexpr int32_t kBusAdrAln = 1, kBusAdrErr = 2;
inline constexpr int32_t kCldExited = 1, kCldKilled = 2, kCldDumped = 3, kCldTrapped = 4,
                         kCldStopped = 5, kCldContinued = 6;
inline constexpr int32_t kTrapBrkpt = 1, kTrapTrace = 2;

// sigprocmask
inline constexpr int32_t kSigBlock = 0, kSigUnblock = 1, kSigSetMask = 2;

// sigaltstack
inline constexpr int32_t kSsOnStack = 1, kSsDisable = 2;
inline constexpr uint32_t kSsAutoDisarm = 1u << 31;
inline constexpr uint64_t kMinSigStackSize = 2048;

struct KernelSigaction {
  uint64_t handler;
  uint64_t flags;
  uint64_t restorer;
  uint64_t mask;
};
static_assert(sizeof(KernelSigaction) == 32);

struct SigInfo {
  int32_t signo;
  int32_t error;
  int32_t code;
  int32_t padding;
  union {
    struct {
      int32_t pid;
      uint32_t uid;
      uint64_t value;  // sigqueue's
    } sender;
    struct {
      uint64_t address;
      int16_t address_lsb;
    } fault;
    struct {
      int32_t pid;
      uint32_t uid;
      int32_t status;
      int64_t user_time;
      int64_t system_time;
    } child;
    struct {
      int32_t id;
      int32_t overrun;
      uint64_t value;
    } timer;
    uint8_t bytes[112];
  };
};
static_assert(sizeof(SigInfo) == 128 && offsetof(SigInfo, fault) == 16);
static_assert(offsetof(SigInfo, child.user_time) == 32);

struct StackT {
  uint64_t sp;
  int32_t flags;
  int32_t padding;
  uint64_t size;
};
static_assert(sizeof(StackT) == 24);

}  // namespace elfin::abi
