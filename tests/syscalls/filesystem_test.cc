// hostfs over the in-memory folder and over a real one, devices, the machine's /proc.
#include <unistd.h>

#include <cstdlib>

#include "syscalls/abi/stat.h"
#include "syscalls/abi/termios.h"
#include "syscalls/fs/hostfs.h"
#include "tests/lib/fake_host_folder.h"
#include "tests/lib/posix_host_folder.h"
#include "tests/syscalls/syscall_machine.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::FakeHostFolder;
using elfin::testing::PosixHostFolder;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

/// A machine whose / is a fake folder; `folder` stays valid as long as the machine.
FakeHostFolder* UseFolder(SyscallMachine& m, fs::Writable writable) {
  auto folder = std::make_unique<FakeHostFolder>();
  FakeHostFolder* raw = folder.get();
  raw->AddDirectory("etc");
  raw->AddFile("etc/name", "elfin\n");
  raw->AddSymlink("etc/link", "name");
  raw->AddSymlink("etc/out", "../../../../etc/name");
  raw->AddSymlink("etc/absolute", "/etc/name");
  m.kernel.mounts = fs::MakeHostTree(m.kernel, std::move(folder), writable, "host").value();
  m.Start();
  return raw;
}

Stat StatOf(SyscallMachine& m, const std::string& path) {
  const uint64_t stat = m.Room(sizeof(Stat));
  REQUIRE(m.Call(Syscall::k_stat, m.Text(path), stat) == 0);
  return m.Value<Stat>(stat);
}

}  // namespace

TEST_CASE("a read-only host folder") {
  SyscallMachine m;
  FakeHostFolder* folder = UseFolder(m, fs::Writable::kNo);
  CHECK(m.FileText("/etc/name") == "elfin\n");
  CHECK(m.FileText("/etc/link") == "elfin\n");
  CHECK(m.FileText("/etc/out") == "elfin\n");  // ".." stops at the guest's root
  CHECK(m.FileText("/etc/absolute") == "elfin\n");
  CHECK_FALSE(folder->saw_bad_path());
  CHECK(m.Open("/etc/name", kOWrOnly) == m.Error(Errno::kRoFs));
  CHECK(m.Open("/etc/new", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kRoFs));
  CHECK(m.Call(Syscall::k_mkdir, m.Text("/x"), 0755) == m.Error(Errno::kRoFs));
  CHECK(m.Call(Syscall::k_mkdir, m.Text("/etc"), 0755) == m.Error(Errno::kExist));
  CHECK(m.Call(Syscall::k_unlink, m.Text("/etc/name")) == m.Error(Errno::kRoFs));
  CHECK(m.Call(Syscall::k_chmod, m.Text("/etc/name"), 0600) == m.Error(Errno::kRoFs));
  CHECK(m.Call(Syscall::k_truncate, m.Text("/etc/name"), 0) == m.Error(Errno::kRoFs));
  CHECK(m.Call(Syscall::k_access, m.Text("/etc/name"), 2) == m.Error(Errno::kRoFs));
  m.MakeFile("/tmp/t", "scratch");  // a tmpfs of the machine's own
  CHECK(m.FileText("/tmp/t") == "scratch");
  CHECK(StatOf(m, "/etc/name").inode == StatOf(m, "/etc/link").inode);
  CHECK(StatOf(m, "/etc/name").device == 0x801);
  CHECK(folder->open_handles() == 0);
}

TEST_CASE("a writable host folder") {
  SyscallMachine m;
  FakeHostFolder* folder = UseFolder(m, fs::Writable::kYes);
  m.MakeFile("/etc/new", "fresh", 0640);
  CHECK(folder->Data("etc/new") == "fresh");
  CHECK(m.Call(Syscall::k_mkdir, m.Text("/d"), 0755) == 0);
  CHECK(m.Call(Syscall::k_rename, m.Text("/etc/new"), m.Text("/d/moved")) == 0);
  CHECK(folder->Has("d/moved"));
  CHECK(m.Call(Syscall::k_symlink, m.Text("moved"), m.Text("/d/s")) == 0);
  CHECK(m.FileText("/d/s") == "fresh");
  CHECK(m.Call(Syscall::k_chmod, m.Text("/d/moved"), 0600) == 0);
  CHECK(StatOf(m, "/d/moved").mode == 0100600);
  const int64_t fd = m.Open("/d/moved", kORdWr);
  CHECK(m.Call(Syscall::k_rename, m.Text("/d"), m.Text("/e")) == 0);
  CHECK(m.Write(fd, "F") == 1);
  CHECK(folder->Data("e/moved") == "Fresh");
  CHECK(m.Call(Syscall::k_unlink, m.Text("/e/moved")) == 0);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, 0) == 0);
  CHECK(m.Read(fd) == "Fresh");
  CHECK(m.Call(Syscall::k_ftruncate, fd, 2) == 0);
  folder->broken = true;
  CHECK(m.Call(Syscall::k_lseek, fd, 0, 0) == 0);
  CHECK(m.Read(fd) == "E5");
  CHECK(m.Call(Syscall::k_close, fd) == 0);
  CHECK(folder->open_handles() == 0);
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/e")) == m.Error(Errno::kNotEmpty));
  // A FIFO is the guest's alone; a device isn't to be had.
  CHECK(m.Call(Syscall::k_mknod, m.Text("/fifo"), 0010644, 0) == 0);
  CHECK(StatOf(m, "/fifo").mode == 0010644);
  CHECK_FALSE(folder->Has("fifo"));
  CHECK(m.Call(Syscall::k_mknod, m.Text("/null"), 0020644, 0x103) == m.Error(Errno::kPerm));
  CHECK_FALSE(folder->saw_bad_path());
}

TEST_CASE("a real folder through POSIX") {
  char name[] = "/tmp/elfin-hostfs-XXXXXX";
  REQUIRE(::mkdtemp(name) != nullptr);
  {
    SyscallMachine m;
    m.kernel.mounts =
        fs::MakeHostTree(m.kernel, PosixHostFolder::Open(name).value(), fs::Writable::kYes, name)
            .value();
    m.Start();
    m.MakeFile("/a", "real");
    CHECK(m.FileText("/a") == "real");
    CHECK(m.Call(Syscall::k_mkdir, m.Text("/d"), 0755) == 0);
    CHECK(m.Call(Syscall::k_link, m.Text("/a"), m.Text("/d/b")) == 0);
    CHECK(StatOf(m, "/d/b").links == 2);
    CHECK(m.Call(Syscall::k_symlink, m.Text("/etc/passwd"), m.Text("/escape")) == 0);
    CHECK(m.Open("/escape") == m.Error(Errno::kNoEnt));
    CHECK(m.Call(Syscall::k_truncate, m.Text("/a"), 2) == 0);
    CHECK(m.FileText("/d/b") == "re");
    for (const char* file : {"/escape", "/d/b", "/a"}) {
      CHECK(m.Call(Syscall::k_unlink, m.Text(file)) == 0);
    }
    CHECK(m.Call(Syscall::k_rmdir, m.Text("/d")) == 0);
  }
  CHECK(::rmdir(name) == 0);
}

TEST_CASE("devices") {
  SyscallMachine m;
  const int64_t null = m.Open("/dev/null", kORdWr);
  CHECK(m.Write(null, "gone") == 4);
  CHECK(m.Read(null) == "");
  CHECK(m.Read(m.Open("/dev/zero"), 3) == std::string(3, '\0'));
  CHECK(m.Read(m.Open("/dev/full"), 2) == std::string(2, '\0'));
  CHECK(m.Write(m.Open("/dev/full", kOWrOnly), "x") == m.Error(Errno::kNoSpc));
  CHECK(m.Read(m.Open("/dev/urandom"), 2) == "ZZ");
  CHECK(m.Call(Syscall::k_lseek, null, 100, 0) == 0);
  CHECK(m.Open("/dev/tty") == m.Error(Errno::kNxio));  // the streams are pipes
  const int64_t master = m.Open("/dev/ptmx", kORdWr);
  CHECK(master > 0);
  CHECK(m.Open("/dev/pts/0") == m.Error(Errno::kIo));  // locked
  CHECK(m.Call(Syscall::k_ioctl, master, kTiocSPtLck, m.PutValue(int32_t{0})) == 0);
  const int64_t slave = m.Open("/dev/pts/0", kORdWr | kONoCtty);
  CHECK(m.Write(master, "line\n") == 5);
  CHECK(m.Read(slave) == "line\n");
  CHECK(m.Read(master) == "line\r\n");  // the echo
  CHECK(m.Call(Syscall::k_close, master) == 0);
  CHECK(m.Read(slave) == "");
  CHECK(m.Open("/dev/pts/0") == m.Error(Errno::kNoEnt));
}

TEST_CASE("the machine's /sys") {
  SyscallMachine m;
  CHECK(m.FileText("/sys/devices/system/cpu/online") == "0\n");
  CHECK(m.FileText("/sys/class/net/lo/mtu") == "65536\n");
  CHECK(m.FileText("/proc/filesystems").find("nodev\tsysfs\n") == 0);
  CHECK(m.Open("/sys/class/net/eth0") == m.Error(Errno::kNoEnt));
  CHECK(m.Open("/sys/new", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kRoFs));
  CHECK(m.Open("/sys/class/net/lo/mtu", kOWrOnly) == m.Error(Errno::kRoFs));
}

TEST_CASE("the machine's /proc") {
  SyscallMachine m;
  CHECK(m.FileText("/proc/sys/kernel/ostype") == "Linux\n");
  CHECK(m.FileText("/proc/filesystems").find("tmpfs") != std::string::npos);
  const std::string processor = m.FileText("/proc/cpuinfo");
  CHECK(processor.substr(0, 13) == "processor\t: 0");
  CHECK(processor.find("vendor_id\t: AuthenticAMD\n") != std::string::npos);
  CHECK(processor.find("\nflags\t\t: fpu tsc") != std::string::npos);
  CHECK(processor.find(" sse4_2 ") != std::string::npos);
  CHECK(processor.find(" msr ") == std::string::npos);
  CHECK(m.FileText("/proc/meminfo").find("MemTotal:        4194240 kB") == 0);
  CHECK(m.Open("/proc/none") == m.Error(Errno::kNoEnt));
  CHECK(m.Open("/proc/99") == m.Error(Errno::kNoEnt));
  CHECK(m.Open("/proc/new", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kNoEnt));
  const uint64_t text = m.Room(16);
  CHECK(m.Call(Syscall::k_readlink, m.Text("/proc/self"), text, 16) == 1);
  CHECK(m.Bytes(text, 1) == "1");
  const int64_t fd = m.Open("/proc/sys", kODirectory);
  const uint64_t buffer = m.Room(512);
  const int64_t size = m.Call(Syscall::k_getdents64, fd, buffer, 512);
  REQUIRE(size > 0);
  CHECK(m.Bytes(buffer, static_cast<size_t>(size)).find("kernel") != std::string::npos);
}
