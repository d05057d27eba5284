// epoll, eventfd and timerfd through the dispatch.
#include "syscalls/abi/epoll.h"

#include "syscalls/abi/time.h"
#include "tests/syscalls/syscall_machine.h"

using namespace elfin;
using namespace elfin::abi;
using elfin::testing::SyscallMachine;
using kernel::Syscall;

namespace {

constexpr uint64_t kIn = 1, kOut = 4;

int64_t Control(SyscallMachine& m, int64_t set, int32_t operation, int64_t fd, uint32_t events) {
  const EpollEvent event{events, static_cast<uint64_t>(fd)};
  return m.Call(Syscall::k_epoll_ctl, set, operation, fd, m.PutValue(event));
}

/// The descriptors that are ready, each with its events: "3:1 4:5".
std::string Ready(SyscallMachine& m, int64_t set) {
  const uint64_t to = m.Room(8 * sizeof(EpollEvent));
  const int64_t count = m.Call(Syscall::k_epoll_wait, set, to, 8, 0);
  std::string text = count < 0 ? "E" + std::to_string(-count) : "";
  for (int64_t i = 0; i < count; ++i) {
    const auto event = m.Value<EpollEvent>(to + static_cast<uint64_t>(i) * sizeof(EpollEvent));
    if (i > 0) text += " ";
    text += std::to_string(event.data) + ":" + std::to_string(event.events);
  }
  return text;
}

int64_t Finish(SyscallMachine& m, Task<Result<uint64_t>>& task) {
  m.kernel.scheduler().ExpireTimers();
  while (m.kernel.scheduler().has_ready()) m.kernel.scheduler().ResumeReady();
  REQUIRE(task.ready());
  return ToSyscallReturn(task.Take());
}

uint64_t Word(const std::string& bytes) {
  uint64_t word = 0;
  REQUIRE(bytes.size() == sizeof(word));
  std::memcpy(&word, bytes.data(), sizeof(word));
  return word;
}

std::string WordBytes(uint64_t word) {
  return std::string(reinterpret_cast<const char*>(&word), sizeof(word));
}

}  // namespace

TEST_CASE("levels, edges and one shot",
          "[sys_epoll_create][sys_epoll_create1][sys_epoll_ctl][sys_epoll_wait]") {
  SyscallMachine m;
  CHECK(m.Call(Syscall::k_epoll_create, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_epoll_create, 1) == 3);
  CHECK(m.Call(Syscall::k_epoll_create1, 1) == m.Error(Errno::kInval));
  const int64_t set = m.Call(Syscall::k_epoll_create1, kOCloExec);
  const int64_t level = m.Call(Syscall::k_eventfd2, 1, kONonBlock);
  const int64_t edge = m.Call(Syscall::k_eventfd2, 1, kONonBlock);
  const int64_t once = m.Call(Syscall::k_eventfd2, 1, kONonBlock);
  REQUIRE(once == 7);
  CHECK(Control(m, set, kEpollCtlAdd, level, kIn) == 0);
  CHECK(Control(m, set, kEpollCtlAdd, edge, kIn | kEpollEdge) == 0);
  CHECK(Control(m, set, kEpollCtlAdd, once, kIn | kOut | kEpollOneShot) == 0);
  CHECK(Control(m, set, kEpollCtlAdd, once, kIn) == m.Error(Errno::kExist));
  CHECK(Ready(m, set) == "5:1 6:1 7:5");
  CHECK(Ready(m, set) == "5:1");
  CHECK(m.Write(edge, WordBytes(1)) == 8);
  CHECK(m.Write(once, WordBytes(1)) == 8);
  CHECK(Ready(m, set) == "5:1 6:1");
  CHECK(Control(m, set, kEpollCtlMod, once, kOut) == 0);
  CHECK(Word(m.Read(level)) == 1);
  CHECK(Ready(m, set) == "7:4");
  CHECK(m.Call(Syscall::k_close, once) == 0);
  CHECK(Ready(m, set).empty());
  CHECK(Control(m, set, kEpollCtlDel, edge, 0) == 0);
  CHECK(Control(m, set, kEpollCtlDel, edge, 0) == m.Error(Errno::kNoEnt));
  CHECK(m.Call(Syscall::k_epoll_wait, set, m.kBadAddress, 1, 0) == 0);
  CHECK(m.Write(level, WordBytes(1)) == 8);
  CHECK(m.Call(Syscall::k_epoll_wait, set, m.kBadAddress, 1, 0) == m.Error(Errno::kFault));
  CHECK(Ready(m, set) == "5:1");
}

TEST_CASE("waiting for a set", "[sys_epoll_wait][sys_epoll_pwait][sys_epoll_pwait2]") {
  SyscallMachine m;
  const int64_t set = m.Call(Syscall::k_epoll_create1, 0);
  const int64_t event = m.Call(Syscall::k_eventfd2, 0, 0);
  REQUIRE(Control(m, set, kEpollCtlAdd, event, kIn) == 0);
  const uint64_t to = m.Room(sizeof(EpollEvent));
  auto waiting = m.Start(Syscall::k_epoll_pwait, set, to, 1, -1, 0, 8);
  REQUIRE_FALSE(waiting.ready());
  CHECK(m.Write(event, WordBytes(2)) == 8);
  CHECK(Finish(m, waiting) == 1);
  CHECK(m.Value<EpollEvent>(to).data == static_cast<uint64_t>(event));
  CHECK(Word(m.Read(event)) == 2);
  auto short_wait =
      m.Start(Syscall::k_epoll_pwait2, set, to, 1, m.PutValue(Timespec{0, 1'000'000}), 0, 8);
  REQUIRE_FALSE(short_wait.ready());
  m.host.monotonic += 2'000'000;
  CHECK(Finish(m, short_wait) == 0);
  CHECK(m.Call(Syscall::k_epoll_wait, set, to, 0, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_epoll_wait, event, to, 1, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_epoll_pwait, set, to, 1, 0, to, 4) == m.Error(Errno::kInval));
}

TEST_CASE("sets in sets, and what can't be watched", "[sys_epoll_ctl]") {
  SyscallMachine m;
  int64_t sets[6];
  for (int64_t& set : sets) set = m.Call(Syscall::k_epoll_create1, 0);
  for (int i = 0; i < 4; ++i) CHECK(Control(m, sets[i + 1], kEpollCtlAdd, sets[i], kIn) == 0);
  CHECK(Control(m, sets[5], kEpollCtlAdd, sets[4], kIn) == m.Error(Errno::kLoop));
  CHECK(Control(m, sets[0], kEpollCtlAdd, sets[3], kIn) == m.Error(Errno::kLoop));
  CHECK(Control(m, sets[0], kEpollCtlAdd, sets[0], kIn) == m.Error(Errno::kInval));
  const int64_t event = m.Call(Syscall::k_eventfd, 0);
  CHECK(Control(m, sets[0], kEpollCtlAdd, event, kIn) == 0);
  CHECK(Ready(m, sets[4]).empty());
  CHECK(m.Write(event, WordBytes(1)) == 8);
  CHECK(Ready(m, sets[4]) == std::to_string(sets[3]) + ":1");
  m.MakeFile("/file", "x");
  const int64_t file = m.Open("/file");
  CHECK(Control(m, sets[0], kEpollCtlAdd, file, kIn) == m.Error(Errno::kPerm));
  CHECK(Control(m, sets[0], kEpollCtlAdd, event, kIn | kEpollExclusive | kEpollOneShot) ==
        m.Error(Errno::kInval));
}

TEST_CASE("a timer as a file", "[sys_timerfd_create][sys_timerfd_settime][sys_timerfd_gettime]") {
  SyscallMachine m;
  CHECK(m.Call(Syscall::k_timerfd_create, 77, 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_timerfd_create, kClockMonotonic, 1) == m.Error(Errno::kInval));
  const int64_t timer = m.Call(Syscall::k_timerfd_create, kClockMonotonic, kONonBlock);
  const ITimerSpec spec{{0, 100}, {0, 1000}};
  CHECK(m.Call(Syscall::k_timerfd_settime, timer, 0, m.PutValue(spec), 0) == 0);
  CHECK(m.Read(timer) == "E11");
  const uint64_t got = m.Room(sizeof(spec));
  CHECK(m.Call(Syscall::k_timerfd_gettime, timer, got) == 0);
  CHECK(m.Value<ITimerSpec>(got).value.nanoseconds == 1000);
  CHECK(m.Value<ITimerSpec>(got).interval.nanoseconds == 100);
  m.host.monotonic += 1350;
  m.kernel.scheduler().ExpireTimers();
  CHECK(Word(m.Read(timer)) == 4);
  CHECK(m.Call(Syscall::k_timerfd_gettime, timer, got) == 0);
  CHECK(m.Value<ITimerSpec>(got).value.nanoseconds == 50);
  const ITimerSpec bad{{0, 0}, {0, 1'000'000'000}};
  CHECK(m.Call(Syscall::k_timerfd_settime, timer, 0, m.PutValue(bad), 0) == m.Error(Errno::kInval));
  CHECK(m.Call(Syscall::k_timerfd_settime, 0, 0, m.PutValue(spec), 0) == m.Error(Errno::kInval));
  const int64_t absolute = m.Call(Syscall::k_timerfd_create, kClockRealtime, kONonBlock);
  const ITimerSpec past{{0, 0}, {1, 0}};
  CHECK(m.Call(Syscall::k_timerfd_settime, absolute, 1, m.PutValue(past), 0) == 0);
  m.kernel.scheduler().ExpireTimers();
  CHECK(Word(m.Read(absolute)) == 1);
}

TEST_CASE("a counter as a file", "[sys_eventfd][sys_eventfd2]") {
  SyscallMachine m;
  const int64_t event = m.Call(Syscall::k_eventfd2, 3, kONonBlock | 1);
  CHECK(Word(m.Read(event)) == 1);
  CHECK(m.Write(event, WordBytes(UINT64_MAX)) == m.Error(Errno::kInval));
  CHECK(m.Write(event, WordBytes(UINT64_MAX - 3)) == 8);
  CHECK(m.Write(event, WordBytes(1)) == m.Error(Errno::kAgain));
  CHECK(m.Write(event, "short") == m.Error(Errno::kInval));
  CHECK(m.Read(event, 7) == "E22");
  CHECK(m.Call(Syscall::k_eventfd2, 0, 64) == m.Error(Errno::kInval));
}
