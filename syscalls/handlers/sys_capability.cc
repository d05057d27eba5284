// Capabilities: user 0 has all of them, others have none.
#include <array>

#include "syscalls/kernel/kernel.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

// include/uapi/linux/capability.h
constexpr uint32_t kVersion1 = 0x1998'0330, kVersion2 = 0x2007'1026, kVersion3 = 0x2008'0522;
constexpr uint64_t kAll = (uint64_t{1} << 41) - 1;  // up to CAP_CHECKPOINT_RESTORE

struct CapabilityHeader {
  uint32_t version;
  int32_t pid;
};
/// Half of each set; versions 2 and 3 have two of these.
struct CapabilityData {
  uint32_t effective;
  uint32_t permitted;
  uint32_t inheritable;
};

struct Sets {
  uint64_t effective = 0;
  uint64_t permitted = 0;
  uint64_t inheritable = 0;
  bool operator==(const Sets&) const = default;
};

Sets SetsOf(const Credentials& credentials) {
  Sets sets;
  if (credentials.privileged()) sets.effective = kAll;
  const bool root =
      credentials.real_uid == 0 || credentials.effective_uid == 0 || credentials.saved_uid == 0;
  if (root) sets.permitted = kAll;
  return sets;
}

/// How many CapabilityData a version has. Errors: kInval, having told the caller of version 3.
Result<size_t> Halves(SyscallContext& ctx, GuestAddr header_at, CapabilityHeader header) {
  if (header.version == kVersion1) return size_t{1};
  if (header.version == kVersion2 || header.version == kVersion3) return size_t{2};
  TRY(ctx.CopyOut(GuestPtr<uint32_t>{header_at}, kVersion3));
  return Errno::kInval;
}

Result<Sets> CopyInSets(SyscallContext& ctx, GuestAddr from, size_t halves) {
  std::array<CapabilityData, 2> data{};
  TRY(ctx.CopyIn(from, data.data(), halves * sizeof(CapabilityData)));
  auto join = [&](uint32_t CapabilityData::*half) {
    return (data[0].*half | uint64_t{data[1].*half} << 32) & kAll;
  };
  return Sets{join(&CapabilityData::effective), join(&CapabilityData::permitted),
              join(&CapabilityData::inheritable)};
}

}  // namespace

/// capget(2).
SyscallResult SysCapget(SyscallContext& ctx, GuestAddr header_at, GuestAddr data_at) {
  const auto header = TRY(ctx.CopyIn(GuestPtr<CapabilityHeader>{header_at}));
  const Result<size_t> halves = Halves(ctx, header_at, header);
  if (!halves.ok()) {
    if (halves.error() == Errno::kInval && data_at.is_null()) return uint64_t{0};
    return halves.error();
  }
  if (header.pid < 0) return Errno::kInval;
  const Thread* thread = header.pid == 0 ? &ctx.thread : ctx.kernel.FindThread(header.pid);
  if (thread == nullptr) return Errno::kSrch;
  if (data_at.is_null()) return uint64_t{0};
  const Sets sets = SetsOf(thread->process().credentials);
  std::array<CapabilityData, 2> data{};
  for (size_t half = 0; half < data.size(); ++half) {
    data[half] = {static_cast<uint32_t>(sets.effective >> 32 * half),
                  static_cast<uint32_t>(sets.permitted >> 32 * half),
                  static_cast<uint32_t>(sets.inheritable >> 32 * half)};
  }
  TRY(ctx.CopyOut(data_at, data.data(), halves.value() * sizeof(CapabilityData)));
  return uint64_t{0};
}

/// capset(2): the sets that a process has may be set again; others can't be kept and are EPERM.
SyscallResult SysCapset(SyscallContext& ctx, GuestAddr header_at, GuestAddr data_at) {
  const auto header = TRY(ctx.CopyIn(GuestPtr<CapabilityHeader>{header_at}));
  const size_t halves = TRY(Halves(ctx, header_at, header));
  if (header.pid != 0 && header.pid != ctx.thread.tid()) return Errno::kPerm;
  const Sets wanted = TRY(CopyInSets(ctx, data_at, halves));
  if (!(wanted == SetsOf(ctx.process.credentials))) return Errno::kPerm;
  return uint64_t{0};
}

}  // namespace elfin::kernel
