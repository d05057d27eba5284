// prctl: odds and ends of a process.
#include <algorithm>
#include <cstring>

#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

// include/uapi/linux/prctl.h
constexpr int32_t kSetParentDeathSignal = 1, kGetParentDeathSignal = 2, kGetDumpable = 3,
                  kSetDumpable = 4, kGetKeepCaps = 7, kSetKeepCaps = 8, kGetTiming = 13,
                  kSetTiming = 14, kSetName = 15, kGetName = 16, kGetSecurebits = 27,
                  kCapBoundingRead = 23, kSetTimerSlack = 29, kGetTimerSlack = 30,
                  kSetChildSubreaper = 36, kGetChildSubreaper = 37, kSetNoNewPrivileges = 38,
                  kGetNoNewPrivileges = 39, kGetThpDisable = 42, kSetThpDisable = 41,
                  kGetTidAddress = 40;
constexpr size_t kNameSize = 16;
constexpr uint64_t kDefaultTimerSlackNs = 50'000;
constexpr uint64_t kLastCapability = 40;

SyscallResult SetName(SyscallContext& ctx, GuestAddr address) {
  // Longer names are cut, so the string need not end within the 16 bytes.
  char name[kNameSize] = {};
  const size_t size = TRY(ctx.CopyInPartial(address, name, kNameSize - 1));
  const size_t length = strnlen(name, size);
  if (length == size && size < kNameSize - 1) return Errno::kFault;
  NameOf(ctx.thread).assign(name, length);
  return uint64_t{0};
}

SyscallResult GetName(SyscallContext& ctx, GuestAddr address) {
  char name[kNameSize] = {};
  const std::string& now = NameOf(ctx.thread);
  std::memcpy(name, now.data(), std::min(now.size(), kNameSize - 1));
  TRY(ctx.CopyOut(address, name, sizeof(name)));
  return uint64_t{0};
}

SyscallResult PutInt(SyscallContext& ctx, uint64_t address, int32_t value) {
  TRY(ctx.CopyOut(GuestPtr<int32_t>{{address}}, value));
  return uint64_t{0};
}

}  // namespace

/// prctl(2): what a single process can ask about itself; all else is EINVAL.
SyscallResult SysPrctl(SyscallContext& ctx, int32_t option, uint64_t a, uint64_t b, uint64_t c,
                       uint64_t d) {
  ProcessAttributes& attributes = ctx.process.attributes;
  switch (option) {
    case kSetName:
      return SetName(ctx, GuestAddr{a});
    case kGetName:
      return GetName(ctx, GuestAddr{a});
    case kSetParentDeathSignal:
      if (a > abi::kSigMax) return Errno::kInval;
      attributes.parent_death_signal = static_cast<int32_t>(a);
      return uint64_t{0};
    case kGetParentDeathSignal:
      return PutInt(ctx, a, attributes.parent_death_signal);
    case kGetDumpable:
      return uint64_t{ctx.process.dumpable ? 1u : 0u};
    case kSetDumpable:
      if (a > 1) return Errno::kInval;
      ctx.process.dumpable = a == 1;
      return uint64_t{0};
    case kGetKeepCaps:
      return uint64_t{attributes.keep_capabilities ? 1u : 0u};
    case kSetKeepCaps:
      if (a > 1) return Errno::kInval;
      attributes.keep_capabilities = a == 1;
      return uint64_t{0};
    case kSetNoNewPrivileges:
      if (a != 1 || b != 0 || c != 0 || d != 0) return Errno::kInval;
      attributes.no_new_privileges = true;
      return uint64_t{0};
    case kGetNoNewPrivileges:
      if (a != 0 || b != 0 || c != 0 || d != 0) return Errno::kInval;
      return uint64_t{attributes.no_new_privileges ? 1u : 0u};
    case kSetChildSubreaper:
      attributes.child_subreaper = a != 0;
      return uint64_t{0};
    case kGetChildSubreaper:
      return PutInt(ctx, a, attributes.child_subreaper ? 1 : 0);
    case kSetTimerSlack:
      attributes.timer_slack_ns = a == 0 ? kDefaultTimerSlackNs : a;
      return uint64_t{0};
    case kGetTimerSlack:
      return uint64_t{attributes.timer_slack_ns};
    case kCapBoundingRead:
      if (a > kLastCapability) return Errno::kInval;
      return uint64_t{1};
    case kSetThpDisable:
    case kSetTiming:
      return a == 0 ? SyscallResult(uint64_t{0}) : SyscallResult(Errno::kInval);
    case kGetTidAddress:
      TRY(ctx.CopyOut(GuestPtr<uint64_t>{{a}}, ctx.thread.clear_child_tid));
      return uint64_t{0};
    case kGetThpDisable:
    case kGetTiming:
    case kGetSecurebits:
      return uint64_t{0};
    default:
      return Errno::kInval;
  }
}

}  // namespace elfin::kernel
