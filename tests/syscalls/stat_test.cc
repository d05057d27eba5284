// What files are, and changing it.
#include "tests/syscalls/syscall_machine.h"

#include "syscalls/abi/stat.h"
#include "syscalls/abi/statx.h"
#include "syscalls/abi/time.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

Stat StatOf(SyscallMachine& m, const std::string& path) {
  const uint64_t stat = m.Room(sizeof(Stat));
  REQUIRE(m.Call(Syscall::k_lstat, m.Text(path), stat) == 0);
  return m.Value<Stat>(stat);
}

}  // namespace

TEST_CASE("the stat family", "[sys_stat][sys_lstat][sys_fstat][sys_newfstatat][sys_statx]") {
  SyscallMachine m;
  m.MakeFile("/f", "12345", 0640);
  REQUIRE(m.Call(Syscall::k_symlink, m.Text("f"), m.Text("/s")) == 0);
  const Stat file = StatOf(m, "/f");
  CHECK(file.mode == 0100640);
  CHECK(file.size == 5);
  CHECK(file.links == 1);
  CHECK(file.blocks == 8);
  CHECK(file.modify_seconds == 1'700'000'000);
  CHECK(StatOf(m, "/s").mode == 0120777);
  CHECK(StatOf(m, "/s").size == 1);
  CHECK(StatOf(m, "/").links >= 2);
  CHECK(StatOf(m, "/dev/null").rdev == 0x103);
  CHECK(StatOf(m, "/dev").device != file.device);
  const uint64_t at = m.Room(sizeof(Stat));
  CHECK(m.Call(Syscall::k_stat, m.Text("/s"), at) == 0);
  CHECK(m.Value<Stat>(at).inode == file.inode);
  CHECK(m.Call(Syscall::k_stat, m.Text("/s"), m.kBadAddress) == m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_newfstatat, m.kAtFdCwd, m.Text("/s"), at, kAtSymlinkNoFollow) == 0);
  CHECK(m.Value<Stat>(at).mode == 0120777);
  CHECK(m.Call(Syscall::k_newfstatat, m.kAtFdCwd, m.Text(""), at, 0) == m.Error(Errno::kNoEnt));
  CHECK(m.Call(Syscall::k_newfstatat, m.kAtFdCwd, m.Text(""), at, 8) == m.Error(Errno::kInval));
  const int64_t fd = m.Open("/f");
  CHECK(m.Call(Syscall::k_newfstatat, fd, m.Text(""), at, kAtEmptyPath) == 0);
  CHECK(m.Value<Stat>(at).inode == file.inode);
  CHECK(m.Call(Syscall::k_fstat, fd, at) == 0);
  CHECK(m.Call(Syscall::k_fstat, 99, at) == m.Error(Errno::kBadF));
  const uint64_t wide = m.Room(sizeof(Statx));
  CHECK(m.Call(Syscall::k_statx, m.kAtFdCwd, m.Text("/f"), 0, kStatxBasicStats, wide) == 0);
  const Statx statx = m.Value<Statx>(wide);
  CHECK((statx.mask & kStatxBasicStats) == kStatxBasicStats);
  CHECK(statx.mode == 0100640);
  CHECK(statx.size == 5);
  CHECK(statx.modified.seconds == 1'700'000'000);
  CHECK(m.Call(Syscall::k_statx, m.kAtFdCwd, m.Text("/f"), kAtStatxSyncType, 0, wide) ==
        m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_statx, m.kAtFdCwd, m.Text("/f"), 0, kStatxReserved, wide) ==
        m.Error(Errno::kInval));
}

TEST_CASE("modes and owners",
          "[sys_chmod][sys_fchmod][sys_fchmodat][sys_fchmodat2][sys_chown][sys_fchown][sys_lchown]"
          "[sys_fchownat]") {
  SyscallMachine m;
  m.MakeFile("/f", "", 0644);
  REQUIRE(m.Call(Syscall::k_symlink, m.Text("f"), m.Text("/s")) == 0);
  const int64_t fd = m.Open("/f");
  CHECK(m.Call(Syscall::k_chmod, m.Text("/s"), 06755) == 0);
  CHECK(StatOf(m, "/f").mode == 0106755);
  CHECK(m.Call(Syscall::k_chown, m.Text("/s"), 1000, -1) == 0);
  CHECK(StatOf(m, "/f").uid == 1000);
  CHECK(StatOf(m, "/f").gid == 0);
  CHECK(StatOf(m, "/f").mode == 0100755);  // a new owner takes set-user-id away
  CHECK(m.Call(Syscall::k_lchown, m.Text("/s"), 7, 8) == 0);
  CHECK(StatOf(m, "/s").uid == 7);
  CHECK(m.Call(Syscall::k_fchown, fd, -1, 1000) == 0);
  CHECK(m.Call(Syscall::k_fchownat, m.kAtFdCwd, m.Text("/s"), 9, 9, kAtSymlinkNoFollow) == 0);
  CHECK(StatOf(m, "/s").gid == 9);
  CHECK(m.Call(Syscall::k_fchownat, m.kAtFdCwd, m.Text("/s"), 9, 9, 1) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_fchmod, fd, 0600) == 0);
  CHECK(m.Call(Syscall::k_fchmodat, m.kAtFdCwd, m.Text("/f"), 0640) == 0);
  CHECK(m.Call(Syscall::k_fchmodat2, m.kAtFdCwd, m.Text("/s"), 0600, kAtSymlinkNoFollow) ==
        m.Error(Errno::kOpNotSupp));
  m.process->credentials = kernel::Credentials::For(1000, 1000);
  CHECK(m.Call(Syscall::k_chmod, m.Text("/f"), 0666) == 0);
  CHECK(m.Call(Syscall::k_chown, m.Text("/f"), 0, -1) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_chown, m.Text("/f"), -1, 0) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_chown, m.Text("/f"), 1000, 1000) == 0);
}

TEST_CASE("times", "[sys_utimensat][sys_utime][sys_utimes][sys_futimesat]") {
  SyscallMachine m;
  m.MakeFile("/f", "");
  const int64_t both[2] = {100, 200};
  CHECK(m.Call(Syscall::k_utime, m.Text("/f"), m.Put(both, sizeof(both))) == 0);
  CHECK(StatOf(m, "/f").access_seconds == 100);
  CHECK(StatOf(m, "/f").modify_seconds == 200);
  const Timeval values[2] = {{-5, 250000}, {300, 0}};
  CHECK(m.Call(Syscall::k_utimes, m.Text("/f"), m.Put(values, sizeof(values))) == 0);
  CHECK(StatOf(m, "/f").access_seconds == -5);
  CHECK(StatOf(m, "/f").access_nanoseconds == 250'000'000);
  const Timeval bad[2] = {{0, 1'000'000}, {0, 0}};
  CHECK(m.Call(Syscall::k_futimesat, m.kAtFdCwd, m.Text("/f"), m.Put(bad, sizeof(bad))) ==
        m.Error(Errno::kInval));
  const Timespec some[2] = {{0, kUtimeOmit}, {0, kUtimeNow}};
  CHECK(m.Call(Syscall::k_utimensat, m.kAtFdCwd, m.Text("/f"), m.Put(some, sizeof(some)), 0) == 0);
  CHECK(StatOf(m, "/f").access_seconds == -5);
  CHECK(StatOf(m, "/f").modify_seconds == 1'700'000'000);
  const int64_t fd = m.Open("/f");
  CHECK(m.Call(Syscall::k_utimensat, fd, 0, 0, 0) == 0);
  CHECK(StatOf(m, "/f").access_seconds == 1'700'000'000);
  const Timespec wrong[2] = {{0, 1'000'000'000}, {0, 0}};
  CHECK(m.Call(Syscall::k_utimensat, m.kAtFdCwd, m.Text("/f"), m.Put(wrong, sizeof(wrong)), 0) ==
        m.Error(Errno::kInval));
}

TEST_CASE("statfs", "[sys_statfs][sys_fstatfs]") {
  SyscallMachine m;
  const uint64_t at = m.Room(sizeof(Statfs));
  CHECK(m.Call(Syscall::k_statfs, m.Text("/"), at) == 0);
  CHECK(m.Value<Statfs>(at).type == 0x01021994);
  CHECK(m.Value<Statfs>(at).name_length == 255);
  CHECK(m.Value<Statfs>(at).blocks_free <= m.Value<Statfs>(at).blocks);
  const int64_t fd = m.Open("/proc/uptime");
  CHECK(m.Call(Syscall::k_fstatfs, fd, at) == 0);
  CHECK(m.Value<Statfs>(at).type == 0x9fa0);
}

TEST_CASE("extended attributes",
          "[sys_getxattr][sys_lgetxattr][sys_fgetxattr][sys_setxattr][sys_lsetxattr][sys_fsetxattr]"
          "[sys_listxattr][sys_llistxattr][sys_flistxattr][sys_removexattr][sys_lremovexattr]"
          "[sys_fremovexattr]") {
  SyscallMachine m;
  m.MakeFile("/f", "");
  const int64_t fd = m.Open("/f");
  const uint64_t path = m.Text("/f"), name = m.Text("user.note"), odd = m.Text("system.acl");
  const uint64_t value = m.Text("blue"), room = m.Room(16);
  struct Family {
    Syscall get, set, list, remove;
    uint64_t file;
  };
  const Family families[] = {{Syscall::k_getxattr, Syscall::k_setxattr, Syscall::k_listxattr,
                              Syscall::k_removexattr, path},
                             {Syscall::k_lgetxattr, Syscall::k_lsetxattr, Syscall::k_llistxattr,
                              Syscall::k_lremovexattr, path},
                             {Syscall::k_fgetxattr, Syscall::k_fsetxattr, Syscall::k_flistxattr,
                              Syscall::k_fremovexattr, static_cast<uint64_t>(fd)}};
  for (const Family& call : families) {
    CHECK(m.Call(call.get, call.file, name, room, 16) == m.Error(Errno::kNoData));
    CHECK(m.Call(call.get, call.file, odd, room, 16) == m.Error(Errno::kOpNotSupp));
    CHECK(m.Call(call.set, call.file, odd, value, 4, 0) == m.Error(Errno::kOpNotSupp));
    CHECK(m.Call(call.set, call.file, name, value, 4, 8) == m.Error(Errno::kInval));
    CHECK(m.Call(call.set, call.file, name, value, 70000, 0) == m.Error(Errno::k2Big));
    CHECK(m.Call(call.set, call.file, name, value, 4, 0) == 0);
    CHECK(m.Call(call.set, call.file, name, value, 4, 1) == m.Error(Errno::kExist));
    CHECK(m.Call(call.get, call.file, name, room, 0) == 4);
    CHECK(m.Call(call.get, call.file, name, room, 3) == m.Error(Errno::kRange));
    CHECK(m.Call(call.get, call.file, name, room, 16) == 4);
    CHECK(m.Value<uint32_t>(room) == 0x65756c62);
    CHECK(m.Call(call.list, call.file, room, 16) == 10);
    CHECK(m.Call(call.list, call.file, room, 9) == m.Error(Errno::kRange));
    CHECK(m.Call(call.remove, call.file, name) == 0);
    CHECK(m.Call(call.remove, call.file, name) == m.Error(Errno::kNoData));
    CHECK(m.Call(call.list, call.file, room, 16) == 0);
  }
  CHECK(m.Call(Syscall::k_getxattr, m.Text("/none"), name, room, 16) == m.Error(Errno::kNoEnt));
  CHECK(m.Call(Syscall::k_fgetxattr, 44, name, room, 16) == m.Error(Errno::kBadF));
}
