#include "blockfs/async_lock.h"

#include <catch2/catch.hpp>

namespace elfin::blockfs {

TEST_CASE("readers share, a writer is alone, and nobody overtakes") {
  AsyncLock lock;
  Task<AsyncLock::Guard> first = lock.Shared();
  Task<AsyncLock::Guard> second = lock.Shared();
  REQUIRE(first.ready());
  REQUIRE(second.ready());
  AsyncLock::Guard first_guard = first.Take();
  AsyncLock::Guard second_guard = second.Take();
  Task<AsyncLock::Guard> writer = lock.Exclusive();
  Task<AsyncLock::Guard> late = lock.Shared();
  CHECK(!writer.ready());
  CHECK(!late.ready());
  first_guard.Release();
  CHECK(!writer.ready());
  second_guard.Release();
  REQUIRE(writer.ready());
  CHECK(!late.ready());
  AsyncLock::Guard writing = writer.Take();
  writing.Release();
  CHECK(late.ready());
}

TEST_CASE("who is destroyed while it waits lets the next in") {
  AsyncLock lock;
  AsyncLock::Guard reading = lock.Shared().Take();
  Task<AsyncLock::Guard> late = lock.Shared();
  AsyncLock::Guard second = late.Take();
  {
    const Task<AsyncLock::Guard> writer = lock.Exclusive();
    late = lock.Shared();
    CHECK(!late.ready());
  }
  CHECK(late.ready());
}

}  // namespace elfin::blockfs
