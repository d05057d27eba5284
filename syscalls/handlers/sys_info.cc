// What the machine is: names, memory, random numbers.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "runtime/address_map.h"
#include "syscalls/abi/time.h"
#include "syscalls/abi/utsname.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/kernel/machine_info.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr uint32_t kRandomNonblock = 1, kRandomRandom = 2, kRandomInsecure = 4;
/// getrandom gives at most this much at once, and so do we per copy.
constexpr uint64_t kRandomMax = 0x1ff'ffff;
constexpr size_t kRandomPiece = 4096;

void SetField(char (&field)[65], std::string_view text) {
  std::memcpy(field, text.data(), std::min(text.size(), sizeof(field) - 1));
}

}  // namespace

/// uname(2).
SyscallResult SysUname(SyscallContext& ctx, GuestAddr to) {
  abi::UtsName name{};
  SetField(name.system, kSystemName);
  SetField(name.node, ctx.kernel.node_name);
  SetField(name.release, kKernelRelease);
  SetField(name.version, kKernelVersion);
  SetField(name.machine, kMachineName);
  SetField(name.domain, ctx.kernel.domain_name);
  TRY(ctx.CopyOut(GuestPtr<abi::UtsName>{to}, name));
  return uint64_t{0};
}

/// sysinfo(2): memory is what one process can have.
SyscallResult SysSysinfo(SyscallContext& ctx, GuestAddr to) {
  abi::SysInfo info{};
  info.uptime_seconds = ctx.kernel.Now(HostClock::kMonotonic) / abi::kNanosecondsPerSecond;
  info.total_ram = kGuestEnd - kGuestBegin;
  info.free_ram = info.total_ram - std::min(info.total_ram, ctx.memory().memory().size());
  info.processes = static_cast<uint16_t>(ctx.kernel.processes().size());
  info.unit = 1;
  TRY(ctx.CopyOut(GuestPtr<abi::SysInfo>{to}, info));
  return uint64_t{0};
}

/// getrandom(2).
SyscallResult SysGetrandom(SyscallContext& ctx, GuestPtr<uint8_t> to, uint64_t size,
                           uint32_t flags) {
  constexpr uint32_t kKnown = kRandomNonblock | kRandomRandom | kRandomInsecure;
  if ((flags & ~kKnown) != 0) return Errno::kInval;
  if ((flags & (kRandomRandom | kRandomInsecure)) == (kRandomRandom | kRandomInsecure)) {
    return Errno::kInval;
  }
  size = std::min(size, kRandomMax);
  uint8_t bytes[kRandomPiece];
  uint64_t done = 0;
  while (done < size) {
    const size_t piece = std::min<uint64_t>(size - done, sizeof(bytes));
    ctx.kernel.host().FillRandom(bytes, piece);
    Result<size_t> copied = ctx.CopyOutPartial(to.address + done, bytes, piece);
    if (!copied.ok() && done == 0) return copied.error();
    done += copied.ok() ? copied.value() : 0;
    if (!copied.ok() || copied.value() < piece) break;
  }
  return done;
}

}  // namespace elfin::kernel
