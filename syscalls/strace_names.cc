#include "syscalls/strace_names.h"

#include <cstdio>
#include <span>

#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/net_device.h"
#include "syscalls/abi/socket.h"
#include "syscalls/abi/termios.h"

namespace elfin::kernel {
namespace {

struct Name {
  uint32_t value;
  const char* text;
};

std::string FlagsText(uint32_t flags, std::span<const Name> names, const char* none) {
  std::string text;
  auto append = [&text](const std::string& part) { text += (text.empty() ? "" : "|") + part; };
  for (const Name& name : names) {
    if ((flags & name.value) != name.value) continue;
    append(name.text);
    flags &= ~name.value;
  }
  if (flags != 0) append(HexText(flags));
  return text.empty() ? none : text;
}

std::string CodeText(uint32_t code, std::span<const Name> names) {
  for (const Name& name : names) {
    if (name.value == code) return name.text;
  }
  return HexText(code);
}

constexpr Name kOpenFlags[] = {
    {abi::kOTmpFile, "O_TMPFILE"},     {abi::kOSync, "O_SYNC"},
    {abi::kOCreat, "O_CREAT"},         {abi::kOExcl, "O_EXCL"},
    {abi::kONoCtty, "O_NOCTTY"},       {abi::kOTrunc, "O_TRUNC"},
    {abi::kOAppend, "O_APPEND"},       {abi::kONonBlock, "O_NONBLOCK"},
    {abi::kODSync, "O_DSYNC"},         {abi::kOAsync, "O_ASYNC"},
    {abi::kODirect, "O_DIRECT"},       {abi::kOLargeFile, "O_LARGEFILE"},
    {abi::kONoFollow, "O_NOFOLLOW"},   {abi::kONoATime, "O_NOATIME"},
    {abi::kOCloExec, "O_CLOEXEC"},     {abi::kOPath, "O_PATH"},
    {abi::kODirectory, "O_DIRECTORY"},
};
constexpr Name kAtFlags[] = {
    {abi::kAtSymlinkNoFollow, "AT_SYMLINK_NOFOLLOW"},
    {abi::kAtRemoveDir, "AT_REMOVEDIR"},
    {abi::kAtSymlinkFollow, "AT_SYMLINK_FOLLOW"},
    {abi::kAtNoAutomount, "AT_NO_AUTOMOUNT"},
    {abi::kAtEmptyPath, "AT_EMPTY_PATH"},
    {abi::kAtStatxForceSync, "AT_STATX_FORCE_SYNC"},
    {abi::kAtStatxDontSync, "AT_STATX_DONT_SYNC"},
};
constexpr Name kProtections[] = {{1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}};
constexpr Name kMapFlags[] = {
    {3, "MAP_SHARED_VALIDATE"}, {1, "MAP_SHARED"},
    {2, "MAP_PRIVATE"},         {0x10, "MAP_FIXED"},
    {0x20, "MAP_ANONYMOUS"},    {0x40, "MAP_32BIT"},
    {0x100, "MAP_GROWSDOWN"},   {0x800, "MAP_DENYWRITE"},
    {0x1000, "MAP_EXECUTABLE"}, {0x2000, "MAP_LOCKED"},
    {0x4000, "MAP_NORESERVE"},  {0x8000, "MAP_POPULATE"},
    {0x10000, "MAP_NONBLOCK"},  {0x20000, "MAP_STACK"},
    {0x40000, "MAP_HUGETLB"},   {0x100000, "MAP_FIXED_NOREPLACE"},
};
constexpr Name kAccessModes[] = {{4, "R_OK"}, {2, "W_OK"}, {1, "X_OK"}};
constexpr Name kClocks[] = {
    {0, "CLOCK_REALTIME"},          {1, "CLOCK_MONOTONIC"},     {2, "CLOCK_PROCESS_CPUTIME_ID"},
    {3, "CLOCK_THREAD_CPUTIME_ID"}, {4, "CLOCK_MONOTONIC_RAW"}, {5, "CLOCK_REALTIME_COARSE"},
    {6, "CLOCK_MONOTONIC_COARSE"},  {7, "CLOCK_BOOTTIME"},
};
constexpr Name kWhences[] = {
    {0, "SEEK_SET"}, {1, "SEEK_CUR"}, {2, "SEEK_END"}, {3, "SEEK_DATA"}, {4, "SEEK_HOLE"}};
constexpr Name kFcntlCommands[] = {
    {0, "F_DUPFD"},
    {1, "F_GETFD"},
    {2, "F_SETFD"},
    {3, "F_GETFL"},
    {4, "F_SETFL"},
    {5, "F_GETLK"},
    {6, "F_SETLK"},
    {7, "F_SETLKW"},
    {8, "F_SETOWN"},
    {9, "F_GETOWN"},
    {10, "F_SETSIG"},
    {11, "F_GETSIG"},
    {36, "F_OFD_GETLK"},
    {37, "F_OFD_SETLK"},
    {38, "F_OFD_SETLKW"},
    {1024, "F_SETLEASE"},
    {1025, "F_GETLEASE"},
    {1026, "F_NOTIFY"},
    {1030, "F_DUPFD_CLOEXEC"},
    {1031, "F_SETPIPE_SZ"},
    {1032, "F_GETPIPE_SZ"},
    {1033, "F_ADD_SEALS"},
    {1034, "F_GET_SEALS"},
};
constexpr Name kIoctls[] = {
    {abi::kTcGets, "TCGETS"},
    {abi::kTcSets, "TCSETS"},
    {abi::kTcSetsW, "TCSETSW"},
    {abi::kTcSetsF, "TCSETSF"},
    {abi::kTcSendBreak, "TCSBRK"},
    {abi::kTcXonC, "TCXONC"},
    {abi::kTcFlush, "TCFLSH"},
    {abi::kTiocGPgrp, "TIOCGPGRP"},
    {abi::kTiocSPgrp, "TIOCSPGRP"},
    {abi::kTiocGWinSize, "TIOCGWINSZ"},
    {abi::kTiocSWinSize, "TIOCSWINSZ"},
    {abi::kFioNRead, "FIONREAD"},
    {abi::kFioNBio, "FIONBIO"},
    {abi::kTiocNoTty, "TIOCNOTTY"},
    {abi::kTiocGSid, "TIOCGSID"},
    {abi::kTcGets2, "TCGETS2"},
    {abi::kTcSets2, "TCSETS2"},
    {abi::kFioNClEx, "FIONCLEX"},
    {abi::kFioClEx, "FIOCLEX"},
    {abi::kFioAsync, "FIOASYNC"},
    {abi::kFioQSize, "FIOQSIZE"},
    {abi::kFiClone, "FICLONE"},
    {abi::kSiocGifName, "SIOCGIFNAME"},
    {abi::kSiocGifConf, "SIOCGIFCONF"},
    {abi::kSiocGifFlags, "SIOCGIFFLAGS"},
    {abi::kSiocGifAddr, "SIOCGIFADDR"},
    {abi::kSiocGifNetmask, "SIOCGIFNETMASK"},
    {abi::kSiocGifMtu, "SIOCGIFMTU"},
    {abi::kSiocGifHwAddr, "SIOCGIFHWADDR"},
    {abi::kSiocGifIndex, "SIOCGIFINDEX"},
    {abi::kSiocGifTxqLen, "SIOCGIFTXQLEN"},
    {abi::kTiocSctty, "TIOCSCTTY"},
};
constexpr Name kPollEvents[] = {
    {1, "POLLIN"},         {2, "POLLPRI"},        {4, "POLLOUT"},        {8, "POLLERR"},
    {16, "POLLHUP"},       {32, "POLLNVAL"},      {0x40, "POLLRDNORM"},  {0x80, "POLLRDBAND"},
    {0x100, "POLLWRNORM"}, {0x200, "POLLWRBAND"}, {0x2000, "POLLRDHUP"},
};
constexpr Name kSocketTypes[] = {
    {1, "SOCK_STREAM"}, {2, "SOCK_DGRAM"}, {3, "SOCK_RAW"}, {5, "SOCK_SEQPACKET"}};
constexpr Name kSocketFlags[] = {{abi::kSockNonBlock, "SOCK_NONBLOCK"},
                                 {abi::kSockCloExec, "SOCK_CLOEXEC"}};
constexpr Name kMessageFlags[] = {
    {abi::kMsgOob, "MSG_OOB"},
    {abi::kMsgPeek, "MSG_PEEK"},
    {abi::kMsgTruncated, "MSG_TRUNC"},
    {abi::kMsgDontWait, "MSG_DONTWAIT"},
    {abi::kMsgWaitAll, "MSG_WAITALL"},
    {abi::kMsgErrorQueue, "MSG_ERRQUEUE"},
    {abi::kMsgNoSignal, "MSG_NOSIGNAL"},
    {abi::kMsgMore, "MSG_MORE"},
    {abi::kMsgCloExec, "MSG_CMSG_CLOEXEC"},
};
constexpr Name kFileTypes[] = {{0x1000, "S_IFIFO"}, {0x2000, "S_IFCHR"}, {0x4000, "S_IFDIR"},
                               {0x6000, "S_IFBLK"}, {0x8000, "S_IFREG"}, {0xa000, "S_IFLNK"},
                               {0xc000, "S_IFSOCK"}};

}  // namespace

std::string HexText(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string OpenFlagsText(uint32_t flags) {
  static constexpr const char* kModes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
  std::string text = kModes[flags & abi::kOAccMode];
  const std::string rest = FlagsText(flags & ~abi::kOAccMode, kOpenFlags, "");
  return rest.empty() ? text : text + "|" + rest;
}

std::string FdFlagsText(uint32_t flags) { return FlagsText(flags, kOpenFlags, "0"); }
std::string AtFlagsText(uint32_t flags) { return FlagsText(flags, kAtFlags, "0"); }
std::string ProtectionText(uint32_t flags) { return FlagsText(flags, kProtections, "PROT_NONE"); }
std::string MapFlagsText(uint32_t flags) { return FlagsText(flags, kMapFlags, "0"); }
std::string AccessModeText(uint32_t mode) { return FlagsText(mode, kAccessModes, "F_OK"); }
std::string ClockText(int32_t clock) { return CodeText(static_cast<uint32_t>(clock), kClocks); }
std::string WhenceText(int32_t whence) { return CodeText(static_cast<uint32_t>(whence), kWhences); }
std::string FcntlText(int32_t command) {
  return CodeText(static_cast<uint32_t>(command), kFcntlCommands);
}
std::string IoctlText(uint32_t request) { return CodeText(request, kIoctls); }
std::string MessageFlagsText(uint32_t flags) { return FlagsText(flags, kMessageFlags, "0"); }
std::string SocketTypeText(uint32_t type) {
  constexpr auto kMask = static_cast<uint32_t>(abi::kSockTypeMask);
  const std::string flags = FlagsText(type & ~kMask, kSocketFlags, "");
  return CodeText(type & kMask, kSocketTypes) + (flags.empty() ? "" : "|" + flags);
}
std::string PollEventsText(uint32_t events) { return FlagsText(events, kPollEvents, "0"); }

std::string FileModeText(uint32_t mode) {
  char octal[16];
  std::snprintf(octal, sizeof(octal), "%#03o", mode & 07777);
  if ((mode & 0xf000) == 0) return octal;
  return CodeText(mode & 0xf000, kFileTypes) + "|" + octal;
}

}  // namespace elfin::kernel
