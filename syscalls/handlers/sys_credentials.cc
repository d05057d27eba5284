// User and group ids (credentials(7)); user 0 may do everything.
#include <algorithm>

#include "syscalls/kernel/process.h"
#include "syscalls/syscall_handlers.h"

namespace elfin::kernel {

namespace {

constexpr uint32_t kKeep = UINT32_MAX;
constexpr size_t kMaxGroups = 65536;

/// The three ids of one kind, so that users and groups are changed by the same code.
struct Ids {
  uint32_t& real;
  uint32_t& effective;
  uint32_t& saved;
  uint32_t& filesystem;

  bool Has(uint32_t id) const { return id == real || id == effective || id == saved; }
};

Ids UserIds(Credentials& c) { return {c.real_uid, c.effective_uid, c.saved_uid, c.filesystem_uid}; }

Ids GroupIds(Credentials& c) {
  return {c.real_gid, c.effective_gid, c.saved_gid, c.filesystem_gid};
}

/// setuid, setgid.
SyscallResult SetId(Ids ids, bool privileged, uint32_t id) {
  if (id == kKeep) return Errno::kInval;
  if (privileged) {
    ids.real = ids.saved = id;
  } else if (id != ids.real && id != ids.saved) {
    return Errno::kPerm;
  }
  ids.effective = ids.filesystem = id;
  return uint64_t{0};
}

/// setreuid, setregid.
SyscallResult SetRealEffective(Ids ids, bool privileged, uint32_t real, uint32_t effective) {
  if (!privileged) {
    if (real != kKeep && real != ids.real && real != ids.effective) return Errno::kPerm;
    if (effective != kKeep && !ids.Has(effective)) return Errno::kPerm;
  }
  const uint32_t old_real = ids.real;
  if (real != kKeep) ids.real = real;
  if (effective != kKeep) ids.effective = effective;
  if (real != kKeep || (effective != kKeep && effective != old_real)) ids.saved = ids.effective;
  ids.filesystem = ids.effective;
  return uint64_t{0};
}

/// setresuid, setresgid.
SyscallResult SetAll(Ids ids, bool privileged, uint32_t real, uint32_t effective, uint32_t saved) {
  for (uint32_t id : {real, effective, saved}) {
    if (!privileged && id != kKeep && !ids.Has(id)) return Errno::kPerm;
  }
  if (real != kKeep) ids.real = real;
  if (effective != kKeep) ids.effective = effective;
  if (saved != kKeep) ids.saved = saved;
  ids.filesystem = ids.effective;
  return uint64_t{0};
}

SyscallResult GetAll(const SyscallContext& ctx, Ids ids, GuestAddr real, GuestAddr effective,
                     GuestAddr saved) {
  TRY(ctx.CopyOut(GuestPtr<uint32_t>{real}, ids.real));
  TRY(ctx.CopyOut(GuestPtr<uint32_t>{effective}, ids.effective));
  TRY(ctx.CopyOut(GuestPtr<uint32_t>{saved}, ids.saved));
  return uint64_t{0};
}

/// setfsuid, setfsgid: never fail; the answer is the id before.
SyscallResult SetFilesystemId(Ids ids, bool privileged, uint32_t id) {
  const uint32_t before = ids.filesystem;
  if (id != kKeep && (privileged || ids.Has(id) || id == before)) ids.filesystem = id;
  return uint64_t{before};
}

uint32_t Id(int32_t value) { return static_cast<uint32_t>(value); }

}  // namespace

/// getuid(2).
SyscallResult SysGetuid(SyscallContext& ctx) { return uint64_t{ctx.process.credentials.real_uid}; }
/// getgid(2).
SyscallResult SysGetgid(SyscallContext& ctx) { return uint64_t{ctx.process.credentials.real_gid}; }
/// geteuid(2).
SyscallResult SysGeteuid(SyscallContext& ctx) {
  return uint64_t{ctx.process.credentials.effective_uid};
}
/// getegid(2).
SyscallResult SysGetegid(SyscallContext& ctx) {
  return uint64_t{ctx.process.credentials.effective_gid};
}

/// setuid(2).
SyscallResult SysSetuid(SyscallContext& ctx, int32_t id) {
  Credentials& c = ctx.process.credentials;
  return SetId(UserIds(c), c.privileged(), Id(id));
}
/// setgid(2).
SyscallResult SysSetgid(SyscallContext& ctx, int32_t id) {
  Credentials& c = ctx.process.credentials;
  return SetId(GroupIds(c), c.privileged(), Id(id));
}
/// setreuid(2).
SyscallResult SysSetreuid(SyscallContext& ctx, int32_t real, int32_t effective) {
  Credentials& c = ctx.process.credentials;
  return SetRealEffective(UserIds(c), c.privileged(), Id(real), Id(effective));
}
/// setregid(2).
SyscallResult SysSetregid(SyscallContext& ctx, int32_t real, int32_t effective) {
  Credentials& c = ctx.process.credentials;
  return SetRealEffective(GroupIds(c), c.privileged(), Id(real), Id(effective));
}
/// setresuid(2).
SyscallResult SysSetresuid(SyscallContext& ctx, int32_t real, int32_t effective, int32_t saved) {
  Credentials& c = ctx.process.credentials;
  return SetAll(UserIds(c), c.privileged(), Id(real), Id(effective), Id(saved));
}
/// setresgid(2).
SyscallResult SysSetresgid(SyscallContext& ctx, int32_t real, int32_t effective, int32_t saved) {
  Credentials& c = ctx.process.credentials;
  return SetAll(GroupIds(c), c.privileged(), Id(real), Id(effective), Id(saved));
}
/// getresuid(2).
SyscallResult SysGetresuid(SyscallContext& ctx, GuestAddr real, GuestAddr effective,
                           GuestAddr saved) {
  return GetAll(ctx, UserIds(ctx.process.credentials), real, effective, saved);
}
/// getresgid(2).
SyscallResult SysGetresgid(SyscallContext& ctx, GuestAddr real, GuestAddr effective,
                           GuestAddr saved) {
  return GetAll(ctx, GroupIds(ctx.process.credentials), real, effective, saved);
}
/// setfsuid(2).
SyscallResult SysSetfsuid(SyscallContext& ctx, int32_t id) {
  Credentials& c = ctx.process.credentials;
  return SetFilesystemId(UserIds(c), c.privileged(), Id(id));
}
/// setfsgid(2).
SyscallResult SysSetfsgid(SyscallContext& ctx, int32_t id) {
  Credentials& c = ctx.process.credentials;
  return SetFilesystemId(GroupIds(c), c.privileged(), Id(id));
}

/// getgroups(2).
SyscallResult SysGetgroups(SyscallContext& ctx, int32_t room, GuestAddr to) {
  const std::vector<uint32_t>& groups = ctx.process.credentials.groups;
  if (room < 0) return Errno::kInval;
  if (room == 0) return uint64_t{groups.size()};
  if (static_cast<size_t>(room) < groups.size()) return Errno::kInval;
  TRY(ctx.CopyOut(to, groups.data(), groups.size() * sizeof(uint32_t)));
  return uint64_t{groups.size()};
}

/// setgroups(2).
SyscallResult SysSetgroups(SyscallContext& ctx, uint64_t count, GuestAddr from) {
  if (!ctx.process.credentials.privileged()) return Errno::kPerm;
  if (count > kMaxGroups) return Errno::kInval;
  std::vector<uint32_t> groups(count);
  TRY(ctx.CopyIn(from, groups.data(), count * sizeof(uint32_t)));
  std::sort(groups.begin(), groups.end());
  ctx.process.credentials.groups = std::move(groups);
  return uint64_t{0};
}

}  // namespace elfin::kernel
