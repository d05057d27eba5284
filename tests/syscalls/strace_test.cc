// The trace's lines, beside what strace(1) prints for the same calls.
#include "syscalls/strace.h"

#include "syscalls/dispatch.h"
#include "syscalls/strace_names.h"
#include "tests/syscalls/syscall_machine.h"

using namespace elfin;
using namespace elfin::kernel;
using elfin::testing::SyscallMachine;

namespace {

std::string TraceOf(SyscallMachine& machine, Syscall call,
                    std::initializer_list<uint64_t> arguments) {
  machine.host.reports.clear();
  uint64_t raw[6] = {};
  std::copy(arguments.begin(), arguments.end(), raw);
  (void)machine.Call(call, raw[0], raw[1], raw[2], raw[3], raw[4], raw[5]);
  return machine.host.reports;
}

}  // namespace

TEST_CASE("the trace shows arguments and results as strace does") {
  KernelOptions options;
  options.strace = true;
  SyscallMachine m(options);
  m.MakeFile("/greeting", "hello\n\1775\n");
  CHECK(TraceOf(m, Syscall::k_openat, {m.kAtFdCwd, m.Text("/greeting"), abi::kOCloExec, 0}) ==
        "openat(AT_FDCWD, \"/greeting\", O_RDONLY|O_CLOEXEC) = 3\n");
  const uint64_t buffer = m.Room(64);
  CHECK(TraceOf(m, Syscall::k_read, {3, buffer, 64}) == "read(3, \"hello\\n\\1775\\n\", 64) = 9\n");
  CHECK(TraceOf(m, Syscall::k_read, {9, 0, 64}) == "read(9, NULL, 64) = -1 EBADF\n");
  CHECK(TraceOf(m, Syscall::k_access, {m.Text("/nothing"), 4}) ==
        "access(\"/nothing\", R_OK) = -1 ENOENT\n");
  CHECK(TraceOf(m, Syscall::k_lseek, {3, static_cast<uint64_t>(-2), 2}) ==
        "lseek(3, -2, SEEK_END) = 7\n");
  CHECK(TraceOf(m, Syscall::k_fstat, {3, m.Room(144)}) ==
        "fstat(3, {st_mode=S_IFREG|0644, st_size=9, ...}) = 0\n");
  CHECK(TraceOf(m, Syscall::k_pipe2, {m.Room(8), abi::kOCloExec}) ==
        "pipe2([4, 5], O_CLOEXEC) = 0\n");
  CHECK(TraceOf(m, Syscall::k_write, {1, m.Put(std::string(40, 'x').data(), 40), 40}) ==
        "write(1, \"" + std::string(32, 'x') + "\"..., 40) = 40\n");
  CHECK(TraceOf(m, Syscall::k_open, {m.kBadAddress, 0, 0}) ==
        "open(0x1000000000, O_RDONLY) = -1 EFAULT\n");
}

TEST_CASE("quoted bytes use C's escapes") {
  CHECK(QuotedText("\x7f"
                   "ELF\x02\x01",
                   false) == "\"\\177ELF\\2\\1\"");
  CHECK(QuotedText(std::string_view("a\0b\"\\\t", 6), true) == "\"a\\0b\\\"\\\\\\t\"...");
}

TEST_CASE("flags and codes have their names") {
  CHECK(OpenFlagsText(02101) == "O_WRONLY|O_CREAT|O_APPEND");
  CHECK(OpenFlagsText(020200000) == "O_RDONLY|O_TMPFILE");
  CHECK(ProtectionText(5) == "PROT_READ|PROT_EXEC");
  CHECK(ProtectionText(0) == "PROT_NONE");
  CHECK(MapFlagsText(0x22) == "MAP_PRIVATE|MAP_ANONYMOUS");
  CHECK(AtFlagsText(0x1100) == "AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH");
  CHECK(IoctlText(0x5401) == "TCGETS");
  CHECK(FcntlText(1030) == "F_DUPFD_CLOEXEC");
  CHECK(FileModeText(0100644) == "S_IFREG|0644");
  CHECK(HexText(0x1f) == "0x1f");
}

TEST_CASE("calls are counted, and missing ones are named once") {
  SyscallMachine m;
  CHECK(m.Call(Syscall::k_cachestat, 1, 0) == m.Error(Errno::kNoSys));
  CHECK(m.Call(Syscall::k_cachestat, 1, 0) == m.Error(Errno::kNoSys));
  CHECK(m.Call(Syscall::k_rseq, 0, 32, 0, 0) == m.Error(Errno::kNoSys));
  CHECK(m.Call(static_cast<Syscall>(400)) == m.Error(Errno::kNoSys));
  CHECK(m.Call(Syscall::k_reboot, 0, 0, 0, 0) == m.Error(Errno::kPerm));
  CHECK(m.host.reports ==
        "system call cachestat is not there (ENOSYS)\n"
        "system call number 400 is not there (ENOSYS)\n");
  CHECK(TallyJson(m.kernel.tally) == "{\"reboot\":1,\"rseq\":1,\"400\":1,\"cachestat\":2}");
}
