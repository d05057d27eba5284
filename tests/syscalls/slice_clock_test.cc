// Processor time of turns on a host whose processor is also used by others.
#include "syscalls/kernel/slice_clock.h"

#include <catch2/catch.hpp>

#include "tests/lib/fake_host.h"

namespace elfin::kernel {
namespace {

constexpr int64_t kMs = 1'000'000;

struct BusyHost : testing::FakeHost {
  int64_t Now(HostClock clock) override {
    if (clock != HostClock::kCpu) return monotonic_ns;
    ++questions;
    return cpu_ns;
  }
  void Pass(int64_t wall_ns, int64_t worked_ns) {
    monotonic_ns += wall_ns;
    cpu_ns += worked_ns;
  }
  int64_t cpu_ns = 7 * kMs;
  int questions = 0;
};

TEST_CASE("A long turn counts what it worked", "[kernel]") {
  BusyHost host;
  SliceClock clock(host);
  clock.Begin();
  host.Pass(1 * kMs, 1 * kMs);
  clock.End();
  clock.Begin();
  host.Pass(5 * kMs, 2 * kMs);
  CHECK(clock.Elapsed().cpu_ns == 2 * kMs);
  const SliceClock::Slice slice = clock.End();
  CHECK(slice.wall_ns == 5 * kMs);
  CHECK(slice.cpu_ns == 2 * kMs);
}

TEST_CASE("What short turns counted too much comes off the next that asks", "[kernel]") {
  BusyHost host;
  SliceClock clock(host);
  clock.Begin();
  host.Pass(1 * kMs, 1 * kMs);
  clock.End();
  host.questions = 0;
  int64_t sum = 0;
  for (int i = 0; i < 3; ++i) {
    clock.Begin();
    host.Pass(kMs / 4, kMs / 8);
    sum += clock.End().cpu_ns;
  }
  CHECK(sum == 3 * kMs / 4);
  CHECK(host.questions == 0);
  clock.Begin();
  host.Pass(4 * kMs, 2 * kMs);
  sum += clock.End().cpu_ns;
  CHECK(sum == 3 * kMs / 8 + 2 * kMs);
}

TEST_CASE("A turn is never longer than the wall clock's, nor shorter than nothing", "[kernel]") {
  BusyHost host;
  SliceClock clock(host);
  clock.Begin();
  host.Pass(2 * kMs, 2 * kMs);
  clock.End();
  host.Pass(10 * kMs, 10 * kMs);  // the kernel's own work
  clock.Begin();
  host.Pass(1 * kMs, 1 * kMs);
  CHECK(clock.End().cpu_ns == 1 * kMs);
  clock.Begin();
  host.Pass(kMs / 2, 0);
  CHECK(clock.End().cpu_ns == kMs / 2);
  clock.Begin();
  host.Pass(kMs / 2, 0);
  CHECK(clock.Elapsed().cpu_ns == 0);
  CHECK(clock.End().cpu_ns == 0);
}

}  // namespace
}  // namespace elfin::kernel
