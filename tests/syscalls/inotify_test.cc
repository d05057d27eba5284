// inotify through the dispatch; what it tells is compared with the host by tests/guest.
#include "syscalls/abi/inotify.h"

#include "tests/syscalls/syscall_machine.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

/// Records as "watch:mask:name", masks in hexadecimal.
std::string Told(SyscallMachine& m, int64_t watcher) {
  const std::string bytes = m.Read(watcher);
  if (!bytes.empty() && bytes[0] == 'E') return bytes;
  std::string text;
  for (size_t at = 0; at < bytes.size();) {
    InotifyEvent event;
    REQUIRE(bytes.size() - at >= sizeof(event));
    std::memcpy(&event, &bytes[at], sizeof(event));
    char mask[16];
    std::snprintf(mask, sizeof(mask), "%x", event.mask);
    text += (text.empty() ? "" : " ") + std::to_string(event.watch) + ":" + mask;
    if (event.name_size > 0) text += ":" + std::string(&bytes[at + sizeof(event)]);
    CHECK(event.name_size % sizeof(event) == 0);
    at += sizeof(event) + event.name_size;
  }
  return text;
}

int64_t Watch(SyscallMachine& m, int64_t watcher, const std::string& path, uint64_t mask) {
  return m.Call(Syscall::k_inotify_add_watch, watcher, m.Text(path), mask);
}

}  // namespace

TEST_CASE("names and files that are watched",
          "[sys_inotify_init1][sys_inotify_add_watch][sys_inotify_rm_watch]") {
  SyscallMachine m;
  const int64_t watcher = m.Call(Syscall::k_inotify_init1, kONonBlock);
  REQUIRE(m.Call(Syscall::k_mkdir, m.Text("/folder"), 0755) == 0);
  CHECK(Watch(m, watcher, "/folder", kInAllEvents) == 1);
  CHECK(Told(m, watcher) == "E11");
  m.MakeFile("/folder/file", "text");
  CHECK(Told(m, watcher) == "1:100:file 1:20:file 1:2:file 1:8:file");
  CHECK(m.FileText("/folder/file") == "text");
  CHECK(Told(m, watcher) == "1:20:file 1:1:file 1:10:file");
  CHECK(Watch(m, watcher, "/folder/file", kInDeleteSelf | kInMoveSelf) == 2);
  CHECK(m.Call(Syscall::k_rename, m.Text("/folder/file"), m.Text("/folder/other")) == 0);
  CHECK(Told(m, watcher) == "1:40:file 1:80:other 2:800");
  CHECK(m.Call(Syscall::k_unlink, m.Text("/folder/other")) == 0);
  CHECK(Told(m, watcher) == "2:400 2:8000 1:200:other");
  CHECK(m.Call(Syscall::k_rmdir, m.Text("/folder")) == 0);
  CHECK(Told(m, watcher) == "1:400 1:8000");
  CHECK(m.Call(Syscall::k_inotify_rm_watch, watcher, 1) == m.Error(Errno::kInval));
}

TEST_CASE("what can't be watched, and too many events",
          "[sys_inotify_init][sys_inotify_init1][sys_inotify_add_watch]") {
  SyscallMachine m;
  const int64_t watcher = m.Call(Syscall::k_inotify_init);
  CHECK(m.Call(Syscall::k_inotify_init1, 1) == m.Error(Errno::kInval));
  CHECK(Watch(m, watcher, "/", 0) == m.Error(Errno::kInval));
  CHECK(Watch(m, watcher, "/none", kInCreate) == m.Error(Errno::kNoEnt));
  CHECK(Watch(m, 0, "/", kInCreate) == m.Error(Errno::kInval));
  m.MakeFile("/file", "");
  CHECK(Watch(m, watcher, "/file", kInOpen | kInOnlyDirectory) == m.Error(Errno::kNotDir));
  CHECK(Watch(m, watcher, "/file", kInOpen | kInCloseNoWrite) == 1);
  CHECK(Watch(m, watcher, "/file", kInOpen | kInMaskCreate) == m.Error(Errno::kExist));
  CHECK(m.Write(watcher, "x") == m.Error(Errno::kBadF));
  for (int i = 0; i < 9000; ++i) REQUIRE(m.Call(Syscall::k_close, m.Open("/file")) == 0);
  uint64_t records = 0;
  std::string last;
  while (m.Call(Syscall::k_fcntl, watcher, kFSetFl, kONonBlock) == 0) {
    const std::string bytes = m.Read(watcher, 65536);
    if (bytes == "E11") break;
    records += bytes.size() / sizeof(InotifyEvent);
    last = bytes.substr(bytes.size() - sizeof(InotifyEvent));
  }
  CHECK(records == 16385);
  InotifyEvent overflow;
  std::memcpy(&overflow, last.data(), sizeof(overflow));
  CHECK(overflow.watch == -1);
  CHECK(overflow.mask == kInOverflow);
}
