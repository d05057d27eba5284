// The kinds of system-call arguments: what a handler gets for a register, and how the trace shows
// it.
//
// table.inc names a kind for each argument. A kind's Type is the parameter's type in the handler;
// registers are cut to 32 bits where the C prototype in the manual says int, as Linux does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "runtime/base/types.h"
#include "syscalls/abi/poll.h"
#include "syscalls/abi/stat.h"
#include "syscalls/abi/uio.h"
#include "syscalls/kernel/syscall_context.h"
#include "syscalls/kernel/task.h"

namespace elfin::kernel {

using SyscallResult = Task<Result<uint64_t>>;

enum class ArgumentKind : uint8_t {
  kAccessMode,
  kAddress,
  kAtFlags,
  kClock,
  kDirectoryFd,
  kFcntlCommand,
  kFd,
  kFdFlags,
  kFdPair,
  kHex,
  kInput,
  kIoctlRequest,
  kIovecs,
  kMapFlags,
  kMessageFlags,
  kMode,
  kOpenFlags,
  kOutput,
  kOutputText,
  kPath,
  kPollFds,
  kProtection,
  kSignal,
  kSigned,
  kSize,
  kSocketAddress,
  kSocketType,
  kStat,
  kUnsigned,
  kWhence,
};

namespace arg {

template <ArgumentKind kind, class T>
struct Kind {
  static constexpr ArgumentKind kKind = kind;
  using Type = T;
};

// Numbers.
using i32 = Kind<ArgumentKind::kSigned, int32_t>;
using i64 = Kind<ArgumentKind::kSigned, int64_t>;
using u32 = Kind<ArgumentKind::kUnsigned, uint32_t>;
using size = Kind<ArgumentKind::kSize, uint64_t>;
using offset = Kind<ArgumentKind::kSigned, int64_t>;
using hex = Kind<ArgumentKind::kHex, uint64_t>;
// Descriptors.
using fd = Kind<ArgumentKind::kFd, Fd>;
using dirfd = Kind<ArgumentKind::kDirectoryFd, Fd>;
// Pointers. in_data and out_data: the argument after them is the size; out_data and out_text are
// shown with the result's length.
using addr = Kind<ArgumentKind::kAddress, GuestAddr>;
template <class T>
using ptr = Kind<ArgumentKind::kAddress, GuestPtr<T>>;
using path = Kind<ArgumentKind::kPath, GuestPtr<char>>;
using in_data = Kind<ArgumentKind::kInput, GuestPtr<uint8_t>>;
using out_data = Kind<ArgumentKind::kOutput, GuestPtr<uint8_t>>;
using out_text = Kind<ArgumentKind::kOutputText, GuestPtr<char>>;
using iovecs = Kind<ArgumentKind::kIovecs, GuestPtr<abi::IoVec>>;
/// The argument after it is its size.
using socket_address = Kind<ArgumentKind::kSocketAddress, GuestAddr>;
using poll_fds = Kind<ArgumentKind::kPollFds, GuestPtr<abi::PollFd>>;
using stat_out = Kind<ArgumentKind::kStat, GuestPtr<abi::Stat>>;
using fd_pair = Kind<ArgumentKind::kFdPair, GuestPtr<int32_t>>;
// Flags and codes, shown by name.
using access_mode = Kind<ArgumentKind::kAccessMode, int32_t>;
using at_flags = Kind<ArgumentKind::kAtFlags, uint32_t>;
using clock = Kind<ArgumentKind::kClock, int32_t>;
using fd_flags = Kind<ArgumentKind::kFdFlags, uint32_t>;
using fcntl_command = Kind<ArgumentKind::kFcntlCommand, int32_t>;
using ioctl_request = Kind<ArgumentKind::kIoctlRequest, uint32_t>;
using map_flags = Kind<ArgumentKind::kMapFlags, int32_t>;
using message_flags = Kind<ArgumentKind::kMessageFlags, uint32_t>;
using mode = Kind<ArgumentKind::kMode, uint32_t>;
using open_flags = Kind<ArgumentKind::kOpenFlags, uint32_t>;
using prot_flags = Kind<ArgumentKind::kProtection, int32_t>;
using signal = Kind<ArgumentKind::kSignal, int32_t>;
using socket_type = Kind<ArgumentKind::kSocketType, int32_t>;
using whence = Kind<ArgumentKind::kWhence, int32_t>;

template <class T>
struct FromRegister {
  static T Make(uint64_t value) { return static_cast<T>(value); }
};
template <>
struct FromRegister<Fd> {
  static Fd Make(uint64_t value) { return Fd{static_cast<int32_t>(value)}; }
};
template <>
struct FromRegister<GuestAddr> {
  static GuestAddr Make(uint64_t value) { return GuestAddr{value}; }
};
template <class T>
struct FromRegister<GuestPtr<T>> {
  static GuestPtr<T> Make(uint64_t value) { return GuestPtr<T>{GuestAddr{value}}; }
};

/// A handler's type, and the call of one with arguments from raw registers.
template <class... Kinds>
struct Signature {
  static_assert(sizeof...(Kinds) <= 6);
  using Function = SyscallResult(SyscallContext&, typename Kinds::Type...);

  template <Function* handler>
  static SyscallResult Call(SyscallContext& context) {
    return CallWith<handler>(context, std::index_sequence_for<Kinds...>());
  }

 private:
  template <Function* handler, size_t... index>
  static SyscallResult CallWith(SyscallContext& context, std::index_sequence<index...>) {
    return handler(context, FromRegister<typename Kinds::Type>::Make(context.arguments[index])...);
  }
};

}  // namespace arg
}  // namespace elfin::kernel
