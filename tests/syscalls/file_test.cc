// Opening, reading, writing, seeking and descriptors, over tmpfs. Values are those of the host's
// kernel.
#include "tests/syscalls/syscall_machine.h"

#include "syscalls/abi/uio.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

TEST_CASE("files are written and read back",
          "[sys_open][sys_creat][sys_read][sys_write][sys_close]") {
  SyscallMachine m;
  const int64_t fd = m.Call(Syscall::k_creat, m.Text("/a"), 0666);
  REQUIRE(fd == 3);
  CHECK(m.Write(fd, "hello") == 5);
  CHECK(m.Read(fd) == "E9");  // O_WRONLY
  CHECK(m.Call(Syscall::k_close, fd) == 0);
  CHECK(m.Call(Syscall::k_close, fd) == m.Error(Errno::kBadF));
  const int64_t again = m.Call(Syscall::k_open, m.Text("/a"), kORdWr | kOAppend, 0);
  REQUIRE(again == 3);
  CHECK(m.Read(again, 2) == "he");
  CHECK(m.Write(again, "!") == 1);
  CHECK(m.Read(again) == "");
  CHECK(m.FileText("/a") == "hello!");
  CHECK(m.Call(Syscall::k_read, again, m.kBadAddress, 4) == 0);  // at the end: nothing to copy
  CHECK(m.Call(Syscall::k_lseek, again, 0, 0) == 0);
  CHECK(m.Call(Syscall::k_read, again, m.kBadAddress, 4) == m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_write, again, m.kBadAddress, 4) == m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_read, again, m.kScratch, uint64_t{1} << 63) == m.Error(Errno::kInval));
  // A read that runs out of memory half-way gives what fits.
  const uint64_t end = m.kScratch + m.kScratchSize;
  CHECK(m.Call(Syscall::k_read, again, end - 3, 6) == 3);
  CHECK(m.Bytes(end - 3, 3) == "hel");
}

TEST_CASE("open's flags", "[sys_openat]") {
  SyscallMachine m;
  m.MakeFile("/file", "0123456789");
  CHECK(m.Open("/none") == m.Error(Errno::kNoEnt));
  CHECK(m.Open("") == m.Error(Errno::kNoEnt));
  CHECK(m.Open("/file", kOCreat | kOExcl) == m.Error(Errno::kExist));
  CHECK(m.Open("/file", kODirectory) == m.Error(Errno::kNotDir));
  CHECK(m.Open("/file/") == m.Error(Errno::kNotDir));
  CHECK(m.Open("/file/x") == m.Error(Errno::kNotDir));
  CHECK(m.Open("/new/", kOCreat | kOWrOnly, 0644) == m.Error(Errno::kIsDir));
  CHECK(m.Open("/", kOWrOnly) == m.Error(Errno::kIsDir));
  CHECK(m.Open("/", kOCreat) == m.Error(Errno::kIsDir));
  CHECK(m.Open("/file", kOCreat | kODirectory) == m.Error(Errno::kInval));
  CHECK(m.Open(std::string(256, 'n')) == m.Error(Errno::kNameTooLong));
  CHECK(m.Open(std::string(255, 'n')) == m.Error(Errno::kNoEnt));
  CHECK(m.Open("/" + std::string(4095, '/')) == m.Error(Errno::kNameTooLong));
  CHECK(m.Call(Syscall::k_openat, 77, m.Text("x"), 0, 0) == m.Error(Errno::kBadF));
  const int64_t file = m.Open("/file", kOTrunc | kOWrOnly);
  CHECK(m.Call(Syscall::k_openat, file, m.Text("x"), 0, 0) == m.Error(Errno::kNotDir));
  CHECK(m.FileText("/file") == "");
  const int64_t path_only = m.Open("/file", kOPath);
  CHECK(m.Read(path_only) == "E9");
  CHECK(m.Call(Syscall::k_fcntl, path_only, kFGetFl, 0) == kOPath);
}

TEST_CASE("symlinks in open", "[sys_openat]") {
  SyscallMachine m;
  REQUIRE(m.Call(Syscall::k_mkdir, m.Text("/d"), 0755) == 0);
  m.MakeFile("/d/f", "inside");
  auto link = [&m](const std::string& target, const std::string& path) {
    REQUIRE(m.Call(Syscall::k_symlink, m.Text(target), m.Text(path)) == 0);
  };
  link("d/f", "/l");
  link("/d", "/ld");
  link("loop2", "/loop1");
  link("loop1", "/loop2");
  link("made", "/dangling");
  link("nowhere/x", "/worse");
  CHECK(m.FileText("/l") == "inside");
  CHECK(m.FileText("/ld/f") == "inside");
  CHECK(m.FileText("/ld/../l") == "inside");
  CHECK(m.FileText("/../../l") == "inside");
  CHECK(m.Open("/l", kONoFollow) == m.Error(Errno::kLoop));
  CHECK(m.Open("/loop1") == m.Error(Errno::kLoop));
  CHECK(m.Open("/ld", kONoFollow | kODirectory) == m.Error(Errno::kNotDir));
  CHECK(m.Open("/dangling", kOCreat | kOExcl | kOWrOnly, 0600) == m.Error(Errno::kExist));
  CHECK(m.Open("/worse", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kNoEnt));
  CHECK(m.Open("/dangling", kOCreat | kOWrOnly, 0600) >= 0);
  CHECK(m.FileText("/made") == "");
  // Forty in a row are allowed, forty-one are not.
  link("d/f", "/s0");
  for (int i = 1; i <= 40; ++i) link("s" + std::to_string(i - 1), "/s" + std::to_string(i));
  CHECK(m.FileText("/s39") == "inside");
  CHECK(m.Open("/s40") == m.Error(Errno::kLoop));
}

TEST_CASE("openat2 keeps paths where they are told to be", "[sys_openat2]") {
  SyscallMachine m;
  REQUIRE(m.Call(Syscall::k_mkdir, m.Text("/jail"), 0755) == 0);
  m.MakeFile("/jail/in", "in");
  m.MakeFile("/out", "out");
  REQUIRE(m.Call(Syscall::k_symlink, m.Text("/out"), m.Text("/jail/abs")) == 0);
  const int64_t jail = m.Open("/jail", kODirectory);
  auto open = [&](const std::string& path, uint64_t resolve, uint64_t flags = 0) {
    const OpenHow how{flags, 0, resolve};
    return m.Call(Syscall::k_openat2, jail, m.Text(path), m.PutValue(how), sizeof(how));
  };
  CHECK(open("in", kResolveBeneath) >= 0);
  CHECK(open("../out", 0) >= 0);
  CHECK(open("../out", kResolveBeneath) == m.Error(Errno::kXDev));
  CHECK(open("/out", kResolveBeneath) == m.Error(Errno::kXDev));
  CHECK(open("abs", kResolveBeneath) == m.Error(Errno::kXDev));
  CHECK(open("abs", kResolveInRoot) == m.Error(Errno::kNoEnt));
  CHECK(open("../../in", kResolveInRoot) >= 0);
  CHECK(open("abs", kResolveNoSymlinks) == m.Error(Errno::kLoop));
  CHECK(open("in", kResolveCached) == m.Error(Errno::kAgain));
  CHECK(open("/dev/null", kResolveNoXdev) == m.Error(Errno::kXDev));
  CHECK(open("in", 1 << 20) == m.Error(Errno::kInval));
  CHECK(open("in", 0, uint64_t{1} << 40) == m.Error(Errno::kInval));
}

TEST_CASE("reading and writing at positions and in pieces",
          "[sys_pread64][sys_pwrite64][sys_readv][sys_writev][sys_preadv][sys_pwritev][sys_preadv2]"
          "[sys_pwritev2]") {
  SyscallMachine m;
  const int64_t fd = m.Open("/v", kOCreat | kORdWr, 0600);
  const uint64_t ab = m.Put("ab", 2);
  const uint64_t cde = m.Put("cde", 3);
  const IoVec out[] = {{ab, 2}, {0, 0}, {cde, 3}};
  CHECK(m.Call(Syscall::k_writev, fd, m.Put(out, sizeof(out)), 3) == 5);
  CHECK(m.Call(Syscall::k_pwrite64, fd, ab, 2, 10) == 2);
  CHECK(m.FileText("/v") == std::string("abcde\0\0\0\0\0ab", 12));
  CHECK(m.Call(Syscall::k_pwritev, fd, m.Put(out, sizeof(out)), 3, 1, 0) == 5);
  const uint64_t one = m.Room(4), two = m.Room(64);
  const IoVec in[] = {{one, 3}, {two, 64}};
  const uint64_t vectors = m.Put(in, sizeof(in));
  CHECK(m.Call(Syscall::k_preadv, fd, vectors, 2, 0, 0) == 12);
  CHECK(m.Bytes(one, 3) == "aab");
  CHECK(m.Bytes(two, 3) == "cde");
  CHECK(m.Call(Syscall::k_pread64, fd, one, 4, 8) == 4);
  CHECK(m.Call(Syscall::k_pread64, fd, one, 4, static_cast<uint64_t>(-1)) ==
        m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekCur) == 5);
  CHECK(m.Call(Syscall::k_readv, fd, vectors, 2) == 7);
  CHECK(m.Call(Syscall::k_readv, fd, vectors, 1025) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_readv, fd, m.kBadAddress, 1) == m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_readv, fd, vectors, 0) == 0);
  CHECK(m.Call(Syscall::k_preadv2, fd, vectors, 2, uint64_t(-1), 0, 0) == 0);
  CHECK(m.Call(Syscall::k_preadv2, fd, vectors, 2, 0, 0, kRwfNoWait) == 12);
  CHECK(m.Call(Syscall::k_preadv2, fd, vectors, 2, 0, 0, 1 << 20) == m.Error(Errno::kOpNotSupp));
  CHECK(m.Call(Syscall::k_pwritev2, fd, m.Put(out, sizeof(out)), 3, 0, 0, kRwfAppend) == 5);
  CHECK(m.FileText("/v").size() == 17);
}

TEST_CASE("lseek, with holes", "[sys_lseek][sys_ftruncate][sys_truncate][sys_fallocate]") {
  SyscallMachine m;
  const int64_t fd = m.Open("/s", kOCreat | kORdWr, 0600);
  CHECK(m.Call(Syscall::k_pwrite64, fd, m.Put("x", 1), 1, 10000) == 1);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekData) == 8192);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekHole) == 0);
  CHECK(m.Call(Syscall::k_lseek, fd, 9000, kSeekHole) == 10001);
  CHECK(m.Call(Syscall::k_lseek, fd, 10001, kSeekData) == m.Error(Errno::kNxio));
  CHECK(m.Call(Syscall::k_lseek, fd, uint64_t(-1), kSeekSet) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_lseek, fd, 5, kSeekEnd) == 10006);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, 9) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_ftruncate, fd, 3) == 0);
  CHECK(m.FileText("/s") == std::string(3, '\0'));
  CHECK(m.Call(Syscall::k_truncate, m.Text("/s"), 20000) == 0);
  CHECK(m.Call(Syscall::k_truncate, m.Text("/"), 0) == m.Error(Errno::kIsDir));
  CHECK(m.Call(Syscall::k_ftruncate, fd, uint64_t(-1)) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_fallocate, fd, 0, 0, 40000) == 0);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekEnd) == 40000);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekHole) == 40000);
  CHECK(m.Call(Syscall::k_fallocate, fd, kFallocPunchHole | kFallocKeepSize, 4096, 8192) == 0);
  CHECK(m.Call(Syscall::k_lseek, fd, 0, kSeekHole) == 4096);
  CHECK(m.Call(Syscall::k_lseek, fd, 4096, kSeekData) == 12288);
  CHECK(m.Call(Syscall::k_fallocate, fd, kFallocCollapseRange, 0, 4096) ==
        m.Error(Errno::kOpNotSupp));
  CHECK(m.Call(Syscall::k_fallocate, fd, 0, 0, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_fallocate, fd, 0, 0, uint64_t{1} << 50) == m.Error(Errno::kNoSpc));
}

TEST_CASE("descriptors", "[sys_dup][sys_dup2][sys_dup3][sys_fcntl][sys_flock][sys_close_range]") {
  SyscallMachine m;
  m.MakeFile("/f", "abcdef");
  const int64_t fd = m.Open("/f", kORdWr);
  const int64_t copy = m.Call(Syscall::k_dup, fd);
  REQUIRE(copy == 4);
  CHECK(m.Read(fd, 2) == "ab");
  CHECK(m.Read(copy, 2) == "cd");  // one offset
  CHECK(m.Call(Syscall::k_dup2, fd, 9) == 9);
  CHECK(m.Call(Syscall::k_dup2, fd, fd) == fd);
  CHECK(m.Call(Syscall::k_dup2, 77, 77) == m.Error(Errno::kBadF));
  CHECK(m.Call(Syscall::k_dup2, fd, 100000) == m.Error(Errno::kBadF));
  CHECK(m.Call(Syscall::k_dup3, fd, fd, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_dup3, fd, 10, 1) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_dup3, fd, 10, kOCloExec) == 10);
  CHECK(m.Call(Syscall::k_fcntl, 10, kFGetFd, 0) == 1);
  CHECK(m.Call(Syscall::k_fcntl, 10, kFSetFd, 0) == 0);
  CHECK(m.Call(Syscall::k_fcntl, 10, kFGetFd, 0) == 0);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFDupFd, 20) == 20);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFDupFdCloExec, 20) == 21);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFDupFd, uint64_t(-1)) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_fcntl, fd, kFGetFl, 0) == kORdWr);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFSetFl, kONonBlock | kOAppend | kOCreat | kOWrOnly) == 0);
  CHECK(m.Call(Syscall::k_fcntl, copy, kFGetFl, 0) == (kORdWr | kONonBlock | kOAppend));
  FileLock lock{kLockWrite, kSeekSet, 0, 0, 0};
  const uint64_t at = m.PutValue(lock);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFSetLk, at) == 0);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFGetLk, at) == 0);
  CHECK(m.Value<FileLock>(at).type == kLockUnlock);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFGetPipeSize, 0) == m.Error(Errno::kBadF));
  CHECK(m.Call(Syscall::k_fcntl, fd, 999, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_flock, fd, kFlockExclusive | kFlockNonBlocking) == 0);
  CHECK(m.Call(Syscall::k_flock, fd, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_close_range, 9, 3, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_close_range, 9, 0xffffffffu, kCloseRangeCloExec) == 0);
  CHECK(m.Call(Syscall::k_fcntl, 9, kFGetFd, 0) == 1);
  CHECK(m.Call(Syscall::k_close_range, 4, 0xffffffffu, 0) == 0);
  CHECK(m.Call(Syscall::k_fcntl, 9, kFGetFd, 0) == m.Error(Errno::kBadF));
  CHECK(m.Call(Syscall::k_fcntl, 3, kFGetFd, 0) == 0);
  m.process->limits[kernel::Resource::kFiles].current = 5;
  CHECK(m.Call(Syscall::k_dup, fd) == 4);
  CHECK(m.Call(Syscall::k_dup, fd) == m.Error(Errno::kMFile));
  CHECK(m.Open("/new", kOCreat | kOWrOnly, 0600) == m.Error(Errno::kMFile));
  CHECK(m.Open("/new") == m.Error(Errno::kMFile));
}

TEST_CASE("memfd and its seals", "[sys_memfd_create]") {
  SyscallMachine m;
  const int64_t fd = m.Call(Syscall::k_memfd_create, m.Text("mine"), kMfdAllowSealing);
  REQUIRE(fd == 3);
  CHECK(m.Write(fd, "data") == 4);
  CHECK(m.Call(Syscall::k_fcntl, fd, kFAddSeals, kSealGrow | kSealShrink) == 0);
  CHECK(m.Write(fd, "more") == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_ftruncate, fd, 1) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_fcntl, fd, kFGetSeals, 0) == (kSealGrow | kSealShrink));
  const int64_t sealed = m.Call(Syscall::k_memfd_create, m.Text("other"), kMfdCloExec);
  CHECK(m.Call(Syscall::k_fcntl, sealed, kFAddSeals, kSealGrow) == m.Error(Errno::kPerm));
  CHECK(m.Call(Syscall::k_memfd_create, m.Text(std::string(250, 'm')), 0) ==
        m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_memfd_create, m.Text("x"), kMfdHugeTlb) == m.Error(Errno::kInval));
}

TEST_CASE("unlinked files live on while they are open", "[sys_unlink][sys_fsync][sys_fdatasync]") {
  SyscallMachine m;
  const int64_t fd = m.Open("/gone", kOCreat | kORdWr, 0600);
  CHECK(m.Write(fd, "still") == 5);
  CHECK(m.Call(Syscall::k_unlink, m.Text("/gone")) == 0);
  CHECK(m.Open("/gone") == m.Error(Errno::kNoEnt));
  CHECK(m.Call(Syscall::k_lseek, fd, 0, 0) == 0);
  CHECK(m.Read(fd) == "still");
  CHECK(m.Call(Syscall::k_fsync, fd) == 0);
  CHECK(m.Call(Syscall::k_fdatasync, fd) == 0);
  CHECK(m.Call(Syscall::k_fsync, 0) == m.Error(Errno::kInval));
}

TEST_CASE("O_TMPFILE makes a file without a name", "[sys_openat][sys_linkat]") {
  SyscallMachine m;
  CHECK(m.Open("/", kOTmpFile | kORdOnly, 0600) == m.Error(Errno::kInval));
  const int64_t fd = m.Open("/", kOTmpFile | kORdWr, 0600);
  REQUIRE(fd >= 0);
  CHECK(m.Write(fd, "late") == 4);
  CHECK(m.Call(Syscall::k_linkat, fd, m.Text(""), m.kAtFdCwd, m.Text("/named"), kAtEmptyPath) == 0);
  CHECK(m.FileText("/named") == "late");
}

TEST_CASE("calls that have nothing to do check their arguments all the same",
          "[sys_fadvise64][sys_readahead][sys_sync][sys_syncfs][sys_sync_file_range]") {
  SyscallMachine m;
  const int64_t fd = m.Open("/f", kOCreat | kORdWr, 0600);
  CHECK(m.Call(Syscall::k_fadvise64, fd, 0, 0, 2) == 0);
  CHECK(m.Call(Syscall::k_fadvise64, fd, 0, 0, 9) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_fadvise64, 0, 0, 0, 2) == m.Error(Errno::kSPipe));
  CHECK(m.Call(Syscall::k_readahead, fd, 0, 4096) == 0);
  CHECK(m.Call(Syscall::k_readahead, 0, 0, 4096) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_sync) == 0);
  CHECK(m.Call(Syscall::k_syncfs, fd) == 0);
  CHECK(m.Call(Syscall::k_syncfs, 55) == m.Error(Errno::kBadF));
  CHECK(m.Call(Syscall::k_sync_file_range, fd, 0, 0, 2) == 0);
  CHECK(m.Call(Syscall::k_sync_file_range, fd, 0, 0, 8) == m.Error(Errno::kInval));
}
