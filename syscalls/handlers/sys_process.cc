// The life of a process: exec, exit, its numbers, what the processor keeps for it.
#include "syscalls/abi/fcntl.h"
#include "syscalls/kernel/exec.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr size_t kMaxStringSize = 0x2'0000;  // MAX_ARG_STRLEN
constexpr size_t kMaxStrings = 0x10'0000;
constexpr uint64_t kMaxArgumentBytes = 0x60'0000;  // three quarters of _STK_LIM

// arch/x86/include/uapi/asm/prctl.h
constexpr int32_t kSetGs = 0x1001, kSetFs = 0x1002, kGetFs = 0x1003, kGetGs = 0x1004,
                  kGetCpuid = 0x1011, kSetCpuid = 0x1012;

/// A null-terminated array of strings; null counts as empty, as on Linux. Errors: kFault, k2Big.
Result<std::vector<std::string>> CopyInStrings(const SyscallContext& ctx, GuestAddr array,
                                               uint64_t& bytes) {
  std::vector<std::string> strings;
  if (array.is_null()) return strings;
  for (GuestPtr<uint64_t> next{array}; strings.size() < kMaxStrings; next = next + 1) {
    const GuestAddr text{TRY(ctx.CopyIn(next))};
    if (text.is_null()) return strings;
    Result<std::string> string = ctx.CopyInString(GuestPtr<char>{text}, kMaxStringSize);
    if (!string.ok()) return string.error() == Errno::kNameTooLong ? Errno::k2Big : string.error();
    bytes += string->size() + 1 + sizeof(uint64_t);
    if (bytes > kMaxArgumentBytes) return Errno::k2Big;
    strings.push_back(std::move(string).value());
  }
  return Errno::k2Big;
}

/// Exec replaces the memory, so it goes on when the cpu has left it.
Task<Result<uint64_t>> ExecLater(SyscallContext& ctx, ExecRequest request) {
  Wait later(ctx.kernel.scheduler());
  later.Yield();
  CO_TRY(co_await later);
  std::string sentence;
  CO_TRY(co_await Exec(ctx.thread, std::move(request), sentence));
  co_return uint64_t{0};
}

SyscallResult End(SyscallContext& ctx, int32_t code) {
  ExitStatus status;
  status.code = code & 0xff;
  ctx.kernel.ExitProcess(ctx.process, std::move(status));
  return uint64_t{0};
}

Task<Result<uint64_t>> YieldProcessor(SyscallContext& ctx) {
  Wait later(ctx.kernel.scheduler());
  later.Yield();
  CO_TRY(co_await later);
  co_return uint64_t{0};
}

}  // namespace

/// execve(2).
SyscallResult SysExecve(SyscallContext& ctx, GuestPtr<char> path, GuestAddr arguments,
                        GuestAddr environment) {
  ExecRequest request;
  request.directory = kWorkingDirectory;
  request.path = TRY(ctx.CopyInPath(path));
  if (request.path.empty()) return Errno::kNoEnt;
  uint64_t bytes = 0;
  request.arguments = TRY(CopyInStrings(ctx, arguments, bytes));
  request.environment = TRY(CopyInStrings(ctx, environment, bytes));
  return ExecLater(ctx, std::move(request));
}

/// execveat(2).
SyscallResult SysExecveat(SyscallContext& ctx, Fd directory, GuestPtr<char> path,
                          GuestAddr arguments, GuestAddr environment, uint32_t flags) {
  ExecRequest request;
  request.directory = directory;
  request.path = TRY(ctx.CopyInPath(path));
  if (request.path.empty() && (flags & abi::kAtEmptyPath) == 0) return Errno::kNoEnt;
  if ((flags & ~(abi::kAtEmptyPath | abi::kAtSymlinkNoFollow)) != 0) return Errno::kInval;
  request.follow_last_symlink = (flags & abi::kAtSymlinkNoFollow) == 0;
  uint64_t bytes = 0;
  request.arguments = TRY(CopyInStrings(ctx, arguments, bytes));
  request.environment = TRY(CopyInStrings(ctx, environment, bytes));
  return ExecLater(ctx, std::move(request));
}

/// _exit(2): of one thread; the last one ends the process.
SyscallResult SysExit(SyscallContext& ctx, int32_t code) {
  ctx.kernel.ExitThread(ctx.thread, code & 0xff);
  return uint64_t{0};
}

/// exit_group(2).
SyscallResult SysExitGroup(SyscallContext& ctx, int32_t code) { return End(ctx, code); }

/// getpid(2).
SyscallResult SysGetpid(SyscallContext& ctx) { return static_cast<uint64_t>(ctx.process.pid); }
/// getppid(2).
SyscallResult SysGetppid(SyscallContext& ctx) { return static_cast<uint64_t>(ctx.process.parent); }
/// gettid(2).
SyscallResult SysGettid(SyscallContext& ctx) { return static_cast<uint64_t>(ctx.thread.tid()); }

/// set_tid_address(2).
SyscallResult SysSetTidAddress(SyscallContext& ctx, GuestAddr address) {
  ctx.thread.clear_child_tid = address.value;
  return static_cast<uint64_t>(ctx.thread.tid());
}

/// set_robust_list(2); ReleaseRobustLocks walks it when the thread ends.
SyscallResult SysSetRobustList(SyscallContext& ctx, GuestAddr head, uint64_t size) {
  constexpr uint64_t kHeadSize = 24;
  if (size != kHeadSize) return Errno::kInval;
  ctx.thread.robust_list = head.value;
  ctx.thread.robust_list_size = size;
  return uint64_t{0};
}

/// get_robust_list(2).
SyscallResult SysGetRobustList(SyscallContext& ctx, int32_t tid, GuestAddr head, GuestAddr size) {
  Thread* thread = tid == 0 ? &ctx.thread : ctx.kernel.FindThread(tid);
  if (thread == nullptr) return Errno::kSrch;
  TRY(ctx.CopyOut(GuestPtr<uint64_t>{size}, thread->robust_list_size));
  TRY(ctx.CopyOut(GuestPtr<uint64_t>{head}, thread->robust_list));
  return uint64_t{0};
}

/// arch_prctl(2): FS and GS bases; CPUID can't be made to fault.
SyscallResult SysArchPrctl(SyscallContext& ctx, int32_t code, GuestAddr address) {
  constexpr uint64_t kUserEnd = 0x0000'7fff'ffff'f000;
  switch (code) {
    case kSetFs:
    case kSetGs: {
      if (address.value >= kUserEnd) return Errno::kPerm;
      cpu::CpuState state = ctx.thread.ReadCpu();
      state.segment_base[code == kSetFs ? 0 : 1] = address.value;
      state.segment_selector[code == kSetFs ? 4 : 5] = 0;
      ctx.thread.WriteCpu(state);
      return uint64_t{0};
    }
    case kGetFs:
    case kGetGs: {
      const cpu::CpuState state = ctx.thread.ReadCpu();
      TRY(ctx.CopyOut(GuestPtr<uint64_t>{address}, state.segment_base[code == kGetFs ? 0 : 1]));
      return uint64_t{0};
    }
    case kGetCpuid:
      return uint64_t{1};
    case kSetCpuid:
      return Errno::kNoDev;
    default:
      return Errno::kInval;
  }
}

/// sched_yield(2).
SyscallResult SysSchedYield(SyscallContext& ctx) { return YieldProcessor(ctx); }

/// personality(2): PER_LINUX with ADDR_NO_RANDOMIZE, which changes nothing.
SyscallResult SysPersonality(SyscallContext& ctx, uint32_t persona) {
  constexpr uint32_t kQuery = 0xffff'ffff, kNoRandomize = 0x004'0000;
  const uint32_t before = ctx.process.personality;
  if (persona == kQuery) return uint64_t{before};
  if ((persona & ~kNoRandomize) != 0) return Errno::kInval;
  ctx.process.personality = persona;
  return uint64_t{before};
}

}  // namespace elfin::kernel
