// hostfs over a folder that answers later: what waits, what doesn't, and what happens meanwhile.
#include "syscalls/abi/stat.h"
#include "syscalls/fs/hostfs.h"
#include "tests/lib/late_host_folder.h"
#include "tests/syscalls/syscall_machine.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::LateHostFolder;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

/// A machine whose / is such a folder; calls wait from now on.
LateHostFolder* UseFolder(SyscallMachine& m) {
  auto folder = std::make_unique<LateHostFolder>();
  LateHostFolder* raw = folder.get();
  raw->fake.AddDirectory("d");
  raw->fake.AddFile("d/file", "text");
  m.kernel.mounts =
      fs::MakeHostTree(m.kernel, std::move(folder), fs::Writable::kYes, "late").value();
  m.Start();
  raw->waits = true;
  return raw;
}

/// Starts a call, lets the folder answer until it has ended, and gives its value or -errno.
template <class... Arguments>
int64_t Finish(SyscallMachine& m, LateHostFolder& folder, Syscall call, Arguments... arguments) {
  Task<Result<uint64_t>> task = m.Start(call, arguments...);
  while (!task.ready()) {
    REQUIRE(folder.waiting() > 0);
    folder.Answer();
  }
  return ToSyscallReturn(task.Take());
}

int64_t OpenFile(SyscallMachine& m, LateHostFolder& folder, const std::string& path,
                 uint64_t flags) {
  return Finish(m, folder, Syscall::k_openat, SyscallMachine::kAtFdCwd, m.Text(path), flags, 0644);
}

}  // namespace

TEST_CASE("calls wait for a folder that answers later") {
  SyscallMachine m;
  LateHostFolder& folder = *UseFolder(m);
  Task<Result<uint64_t>> opening =
      m.Start(Syscall::k_openat, SyscallMachine::kAtFdCwd, m.Text("/d/file"), kORdWr, 0);
  CHECK_FALSE(opening.ready());
  CHECK(folder.waiting() == 1);
  folder.AnswerAll();
  REQUIRE(opening.ready());
  const int64_t fd = ToSyscallReturn(opening.Take());
  REQUIRE(fd >= 0);

  const uint64_t buffer = m.Room(16);
  CHECK(Finish(m, folder, Syscall::k_read, fd, buffer, 16) == 4);
  CHECK(m.Bytes(buffer, 4) == "text");
  CHECK(Finish(m, folder, Syscall::k_pwrite64, fd, m.Put("T", 1), 1, 0) == 1);
  CHECK(folder.fake.Data("d/file") == "Text");
  CHECK(Finish(m, folder, Syscall::k_mkdir, m.Text("/new"), 0755) == 0);
  CHECK(Finish(m, folder, Syscall::k_mkdir, m.Text("/new"), 0755) == m.Error(Errno::kExist));
  CHECK(Finish(m, folder, Syscall::k_rename, m.Text("/d/file"), m.Text("/new/name")) == 0);
  CHECK(folder.fake.Has("new/name"));
  CHECK(Finish(m, folder, Syscall::k_unlink, m.Text("/new/name")) == 0);
  CHECK(Finish(m, folder, Syscall::k_close, fd) == 0);
  CHECK(folder.fake.open_handles() == 0);
}

TEST_CASE("an open file's attributes don't wait") {
  SyscallMachine m;
  LateHostFolder& folder = *UseFolder(m);
  const int64_t fd = OpenFile(m, folder, "/d/file", kORdOnly);
  const uint64_t stat = m.Room(sizeof(Stat));
  m.host.monotonic += 1'000'000'000;
  folder.fake.AddFile("d/other", "");
  CHECK(m.Call(Syscall::k_fstat, fd, stat) == 0);
  CHECK(m.Value<Stat>(stat).size == 4);
  CHECK(folder.waiting() == 0);
}

TEST_CASE("others' attributes are as old as the last answer, where the folder does not answer") {
  SyscallMachine m;
  LateHostFolder& folder = *UseFolder(m);
  const int64_t fd = OpenFile(m, folder, "/d", kODirectory);
  const uint64_t stat = m.Room(sizeof(Stat));
  m.host.monotonic += 1'000'000'000;
  CHECK(m.Call(Syscall::k_fstat, fd, stat) == 0);
  CHECK((m.Value<Stat>(stat).mode & 0170000) == 0040000);
  CHECK(folder.waiting() == 0);  // nobody waits for what was asked
}

TEST_CASE("two that open a file at once share one handle of the host") {
  SyscallMachine m;
  LateHostFolder& folder = *UseFolder(m);
  const uint64_t path = m.Text("/d/file");
  Task<Result<uint64_t>> one =
      m.Start(Syscall::k_openat, SyscallMachine::kAtFdCwd, path, kORdOnly, 0);
  Task<Result<uint64_t>> two =
      m.Start(Syscall::k_openat, SyscallMachine::kAtFdCwd, path, kORdOnly, 0);
  folder.AnswerAll();
  REQUIRE(one.ready());
  REQUIRE(two.ready());
  CHECK(folder.fake.open_handles() == 1);
  CHECK(Finish(m, folder, Syscall::k_close, ToSyscallReturn(one.Take())) == 0);
  CHECK(Finish(m, folder, Syscall::k_close, ToSyscallReturn(two.Take())) == 0);
  CHECK(folder.fake.open_handles() == 0);
}

TEST_CASE("a call that ends while it waits leaves nothing behind") {
  SyscallMachine m;
  LateHostFolder& folder = *UseFolder(m);
  {
    const Task<Result<uint64_t>> opening =
        m.Start(Syscall::k_openat, SyscallMachine::kAtFdCwd, m.Text("/d/file"), kORdOnly, 0);
    CHECK(folder.waiting() == 1);
  }
  CHECK(folder.waiting() == 0);
  CHECK(folder.fake.open_handles() == 0);
}

TEST_CASE("the last close tells what could not be written") {
  SyscallMachine m;
  LateHostFolder& folder = *UseFolder(m);
  const int64_t fd = OpenFile(m, folder, "/d/file", kORdWr);
  const int64_t copy = Finish(m, folder, Syscall::k_dup, fd);
  folder.flushed = Errno::kNoSpc;
  CHECK(Finish(m, folder, Syscall::k_close, fd) == 0);
  CHECK(Finish(m, folder, Syscall::k_close, copy) == m.Error(Errno::kNoSpc));
  CHECK(m.Call(Syscall::k_close, copy) == m.Error(Errno::kBadF));
  CHECK(folder.fake.open_handles() == 0);
  const int64_t reader = OpenFile(m, folder, "/d/file", kORdOnly);
  CHECK(Finish(m, folder, Syscall::k_close, reader) == 0);
  CHECK(Finish(m, folder, Syscall::k_sync) == 0);  // sync(2) tells nothing
}
