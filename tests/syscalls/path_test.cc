// Names, directories and permissions, over tmpfs.
#include "tests/syscalls/syscall_machine.h"

#include <set>

#include "syscalls/abi/stat.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

/// Names and offsets as getdents64 gives them, in buffers of `size`.
std::vector<std::string> List(SyscallMachine& m, int64_t fd, uint64_t size = 4096) {
  std::vector<std::string> names;
  const uint64_t buffer = m.Room(size);
  for (;;) {
    const int64_t got = m.Call(Syscall::k_getdents64, fd, buffer, size);
    REQUIRE(got >= 0);
    if (got == 0) return names;
    const std::string bytes = m.Bytes(buffer, static_cast<size_t>(got));
    for (size_t at = 0; at < bytes.size();) {
      uint16_t length;
      std::memcpy(&length, bytes.data() + at + 16, 2);
      REQUIRE(length % 8 == 0);
      names.push_back(bytes.c_str() + at + 19);
      at += length;
    }
  }
}

std::string WorkingDirectory(SyscallMachine& m) {
  const uint64_t buffer = m.Room(4096);
  const int64_t size = m.Call(Syscall::k_getcwd, buffer, 4096);
  return size < 0 ? "E" + std::to_string(-size) : m.Bytes(buffer, static_cast<size_t>(size) - 1);
}

void Mkdir(SyscallMachine& m, const std::string& path) {
  REQUIRE(m.Call(Syscall::k_mkdir, m.Text(path), 0777) == 0);
}

}  // namespace

TEST_CASE("directories come and go", "[sys_mkdir][sys_mkdirat][sys_rmdir][sys_unlinkat]") {
  SyscallMachine m;
  Mkdir(m, "/d/");
  CHECK(m.Call(Syscall::k_mkdir, m.Text("/d"), 0777) == m.Error(Errno::kExist));
  CHECK(m.Call(Syscall::k_mkdir, m.Text("/"), 0777) == m.Error(Errno::kExist));
  CHECK(m.Call(Syscall::k_mkdir, m.Text("/x/y"), 0777) == m.Error(Errno::kNoEnt));
  const int64_t fd = m.Open("/d", kODirectory);
  CHECK(m.Call(Syscall::k_mkdirat, fd, m.Text("sub"), 0777) == 0);
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/d")) == m.Error(Errno::kNotEmpty));
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/d/sub/.")) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/d/sub/..")) == m.Error(Errno::kNotEmpty));
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/")) == m.Error(Errno::kBusy));
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/dev")) == m.Error(Errno::kBusy));
  CHECK(m.Call(Syscall::k_unlink, m.Text("/d/sub")) == m.Error(Errno::kIsDir));
  CHECK(m.Call(Syscall::k_unlinkat, fd, m.Text("sub"), kAtRemoveDir) == 0);
  CHECK(m.Call(Syscall::k_unlinkat, fd, m.Text("sub"), 1) == m.Error(Errno::kInval));
  m.MakeFile("/f", "");
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/f")) == m.Error(Errno::kNotDir));
  CHECK(m.Call(Syscall::k_unlink, m.Text("/f/")) == m.Error(Errno::kNotDir));
}

TEST_CASE("listing", "[sys_getdents64][sys_getdents]") {
  SyscallMachine m;
  Mkdir(m, "/d");
  for (int i = 0; i < 40; ++i) m.MakeFile("/d/file" + std::to_string(i), "");
  const int64_t fd = m.Open("/d", kODirectory);
  const std::vector<std::string> names = List(m, fd, 128);
  REQUIRE(names.size() == 42);
  CHECK(names[0] == ".");
  CHECK(names[1] == "..");
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == 42);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekSet) == 0);
  CHECK(List(m, fd).size() == 42);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekSet) == 0);
  CHECK(m.Call(Syscall::k_getdents64, fd, m.Room(64), 20) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_getdents64, fd, m.kBadAddress, 4096) == m.Error(Errno::kFault));
  CHECK(List(m, fd).size() == 42);  // the failed call did not move on
  // The old layout ends each record with the type.
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekSet) == 0);
  const uint64_t buffer = m.Room(64);
  CHECK(m.Call(Syscall::k_getdents, fd, buffer, 24) == 24);
  CHECK(m.Bytes(buffer + 18, 2) == std::string(".\0", 2));
  CHECK(m.Bytes(buffer + 23, 1) == "\4");
  CHECK(m.Call(Syscall::k_getdents64, 0, buffer, 64) == m.Error(Errno::kNotDir));
}

TEST_CASE("removing while listing sees each entry once", "[sys_getdents64]") {
  SyscallMachine m;
  Mkdir(m, "/d");
  for (int i = 0; i < 100; ++i) m.MakeFile("/d/" + std::to_string(i), "");
  const int64_t fd = m.Open("/d", kODirectory);
  const uint64_t buffer = m.Room(256);
  int removed = 0;
  for (;;) {
    const int64_t got = m.Call(Syscall::k_getdents64, fd, buffer, 256);
    REQUIRE(got >= 0);
    if (got == 0) break;
    const std::string bytes = m.Bytes(buffer, static_cast<size_t>(got));
    for (size_t at = 0; at < bytes.size();) {
      uint16_t length;
      std::memcpy(&length, bytes.data() + at + 16, 2);
      const std::string name = bytes.c_str() + at + 19;
      if (name[0] != '.') {
        REQUIRE(m.Call(Syscall::k_unlinkat, fd, m.Text(name), 0) == 0);
        ++removed;
      }
      at += length;
    }
  }
  CHECK(removed == 100);
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/d")) == 0);
  CHECK(m.Call(Syscall::k_getdents64, fd, buffer, 256) == m.Error(Errno::kNoEnt));
}

TEST_CASE("where a process stands", "[sys_getcwd][sys_chdir][sys_fchdir][sys_chroot]") {
  SyscallMachine m;
  Mkdir(m, "/a");
  Mkdir(m, "/a/b");
  CHECK(WorkingDirectory(m) == "/");
  CHECK(m.Call(Syscall::k_chdir, m.Text("a//b/.")) == 0);
  CHECK(WorkingDirectory(m) == "/a/b");
  CHECK(m.Call(Syscall::k_getcwd, m.Room(8), 4) == m.Error(Errno::kRange));
  CHECK(m.Call(Syscall::k_rename, m.Text("/a"), m.Text("/moved")) == 0);
  CHECK(WorkingDirectory(m) == "/moved/b");
  const int64_t fd = m.Open("..", kODirectory | kOPath);
  CHECK(m.Call(Syscall::k_fchdir, fd) == 0);
  CHECK(WorkingDirectory(m) == "/moved");
  CHECK(m.Call(Syscall::k_chdir, m.Text("/dev")) == 0);
  CHECK(WorkingDirectory(m) == "/dev");
  CHECK(m.Call(Syscall::k_chdir, m.Text("..")) == 0);
  CHECK(WorkingDirectory(m) == "/");
  CHECK(m.Call(Syscall::k_chdir, m.Text("/moved/b")) == 0);
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/moved/b")) == 0);
  CHECK(WorkingDirectory(m) == "E2");
  CHECK(m.Open("x", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kNoEnt));
  m.MakeFile("/file", "");
  CHECK(m.Call(Syscall::k_chdir, m.Text("/file")) == m.Error(Errno::kNotDir));
  CHECK(m.Call(Syscall::k_fchdir, 0) == m.Error(Errno::kNotDir));
  CHECK(m.Call(Syscall::k_chroot, m.Text("/moved")) == 0);
  CHECK(m.Call(Syscall::k_chdir, m.Text("/")) == 0);
  CHECK(WorkingDirectory(m) == "/");
  CHECK(m.Open("/../../file") == m.Error(Errno::kNoEnt));
  m.process->credentials = kernel::Credentials::For(1000, 1000);
  CHECK(m.Call(Syscall::k_chroot, m.Text("/")) == m.Error(Errno::kPerm));
}

TEST_CASE("renaming", "[sys_rename][sys_renameat][sys_renameat2]") {
  SyscallMachine m;
  auto rename = [&m](const std::string& from, const std::string& to, uint64_t flags = 0) {
    return m.Call(Syscall::k_renameat2, m.kAtFdCwd, m.Text(from), m.kAtFdCwd, m.Text(to), flags);
  };
  Mkdir(m, "/d1");
  Mkdir(m, "/d1/sub");
  Mkdir(m, "/d2");
  m.MakeFile("/a", "A");
  m.MakeFile("/b", "B");
  CHECK(rename("/a", "/b", kRenameNoReplace) == m.Error(Errno::kExist));
  CHECK(rename("/a", "/b", kRenameExchange) == 0);
  CHECK(m.FileText("/a") == "B");
  CHECK(rename("/a", "/none", kRenameExchange) == m.Error(Errno::kNoEnt));
  CHECK(rename("/a", "/b", kRenameWhiteout) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_rename, m.Text("/a"), m.Text("/b")) == 0);
  CHECK(m.FileText("/b") == "B");
  CHECK(m.Open("/a") == m.Error(Errno::kNoEnt));
  CHECK(rename("/b", "/d1") == m.Error(Errno::kIsDir));
  CHECK(rename("/d1", "/b") == m.Error(Errno::kNotDir));
  CHECK(rename("/d2", "/d1") == m.Error(Errno::kNotEmpty));
  CHECK(rename("/d1", "/d1/sub/x") == m.Error(Errno::kInval));
  CHECK(rename("/d1/sub", "/d1") == m.Error(Errno::kNotEmpty));
  CHECK(rename("/d1", "/d2") == 0);
  CHECK(m.Open("/d2/sub", kODirectory) >= 0);
  CHECK(rename("/b", "/dev/b") == m.Error(Errno::kXDev));
  CHECK(rename("/b", "/b/") == m.Error(Errno::kNotDir));
  CHECK(rename("/d2/.", "/x") == m.Error(Errno::kBusy));
  CHECK(m.Call(Syscall::k_renameat, m.kAtFdCwd, m.Text("d2"), m.kAtFdCwd, m.Text("d3/")) == 0);
  CHECK(m.Open("/d3", kODirectory) >= 0);
}

TEST_CASE("links",
          "[sys_link][sys_linkat][sys_symlink][sys_symlinkat][sys_readlink][sys_readlinkat]") {
  SyscallMachine m;
  m.MakeFile("/f", "one");
  CHECK(m.Call(Syscall::k_link, m.Text("/f"), m.Text("/g")) == 0);
  CHECK(m.Call(Syscall::k_link, m.Text("/f"), m.Text("/g")) == m.Error(Errno::kExist));
  CHECK(m.Call(Syscall::k_link, m.Text("/"), m.Text("/h")) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_link, m.Text("/f"), m.Text("/dev/f")) == m.Error(Errno::kXDev));
  const uint64_t stat = m.Room(sizeof(Stat));
  CHECK(m.Call(Syscall::k_stat, m.Text("/g"), stat) == 0);
  CHECK(m.Value<Stat>(stat).links == 2);
  CHECK(m.Call(Syscall::k_unlink, m.Text("/f")) == 0);
  CHECK(m.FileText("/g") == "one");
  CHECK(m.Call(Syscall::k_symlink, m.Text("g"), m.Text("/s")) == 0);
  CHECK(m.Call(Syscall::k_symlink, m.Text(""), m.Text("/t")) == m.Error(Errno::kNoEnt));
  const uint64_t text = m.Room(16);
  CHECK(m.Call(Syscall::k_readlink, m.Text("/s"), text, 16) == 1);
  CHECK(m.Bytes(text, 1) == "g");
  CHECK(m.Call(Syscall::k_readlink, m.Text("/g"), text, 16) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_readlink, m.Text("/s"), text, 0) == m.Error(Errno::kInval));
  // linkat takes the symlink itself unless told to follow.
  CHECK(m.Call(Syscall::k_linkat, m.kAtFdCwd, m.Text("/s"), m.kAtFdCwd, m.Text("/s2"), 0) == 0);
  CHECK(m.Call(Syscall::k_readlinkat, m.kAtFdCwd, m.Text("/s2"), text, 16) == 1);
  CHECK(m.Call(Syscall::k_linkat, m.kAtFdCwd, m.Text("/s"), m.kAtFdCwd, m.Text("/s3"),
               kAtSymlinkFollow) == 0);
  CHECK(m.Call(Syscall::k_readlink, m.Text("/s3"), text, 16) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_symlinkat, m.Text("x"), m.kAtFdCwd, m.Text("/s/")) ==
        m.Error(Errno::kExist));
  const int64_t held = m.Open("/s", kOPath | kONoFollow);
  CHECK(m.Call(Syscall::k_readlinkat, held, m.Text(""), text, 16) == 1);
}

TEST_CASE("what others may do",
          "[sys_access][sys_faccessat][sys_faccessat2][sys_chmod][sys_umask]") {
  SyscallMachine m;
  m.MakeFile("/private", "secret", 0600);
  m.MakeFile("/shared", "open", 0664);
  Mkdir(m, "/closed");
  m.MakeFile("/closed/f", "");
  REQUIRE(m.Call(Syscall::k_chmod, m.Text("/closed"), 0700) == 0);
  Mkdir(m, "/tmp");
  REQUIRE(m.Call(Syscall::k_chmod, m.Text("/tmp"), 01777) == 0);
  m.MakeFile("/tmp/root", "");
  CHECK(m.Call(Syscall::k_access, m.Text("/private"), 6) == 0);
  CHECK(m.Call(Syscall::k_access, m.Text("/private"), 1) == m.Error(Errno::kAcces));
  CHECK(m.Call(Syscall::k_access, m.Text("/private"), 8) == m.Error(Errno::kInval));

  m.process->credentials = kernel::Credentials::For(1000, 1000);
  CHECK(m.Open("/private") == m.Error(Errno::kAcces));
  CHECK(m.Open("/shared") >= 0);
  CHECK(m.Open("/shared", kOWrOnly) == m.Error(Errno::kAcces));
  CHECK(m.Open("/closed/f") == m.Error(Errno::kAcces));
  CHECK(m.Open("/new", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kAcces));
  CHECK(m.Call(Syscall::k_chdir, m.Text("/closed")) == m.Error(Errno::kAcces));
  CHECK(m.Call(Syscall::k_faccessat, m.kAtFdCwd, m.Text("/shared"), 4) == 0);
  CHECK(m.Call(Syscall::k_faccessat2, m.kAtFdCwd, m.Text("/shared"), 2, kAtEAccess) ==
        m.Error(Errno::kAcces));
  CHECK(m.Call(Syscall::k_chmod, m.Text("/shared"), 0666) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_unlink, m.Text("/shared")) == m.Error(Errno::kAcces));
  CHECK(m.Call(Syscall::k_unlink, m.Text("/tmp/root")) == m.Error(Errno::kPerm));  // sticky
  m.MakeFile("/tmp/mine", "");
  CHECK(m.Call(Syscall::k_unlink, m.Text("/tmp/mine")) == 0);
  // Real ids decide in access(2), effective ones elsewhere.
  m.process->credentials.effective_uid = m.process->credentials.filesystem_uid = 0;
  CHECK(m.Open("/private") >= 0);
  CHECK(m.Call(Syscall::k_access, m.Text("/private"), 4) == m.Error(Errno::kAcces));

  CHECK(m.Call(Syscall::k_umask, 077) == 022);
  CHECK(m.Call(Syscall::k_umask, 01077) == 077);
  CHECK(m.Open("/narrow", kOCreat | kOWrOnly, 0666) >= 0);
  const uint64_t stat = m.Room(sizeof(Stat));
  CHECK(m.Call(Syscall::k_stat, m.Text("/narrow"), stat) == 0);
  CHECK(m.Value<Stat>(stat).mode == 0100600);
}

TEST_CASE("nodes", "[sys_mknod][sys_mknodat]") {
  SyscallMachine m;
  CHECK(m.Call(Syscall::k_mknod, m.Text("/fifo"), 0010644, 0) == 0);
  CHECK(m.Call(Syscall::k_mknodat, m.kAtFdCwd, m.Text("/plain"), 0600, 0) == 0);
  CHECK(m.FileText("/plain") == "");
  CHECK(m.Call(Syscall::k_mknod, m.Text("/null"), 0020666, 0x103) == 0);
  CHECK(m.Write(m.Open("/null", kOWrOnly), "away") == 4);
  CHECK(m.Call(Syscall::k_mknod, m.Text("/odd"), 0020666, 0x7700) == 0);
  CHECK(m.Open("/odd") == m.Error(Errno::kNxio));
  CHECK(m.Call(Syscall::k_mknod, m.Text("/dir"), 0040755, 0) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_mknod, m.Text("/what"), 0170644, 0) == m.Error(Errno::kInval));
  CHECK(m.Open("/fifo", kOWrOnly | kONonBlock) == m.Error(Errno::kNxio));
  const int64_t reader = m.Open("/fifo", kORdOnly | kONonBlock);
  REQUIRE(reader >= 0);
  const int64_t writer = m.Open("/fifo", kOWrOnly | kONonBlock);
  REQUIRE(writer >= 0);
  CHECK(m.Write(writer, "through") == 7);
  CHECK(m.Read(reader) == "through");
  CHECK(m.Read(reader) == "E11");
}
