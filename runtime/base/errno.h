// Linux error numbers as a type of their own.
//
// What a guest or a disk can cause travels as an Errno inside a Result (see result.h). The numbers
// are those of include/uapi/asm-generic/errno-base.h and errno.h; ToSyscallReturn (result.h) is the
// one place where a number becomes the negative value that a guest sees in rax.
#pragma once

#include <cstdint>

namespace elfin {

enum class Errno : int32_t {
  kPerm = 1,
  kNoEnt = 2,
  kSrch = 3,
  kIntr = 4,
  kIo = 5,
  kNxio = 6,
  k2Big = 7,
  kNoExec = 8,
  kBadF = 9,
  kChild = 10,
  kAgain = 11,
  kNoMem = 12,
  kAcces = 13,
  kFault = 14,
  kNotBlk = 15,
  kBusy = 16,
  kExist = 17,
  kXDev = 18,
  kNoDev = 19,
  kNotDir = 20,
  kIsDir = 21,
  kInval = 22,
  kNFile = 23,
  kMFile = 24,
  kNoTty = 25,
  kTxtBsy = 26,
  kFBig = 27,
  kNoSpc = 28,
  kSPipe = 29,
  kRoFs = 30,
  kMLink = 31,
  kPipe = 32,
  kDom = 33,
  kRange = 34,
  kDeadlk = 35,
  kNameTooLong = 36,
  kNoLck = 37,
  kNoSys = 38,
  kNotEmpty = 39,
  kLoop = 40,
  kNoData = 61,
  kTime = 62,
  kProto = 71,
  kBadMsg = 74,
  kOverflow = 75,
  kLibBad = 80,
  kIlSeq = 84,
  kUsers = 87,
  kNotSock = 88,
  kDestAddrReq = 89,
  kMsgSize = 90,
  kPrototype = 91,
  kNoProtoOpt = 92,
  kProtoNoSupport = 93,
  kSockTNoSupport = 94,
  kOpNotSupp = 95,
  kAfNoSupport = 97,
  kAddrInUse = 98,
  kAddrNotAvail = 99,
  kNetUnreach = 101,
  kConnAborted = 103,
  kConnReset = 104,
  kNoBufs = 105,
  kIsConn = 106,
  kNotConn = 107,
  kTimedOut = 110,
  kConnRefused = 111,
  kHostUnreach = 113,
  kAlready = 114,
  kInProgress = 115,
  kStale = 116,
  kUClean = 117,
  kCanceled = 125,
  // Kernel-internal (include/linux/errno.h): turned into a restart or EINTR before a guest sees
  // them.
  kRestartSys = 512,
  kRestartNoIntr = 513,
  kRestartNoHand = 514,
  kRestartBlock = 516,
};

/// The symbolic name, "ENOENT"; "E?" for a number that is not in the list.
const char* ErrnoName(Errno error);

}  // namespace elfin
