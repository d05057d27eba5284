#include "syscalls/strace.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "syscalls/abi/fcntl.h"
#include "syscalls/abi/poll.h"
#include "syscalls/abi/socket.h"
#include "syscalls/abi/stat.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/strace_names.h"
#include "syscalls/syscall_table.h"

namespace elfin::kernel {
namespace {

constexpr size_t kShownBytes = 32;
constexpr size_t kShownItems = 4;

std::string AddressText(uint64_t address) { return address == 0 ? "NULL" : HexText(address); }

std::string BytesText(const SyscallContext& context, uint64_t address, uint64_t size) {
  uint8_t bytes[kShownBytes];
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(size, kShownBytes));
  if (wanted == 0) return "\"\"";
  const Result<size_t> got = context.CopyInPartial(GuestAddr{address}, bytes, wanted);
  if (!got.ok() || got.value() < wanted) return AddressText(address);
  return QuotedText({reinterpret_cast<const char*>(bytes), wanted}, size > kShownBytes);
}

std::string PathText(const SyscallContext& context, uint64_t address) {
  if (address == 0) return "NULL";
  const Result<std::string> path = context.CopyInPath(GuestPtr<char>{GuestAddr{address}});
  if (!path.ok()) return AddressText(address);
  std::string text = "\"";
  for (char c : path.value()) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

template <class T, class Show>
std::string ListText(const SyscallContext& context, uint64_t address, uint64_t count, Show show) {
  if (address == 0) return "NULL";
  std::string text = "[";
  for (uint64_t i = 0; i < std::min<uint64_t>(count, kShownItems); ++i) {
    const Result<T> item = context.CopyIn(GuestPtr<T>{GuestAddr{address}} + i);
    if (!item.ok()) return AddressText(address);
    text += (i == 0 ? "" : ", ") + show(item.value());
  }
  return text + (count > kShownItems ? ", ...]" : "]");
}

std::string IovecText(const SyscallContext& context, const abi::IoVec& vector) {
  return "{iov_base=" + BytesText(context, vector.base, vector.length) +
         ", iov_len=" + std::to_string(vector.length) + "}";
}

std::string PollFdText(const abi::PollFd& poll) {
  std::string text = "{fd=" + std::to_string(poll.fd) + ", events=" + PollEventsText(poll.events);
  if (poll.returned != 0) text += ", revents=" + PollEventsText(poll.returned);
  return text + "}";
}

std::string StatText(const SyscallContext& context, uint64_t address) {
  const Result<abi::Stat> stat = context.CopyIn(GuestPtr<abi::Stat>{GuestAddr{address}});
  if (!stat.ok()) return AddressText(address);
  return "{st_mode=" + FileModeText(stat.value().mode) +
         ", st_size=" + std::to_string(stat.value().size) + ", ...}";
}

std::string SocketAddressText(const SyscallContext& context, uint64_t address, uint64_t size) {
  uint8_t bytes[abi::kSockAddrMax] = {};
  if (size < sizeof(uint16_t) || size > sizeof(bytes) ||
      !context.CopyIn(GuestAddr{address}, bytes, static_cast<size_t>(size)).ok()) {
    return AddressText(address);
  }
  const int family = bytes[0] | bytes[1] << 8;
  const std::string port = std::to_string(bytes[2] << 8 | bytes[3]);
  if (family == abi::kAfUnix) {
    const char* path = reinterpret_cast<const char*>(bytes + abi::kUnixPathOffset);
    const size_t room = static_cast<size_t>(size) - abi::kUnixPathOffset;
    const bool is_abstract = room > 0 && path[0] == '\0';
    const std::string_view name(path, is_abstract ? room : strnlen(path, room));
    return "{sa_family=AF_UNIX, sun_path=" + QuotedText(name, false) + "}";
  }
  if (family == abi::kAfInet) {
    std::string text = "{sa_family=AF_INET, sin_port=" + port + ", sin_addr=";
    for (int i = 4; i < 8; ++i) text += (i > 4 ? "." : "") + std::to_string(bytes[i]);
    return text + "}";
  }
  if (family == abi::kAfInet6) return "{sa_family=AF_INET6, sin6_port=" + port + ", ...}";
  return "{sa_family=" + std::to_string(family) + ", ...}";
}

std::string SignalText(int32_t signal) {
  return signal >= 1 && signal <= abi::kSigMax ? SignalName(signal) : std::to_string(signal);
}

/// Kinds that only the call itself fills in.
bool IsOutput(ArgumentKind kind) {
  return kind == ArgumentKind::kOutput || kind == ArgumentKind::kOutputText ||
         kind == ArgumentKind::kStat || kind == ArgumentKind::kFdPair ||
         kind == ArgumentKind::kPollFds;
}

std::string InputText(const SyscallContext& context, ArgumentKind kind, uint64_t value,
                      uint64_t next) {
  const int32_t word = static_cast<int32_t>(value);
  switch (kind) {
    case ArgumentKind::kAccessMode:
      return AccessModeText(static_cast<uint32_t>(word));
    case ArgumentKind::kAtFlags:
      return AtFlagsText(static_cast<uint32_t>(word));
    case ArgumentKind::kClock:
      return ClockText(word);
    case ArgumentKind::kDirectoryFd:
      return word == abi::kAtFdCwd ? "AT_FDCWD" : std::to_string(word);
    case ArgumentKind::kFcntlCommand:
      return FcntlText(word);
    case ArgumentKind::kFdFlags:
      return FdFlagsText(static_cast<uint32_t>(word));
    case ArgumentKind::kFd:
      return std::to_string(word);
    case ArgumentKind::kHex:
      return HexText(value);
    case ArgumentKind::kInput:
      return BytesText(context, value, next);
    case ArgumentKind::kIoctlRequest:
      return IoctlText(static_cast<uint32_t>(word));
    case ArgumentKind::kIovecs:
      return ListText<abi::IoVec>(context, value, next & 0xffff'ffff,
                                  [&](const abi::IoVec& each) { return IovecText(context, each); });
    case ArgumentKind::kMapFlags:
      return MapFlagsText(static_cast<uint32_t>(word));
    case ArgumentKind::kMessageFlags:
      return MessageFlagsText(static_cast<uint32_t>(word));
    case ArgumentKind::kMode:
      return FileModeText(static_cast<uint32_t>(word));
    case ArgumentKind::kOpenFlags:
      return OpenFlagsText(static_cast<uint32_t>(word));
    case ArgumentKind::kPath:
      return PathText(context, value);
    case ArgumentKind::kProtection:
      return ProtectionText(static_cast<uint32_t>(word));
    case ArgumentKind::kSignal:
      return SignalText(word);
    case ArgumentKind::kSigned:
      return std::to_string(static_cast<int64_t>(value));
    case ArgumentKind::kSize:
      return std::to_string(value);
    case ArgumentKind::kSocketAddress:
      return SocketAddressText(context, value, next);
    case ArgumentKind::kSocketType:
      return SocketTypeText(static_cast<uint32_t>(word));
    case ArgumentKind::kUnsigned:
      return std::to_string(static_cast<uint32_t>(word));
    case ArgumentKind::kWhence:
      return WhenceText(word);
    case ArgumentKind::kAddress:
    case ArgumentKind::kFdPair:
    case ArgumentKind::kOutput:
    case ArgumentKind::kOutputText:
    case ArgumentKind::kPollFds:
    case ArgumentKind::kStat:
      return AddressText(value);
  }
  return {};
}

std::string OutputText(const SyscallContext& context, ArgumentKind kind, uint64_t value,
                       uint64_t next, uint64_t result) {
  switch (kind) {
    case ArgumentKind::kOutput:
    case ArgumentKind::kOutputText:
      return BytesText(context, value, result);
    case ArgumentKind::kStat:
      return StatText(context, value);
    case ArgumentKind::kFdPair:
      return ListText<int32_t>(context, value, 2, [](int32_t fd) { return std::to_string(fd); });
    case ArgumentKind::kPollFds:
      return ListText<abi::PollFd>(context, value, next & 0xffff'ffff, PollFdText);
    default:
      return AddressText(value);
  }
}

/// open's mode says nothing where nothing is made.
bool IsIdleMode(const SyscallRow& row, int index, const uint64_t* arguments) {
  constexpr uint64_t kMaking = abi::kOCreat | abi::kOTmpFileBit;
  return row.kinds[index] == ArgumentKind::kMode && index > 0 &&
         row.kinds[index - 1] == ArgumentKind::kOpenFlags && (arguments[index - 1] & kMaking) == 0;
}

bool ResultIsAddress(uint64_t number) {
  return number == static_cast<uint64_t>(Syscall::k_mmap) ||
         number == static_cast<uint64_t>(Syscall::k_brk) ||
         number == static_cast<uint64_t>(Syscall::k_mremap);
}

std::string ResultText(uint64_t number, const std::optional<Result<uint64_t>>& result) {
  if (!result.has_value()) return "?";
  if (result->ok()) {
    const uint64_t value = result->value();
    return ResultIsAddress(number) ? HexText(value) : std::to_string(static_cast<int64_t>(value));
  }
  switch (result->error()) {
    case Errno::kRestartSys:
      return "? ERESTARTSYS";
    case Errno::kRestartNoIntr:
      return "? ERESTARTNOINTR";
    case Errno::kRestartNoHand:
      return "? ERESTARTNOHAND";
    case Errno::kRestartBlock:
      return "? ERESTART_RESTARTBLOCK";
    default:
      return std::string("-1 ") + ErrnoName(result->error());
  }
}

/// Who calls, once there has been more than one process or thread.
std::string CallerText(const SyscallContext& context) {
  const bool alone = context.kernel.stats().processes <= 1 && context.process.threads.size() <= 1;
  return alone ? "" : "[pid " + std::to_string(context.thread.tid()) + "] ";
}

}  // namespace

std::string QuotedText(std::string_view bytes, bool more) {
  std::string text = "\"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(bytes[i]);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += static_cast<char>(c);
    } else if (c >= 0x20 && c < 0x7f) {
      text += static_cast<char>(c);
    } else if (c >= '\t' && c <= '\r') {
      text += '\\';
      text += "tnvfr"[c - '\t'];
    } else {
      // Three digits where another digit follows, as strace does.
      const bool digit_follows = i + 1 < bytes.size() && bytes[i + 1] >= '0' && bytes[i + 1] <= '7';
      char octal[8];
      std::snprintf(octal, sizeof(octal), digit_follows ? "\\%03o" : "\\%o", c);
      text += octal;
    }
  }
  return text + (more ? "\"..." : "\"");
}

TraceLine::TraceLine(SyscallContext& context) : context_(context), number_(context.number) {
  for (int i = 0; i < 6; ++i) arguments_[i] = context.arguments[i];
  const SyscallRow* row = FindSyscall(number_);
  if (row == nullptr) return;
  for (int i = 0; i < row->argument_count; ++i) {
    if (IsOutput(row->kinds[i])) continue;
    shown_[i] = InputText(context, row->kinds[i], arguments_[i], i < 5 ? arguments_[i + 1] : 0);
  }
}

bool TraceLine::ends_process() const {
  return number_ == static_cast<uint64_t>(Syscall::k_exit) ||
         number_ == static_cast<uint64_t>(Syscall::k_exit_group);
}

std::string TraceLine::Finish(const std::optional<Result<uint64_t>>& result) {
  const SyscallRow* row = FindSyscall(number_);
  if (row == nullptr) {
    return CallerText(context_) + "syscall_" + HexText(number_) +
           "(...) = " + ResultText(number_, result);
  }
  const bool filled = result.has_value() && result->ok();
  std::string line = CallerText(context_) + row->name + "(";
  for (int i = 0; i < row->argument_count; ++i) {
    if (IsIdleMode(*row, i, arguments_)) continue;
    if (i > 0) line += ", ";
    if (!IsOutput(row->kinds[i])) {
      line += shown_[i];
    } else if (filled) {
      line += OutputText(context_, row->kinds[i], arguments_[i], i < 5 ? arguments_[i + 1] : 0,
                         result->value());
    } else {
      line += AddressText(arguments_[i]);
    }
  }
  return line + ") = " + ResultText(number_, result);
}

}  // namespace elfin::kernel
