// Pipes, the host's streams, poll and select, copies between descriptors.
#include "tests/syscalls/syscall_machine.h"

#include "syscalls/abi/poll.h"
#include "syscalls/abi/signal.h"
#include "syscalls/abi/stat.h"
#include "syscalls/abi/termios.h"
#include "syscalls/abi/time.h"
#include "syscalls/abi/uio.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::HostStreamKind;
using kernel::Syscall;

namespace {

struct Ends {
  int64_t read;
  int64_t write;
};

Ends MakePipe(SyscallMachine& m, uint64_t flags = 0) {
  const uint64_t fds = m.Room(8);
  REQUIRE(m.Call(Syscall::k_pipe2, fds, flags) == 0);
  return {m.Value<int32_t>(fds), m.Value<int32_t>(fds + 4)};
}

/// The Task is stopped where it waits; waking resumes it from the scheduler's list.
int64_t Finish(SyscallMachine& m, Task<Result<uint64_t>>& task) {
  m.kernel.scheduler().ExpireTimers();
  while (m.kernel.scheduler().has_ready()) m.kernel.scheduler().ResumeReady();
  REQUIRE(task.ready());
  return ToSyscallReturn(task.Take());
}

}  // namespace

TEST_CASE("bytes go through a pipe", "[sys_pipe][sys_pipe2]") {
  SyscallMachine m;
  const uint64_t fds = m.Room(8);
  CHECK(m.Call(Syscall::k_pipe, m.kBadAddress) == m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_pipe, fds) == 0);
  CHECK(m.Value<int32_t>(fds) == 3);
  CHECK(m.Value<int32_t>(fds + 4) == 4);
  CHECK(m.Write(4, "abc") == 3);
  CHECK(m.Read(3, 2) == "ab");
  CHECK(m.Call(Syscall::k_ioctl, 3, kFioNRead, fds) == 0);
  CHECK(m.Value<int32_t>(fds) == 1);
  CHECK(m.Read(3) == "c");
  CHECK(m.Call(Syscall::k_close, 4) == 0);
  CHECK(m.Read(3) == "");
  CHECK(m.Call(Syscall::k_pipe2, fds, kODirect) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_lseek, 3, 0, 0) == m.Error(Errno::kSPipe));
  CHECK(m.Call(Syscall::k_pread64, 3, fds, 1, 0) == m.Error(Errno::kSPipe));
}

TEST_CASE("a full pipe, atomic writes, sizes", "[sys_pipe2][sys_fcntl]") {
  SyscallMachine m;
  const Ends pipe = MakePipe(m, kONonBlock);
  CHECK(m.Read(pipe.read) == "E11");
  CHECK(m.Write(pipe.write, std::string(70000, 'x')) == 65536);
  CHECK(m.Write(pipe.write, "y") == m.Error(Errno::kAgain));
  CHECK(m.Read(pipe.read, 100).size() == 100);
  CHECK(m.Write(pipe.write, std::string(4096, 'z')) == m.Error(Errno::kAgain));  // all or nothing
  CHECK(m.Write(pipe.write, std::string(4097, 'z')) == 100);
  CHECK(m.Call(Syscall::k_fcntl, pipe.read, kFGetPipeSize, 0) == 65536);
  CHECK(m.Call(Syscall::k_fcntl, pipe.read, kFSetPipeSize, 4096) == m.Error(Errno::kBusy));
  CHECK(m.Call(Syscall::k_fcntl, pipe.read, kFSetPipeSize, 100000) == 131072);
}

TEST_CASE("a write without readers is EPIPE with SIGPIPE", "[sys_write]") {
  SyscallMachine m;
  const Ends pipe = MakePipe(m);
  CHECK(m.Call(Syscall::k_close, pipe.read) == 0);
  m.process->leader().SetBlocked(kernel::SignalSet{kernel::SignalSet::Bit(kSigPipe)});
  CHECK(m.Write(pipe.write, "x") == m.Error(Errno::kPipe));
  CHECK(
      (m.process->leader().pending.set().Has(kSigPipe) || m.process->pending.set().Has(kSigPipe)));
}

TEST_CASE("reading an empty pipe waits", "[sys_read]") {
  SyscallMachine m;
  const Ends pipe = MakePipe(m);
  const uint64_t buffer = m.Room(16);
  Task<Result<uint64_t>> reading = m.Start(Syscall::k_read, pipe.read, buffer, 16);
  REQUIRE_FALSE(reading.ready());
  CHECK(m.Write(pipe.write, "woken") == 5);
  CHECK(Finish(m, reading) == 5);
  CHECK(m.Bytes(buffer, 5) == "woken");
  Task<Result<uint64_t>> again = m.Start(Syscall::k_read, pipe.read, buffer, 16);
  CHECK(m.Call(Syscall::k_close, pipe.write) == 0);
  CHECK(Finish(m, again) == 0);
}

TEST_CASE("writing to a full pipe waits until all is in", "[sys_write]") {
  SyscallMachine m;
  const Ends pipe = MakePipe(m);
  const std::string text(100000, 'q');
  Task<Result<uint64_t>> writing =
      m.Start(Syscall::k_write, pipe.write, m.Put(text.data(), text.size()), text.size());
  REQUIRE_FALSE(writing.ready());
  CHECK(m.Read(pipe.read, 65536).size() == 65536);
  CHECK(Finish(m, writing) == 100000);
}

TEST_CASE("the host's streams", "[sys_read][sys_write][sys_fstat][sys_lseek]") {
  SyscallMachine m;
  CHECK(m.Write(1, "to the host") == 11);
  CHECK(m.host.output[1] == "to the host");
  CHECK(m.Write(0, "x") == m.Error(Errno::kBadF));
  m.host.input = "some input";
  CHECK(m.Read(0, 4) == "some");
  CHECK(m.Read(0) == " input");
  const uint64_t buffer = m.Room(16);
  Task<Result<uint64_t>> reading = m.Start(Syscall::k_read, 0, buffer, 16);
  REQUIRE_FALSE(reading.ready());
  m.host.input = "late";
  m.kernel.StreamReady(0);
  CHECK(Finish(m, reading) == 4);
  m.host.input_ended = true;
  CHECK(m.Read(0) == "");
  CHECK(m.Call(Syscall::k_lseek, 0, 0, 1) == m.Error(Errno::kSPipe));
  const uint64_t stat = m.Room(sizeof(Stat));
  CHECK(m.Call(Syscall::k_fstat, 0, stat) == 0);
  CHECK((m.Value<Stat>(stat).mode & 0170000) == 0010000);
  // A host that is slow to take output.
  m.host.output_room = 3;
  const std::string text = "slowly";
  Task<Result<uint64_t>> writing = m.Start(Syscall::k_write, 1, m.Put(text.data(), 6), 6);
  REQUIRE_FALSE(writing.ready());
  m.host.output_room = SIZE_MAX;
  m.kernel.StreamReady(1);
  CHECK(Finish(m, writing) == 6);
  CHECK(m.host.output[1] == "to the hostslowly");
}

TEST_CASE("fstat tells what the host has there", "[sys_fstat][sys_ioctl]") {
  SyscallMachine m;
  m.host.kinds[0] = HostStreamKind::kTerminal;
  m.host.kinds[1] = HostStreamKind::kFile;
  m.host.kinds[2] = HostStreamKind::kNull;
  m.kernel.mounts = fs::MakeEmptyTree(m.kernel);
  m.Start();
  const uint64_t at = m.Room(256);
  // A file's stream has neither size nor position: a pipe.
  const uint32_t types[3] = {0020000, 0010000, 0020000};
  for (int fd = 0; fd < 3; ++fd) {
    CHECK(m.Call(Syscall::k_fstat, fd, at) == 0);
    CHECK((m.Value<Stat>(at).mode & 0170000) == types[fd]);
  }
  CHECK(m.Value<Stat>(at).rdev == 0x103);
  CHECK(m.Call(Syscall::k_ioctl, 0, kTcGets, at) == 0);
  CHECK((m.Value<Termios>(at).local_flags & kICanon) != 0);
  CHECK(m.Call(Syscall::k_ioctl, 1, kTcGets, at) == m.Error(Errno::kNoTty));
  CHECK(m.Call(Syscall::k_ioctl, 0, kTiocGWinSize, at) == 0);
  CHECK(m.Value<WindowSize>(at).rows == 50);
  CHECK(m.Value<WindowSize>(at).columns == 132);
  Termios raw = m.Value<Termios>(at);
  raw.local_flags = 0;
  CHECK(m.Call(Syscall::k_ioctl, 0, kTcSetsF, m.PutValue(raw)) == 0);
  CHECK(m.Call(Syscall::k_ioctl, 0, kTcGets, at) == 0);
  CHECK(m.Value<Termios>(at).local_flags == 0);
  CHECK(m.Call(Syscall::k_ioctl, 0, kTiocGPgrp, at) == 0);
  CHECK(m.Value<int32_t>(at) == m.process->group);
  CHECK(m.Call(Syscall::k_ioctl, 0, 0x1234, at) == m.Error(Errno::kNoTty));
  CHECK(m.Call(Syscall::k_ioctl, 1, kFioClEx, 0) == 0);
  CHECK(m.Call(Syscall::k_fcntl, 1, kFGetFd, 0) == 1);
  CHECK(m.Call(Syscall::k_ioctl, 0, kFioNBio, m.PutValue(int32_t{1})) == 0);
  CHECK(m.Read(0) == "E11");
  m.host.input = "typed\n";
  m.kernel.StreamReady(0);  // keys are taken as they come
  const int64_t tty = m.Open("/dev/tty", kORdWr);
  REQUIRE(tty >= 0);
  CHECK(m.Read(tty) == "typed\n");
}

TEST_CASE("poll", "[sys_poll][sys_ppoll]") {
  SyscallMachine m;
  const Ends pipe = MakePipe(m);
  auto fd = [](int64_t number, uint16_t events) {
    return PollFd{static_cast<int32_t>(number), events, 0xffff};
  };
  const PollFd polled[] = {fd(pipe.read, 1), fd(pipe.write, 4), fd(-1, 1), fd(99, 1)};
  const uint64_t at = m.Put(polled, sizeof(polled));
  CHECK(m.Call(Syscall::k_poll, at, 4, 0) == 2);
  CHECK(m.Value<PollFd>(at).returned == 0);
  CHECK(m.Value<PollFd>(at + 8).returned == 4);
  CHECK(m.Value<PollFd>(at + 16).returned == 0);
  CHECK(m.Value<PollFd>(at + 24).returned == 0x20);
  CHECK(m.Call(Syscall::k_poll, at, 1, 0) == 0);
  Task<Result<uint64_t>> waiting = m.Start(Syscall::k_poll, at, 1, -1);
  REQUIRE_FALSE(waiting.ready());
  CHECK(m.Write(pipe.write, "x") == 1);
  CHECK(Finish(m, waiting) == 1);
  CHECK(m.Read(pipe.read) == "x");
  Task<Result<uint64_t>> timed = m.Start(Syscall::k_poll, at, 1, 10);
  REQUIRE_FALSE(timed.ready());
  m.host.monotonic += 11'000'000;
  CHECK(Finish(m, timed) == 0);
  CHECK(m.Call(Syscall::k_close, pipe.write) == 0);
  CHECK(m.Call(Syscall::k_poll, at, 1, -1) == 1);
  CHECK(m.Value<PollFd>(at).returned == 0x10);
  CHECK(m.Call(Syscall::k_poll, m.kBadAddress, 1, 0) == m.Error(Errno::kFault));
  CHECK(m.Call(Syscall::k_poll, at, 100000, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_ppoll, at, 1, m.PutValue(Timespec{0, -1}), 0, 8) ==
        m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_ppoll, at, 1, m.PutValue(Timespec{5, 0}), 0, 8) == 1);
  // Asking whether a stream has input must not lose any.
  const PollFd input = fd(0, 1);
  const uint64_t stream = m.PutValue(input);
  CHECK(m.Call(Syscall::k_poll, stream, 1, 0) == 0);
  m.host.input = "kept";
  CHECK(m.Call(Syscall::k_poll, stream, 1, 0) == 1);
  CHECK(m.Read(0) == "kept");
}

TEST_CASE("select", "[sys_select][sys_pselect6]") {
  SyscallMachine m;
  const Ends pipe = MakePipe(m);
  const uint64_t read = m.PutValue(uint64_t{1} << pipe.read);
  const uint64_t write = m.PutValue(uint64_t{1} << pipe.write);
  CHECK(m.Call(Syscall::k_select, 10, read, write, 0, 0) == 1);
  CHECK(m.Value<uint64_t>(read) == 0);
  CHECK(m.Value<uint64_t>(write) == uint64_t{1} << pipe.write);
  const uint64_t again = m.PutValue(uint64_t{1} << pipe.read);
  const uint64_t time = m.PutValue(Timeval{1, 0});
  Task<Result<uint64_t>> waiting = m.Start(Syscall::k_select, 10, again, 0, 0, time);
  REQUIRE_FALSE(waiting.ready());
  m.host.monotonic += 400'000'000;
  CHECK(m.Write(pipe.write, "x") == 1);
  CHECK(Finish(m, waiting) == 1);
  CHECK(m.Value<Timeval>(time).microseconds == 600'000);
  CHECK(m.Call(Syscall::k_select, 10, m.PutValue(uint64_t{1} << 9), 0, 0, 0) ==
        m.Error(Errno::kBadF));
  CHECK(m.Call(Syscall::k_select, uint64_t(-1), 0, 0, 0, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_pselect6, 0, 0, 0, 0, m.PutValue(Timespec{0, 0}), 0) == 0);
  CHECK(m.Call(Syscall::k_pselect6, 10, m.PutValue(uint64_t{1} << pipe.read), 0, 0, 0, 0) == 1);
}

TEST_CASE("copies between descriptors", "[sys_sendfile][sys_copy_file_range][sys_splice]") {
  SyscallMachine m;
  m.MakeFile("/in", "0123456789");
  const int64_t in = m.Open("/in");
  const int64_t out = m.Open("/out", kOCreat | kORdWr, 0600);
  CHECK(m.Call(Syscall::k_sendfile, out, in, 0, 4) == 4);
  CHECK(m.Call(Syscall::k_lseek, in, 0, kSeekCur) == 4);
  const uint64_t offset = m.PutValue(int64_t{8});
  CHECK(m.Call(Syscall::k_sendfile, out, in, offset, 100) == 2);
  CHECK(m.Value<int64_t>(offset) == 10);
  CHECK(m.Call(Syscall::k_lseek, in, 0, kSeekCur) == 4);
  CHECK(m.FileText("/out") == "012389");
  CHECK(m.Call(Syscall::k_sendfile, 1, in, 0, 100) == 6);
  CHECK(m.host.output[1] == "456789");
  CHECK(m.Call(Syscall::k_sendfile, out, 0, 0, 10) == m.Error(Errno::kInval));
  const uint64_t from = m.PutValue(int64_t{0});
  const uint64_t to = m.PutValue(int64_t{3});
  CHECK(m.Call(Syscall::k_copy_file_range, in, from, out, to, 5, 0) == 5);
  CHECK(m.FileText("/out") == "01201234");
  CHECK(m.Call(Syscall::k_copy_file_range, out, from, out, to, 5, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_copy_file_range, in, 0, out, 0, 5, 1) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_copy_file_range, in, 0, 1, 0, 5, 0) == m.Error(Errno::kInval));
  const Ends pipe = MakePipe(m);
  const uint64_t start = m.PutValue(int64_t{2});
  CHECK(m.Call(Syscall::k_splice, in, start, pipe.write, 0, 3, 0) == 3);
  CHECK(m.Value<int64_t>(start) == 5);
  CHECK(m.Read(pipe.read) == "234");
  CHECK(m.Call(Syscall::k_splice, in, 0, out, 0, 3, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_splice, pipe.read, start, out, 0, 3, 0) == m.Error(Errno::kSPipe));
}

TEST_CASE("what is in a pipe, doubled and exchanged with memory", "[sys_tee][sys_vmsplice]") {
  SyscallMachine m;
  const Ends from = MakePipe(m, kONonBlock);
  const Ends to = MakePipe(m, kONonBlock);
  CHECK(m.Call(Syscall::k_tee, from.read, to.write, 10, 0) == m.Error(Errno::kAgain));
  CHECK(m.Write(from.write, "twice") == 5);
  CHECK(m.Call(Syscall::k_tee, from.read, to.write, 10, 0) == 5);
  CHECK(m.Read(from.read) == "twice");
  CHECK(m.Read(to.read) == "twice");
  CHECK(m.Call(Syscall::k_tee, from.read, from.write, 10, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_tee, from.write, to.write, 10, 0) == m.Error(Errno::kBadF));
  const uint64_t piece = m.PutValue(IoVec{m.Text("memory"), 6});
  CHECK(m.Call(Syscall::k_vmsplice, to.write, piece, 1, 0) == 6);
  CHECK(m.Call(Syscall::k_vmsplice, to.read, m.PutValue(IoVec{m.Room(16), 3}), 1, 0) == 3);
  CHECK(m.Read(to.read) == "ory");
  CHECK(m.Call(Syscall::k_vmsplice, to.write, piece, 1, 64) == m.Error(Errno::kInval));
  m.MakeFile("/file", "x");
  CHECK(m.Call(Syscall::k_vmsplice, m.Open("/file"), piece, 1, 0) == m.Error(Errno::kBadF));
}
