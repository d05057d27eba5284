#include "blockfs/block_cache.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <string>

#include "blockfs/devices/fault_device.h"
#include "blockfs/devices/memory_device.h"
#include "tests/blockfs/delayed_device.h"

namespace elfin::blockfs {
namespace {

constexpr uint32_t kBlock = 1024;

void Fill(MemoryDevice& disk) {
  for (uint64_t block = 0; block < disk.size() / kBlock; ++block) {
    std::string bytes(kBlock, static_cast<char>('a' + block % 26));
    REQUIRE(disk.Write(block * kBlock, bytes.data(), kBlock).Take().ok());
  }
}

char FirstByte(MemoryDevice& disk, uint64_t block) {
  char byte = 0;
  REQUIRE(disk.Read(block * kBlock, &byte, 1).Take().ok());
  return byte;
}

}  // namespace

TEST_CASE("one read serves all who want a block at once, also when some of them go") {
  MemoryDevice disk(64 * kBlock);
  Fill(disk);
  DelayedDevice slow(disk);
  BlockCache cache(slow, kBlock, 64 * kBlock);
  Task<Result<BlockPtr>> first = cache.Get(3);
  Task<Result<BlockPtr>> second = cache.Get(3);
  {
    const Task<Result<BlockPtr>> third = cache.Get(3);
    CHECK(!third.ready());
  }
  CHECK(!first.ready());
  CHECK(slow.reads == 1);
  REQUIRE(slow.Step());
  REQUIRE(first.ready());
  REQUIRE(second.ready());
  BlockPtr block = first.Take().value();
  CHECK(block->data()[0] == 'd');
  CHECK(second.Take().value() == block);
  CHECK(!slow.Step());
  CHECK(cache.Get(3).ready());
}

TEST_CASE("a run is read ahead in one read") {
  MemoryDevice disk(64 * kBlock);
  Fill(disk);
  BlockCache cache(disk, kBlock, 64 * kBlock);
  REQUIRE(cache.Get(5).Take().ok());
  cache.ReadAhead(2, 8);
  CHECK(cache.counters().device_reads == 3);  // 2..4, 6..9
  for (uint64_t block = 2; block < 10; ++block) {
    CHECK(cache.Find(block)->data()[100] == static_cast<char>('a' + block));
  }
  cache.ReadAhead(60, 100);  // no further than the end
  CHECK(cache.Find(63) != nullptr);
  CHECK(cache.Get(64).Take().error() == Errno::kIo);
}

TEST_CASE("what is clean goes, least recently used first; what is dirty or held stays") {
  MemoryDevice disk(256 * kBlock);
  Fill(disk);
  BlockCache cache(disk, kBlock, 16 * kBlock);
  BlockPtr dirty = cache.Get(0).Take().value();
  dirty->data()[0] = 'X';
  cache.MarkDirty(dirty);
  cache.Hold(cache.Get(1).Take().value());
  dirty.reset();
  for (uint64_t block = 2; block < 100; ++block) {
    REQUIRE(cache.Get(block).Take().ok());
    REQUIRE(cache.Find(2) != nullptr);  // in use all the time
  }
  CHECK(cache.Find(0) != nullptr);
  CHECK(cache.Find(1) != nullptr);
  CHECK(cache.Find(50) == nullptr);
  CHECK(cache.Find(99) != nullptr);
}

TEST_CASE("changes are written back in runs, held ones are not, forgotten ones never") {
  MemoryDevice disk(64 * kBlock);
  Fill(disk);
  BlockCache cache(disk, kBlock, 64 * kBlock);
  for (const uint64_t number : {9u, 4u, 5u, 6u, 20u, 30u}) {
    BlockPtr block = cache.GetZeroed(number);
    block->data()[0] = 'Z';
    cache.MarkDirty(block);
  }
  cache.Hold(cache.Find(20));
  cache.Forget(30, 1);
  REQUIRE(cache.WriteBack().Take().ok());
  CHECK(cache.counters().device_writes == 2);
  CHECK(FirstByte(disk, 4) == 'Z');
  CHECK(FirstByte(disk, 6) == 'Z');
  CHECK(FirstByte(disk, 9) == 'Z');
  CHECK(FirstByte(disk, 20) == 'u');
  CHECK(FirstByte(disk, 30) == 'e');
  cache.MarkDirty(cache.Find(20));
  REQUIRE(cache.WriteBack().Take().ok());
  CHECK(FirstByte(disk, 20) == 'Z');
}

TEST_CASE("a read that fails is tried again by the next") {
  MemoryDevice disk(64 * kBlock);
  Fill(disk);
  FaultDevice faulty(disk, 1);
  BlockCache cache(faulty, kBlock, 64 * kBlock);
  faulty.FailReads(7 * kBlock, 1);
  CHECK(cache.Get(7).Take().error() == Errno::kIo);
  CHECK(cache.Get(8).Take().ok());
  faulty.FailReads(0, 0);
  CHECK(cache.Get(7).Take().value()->data()[0] == 'h');
}

TEST_CASE("a write that fails stays to be written") {
  MemoryDevice disk(64 * kBlock);
  FaultDevice faulty(disk, 1);
  BlockCache cache(faulty, kBlock, 64 * kBlock);
  faulty.CutPowerAfter(1);
  cache.MarkDirty(cache.GetZeroed(3));
  CHECK(cache.WriteBack().Take().error() == Errno::kIo);
  CHECK(cache.dirty_blocks() == 1);
}

TEST_CASE("a power cut keeps what was flushed and loses or tears what was not") {
  bool lost = false;
  bool kept = false;
  bool torn = false;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    MemoryDevice disk(64 * kBlock);
    FaultDevice device(disk, seed);
    const std::string a(kBlock, 'a');
    const std::string b(kBlock, 'b');
    for (uint64_t i = 0; i < 8; ++i)
      REQUIRE(device.Write(i * kBlock, a.data(), kBlock).Take().ok());
    REQUIRE(device.Flush().Take().ok());
    device.CutPowerAfter(5);
    for (uint64_t i = 0; i < 4; ++i)
      REQUIRE(device.Write(i * kBlock, b.data(), kBlock).Take().ok());
    CHECK(device.Write(4 * kBlock, b.data(), kBlock).Take().error() == Errno::kIo);
    CHECK(device.Write(5 * kBlock, b.data(), kBlock).Take().error() == Errno::kIo);
    CHECK(device.Flush().Take().error() == Errno::kIo);
    for (uint64_t i = 0; i < 8; ++i) {
      std::string now(kBlock, ' ');
      REQUIRE(disk.Read(i * kBlock, now.data(), kBlock).Take().ok());
      if (i >= 5) CHECK(now == a);
      if (i == 4 && now != a && now != b) {
        torn = true;
        CHECK(now == std::string(512, 'b') + std::string(512, 'a'));
      }
      if (i < 4) {
        (now == a ? lost : kept) = true;
        CHECK((now == a || now == b));
      }
    }
  }
  CHECK(lost);
  CHECK(kept);
  CHECK(torn);
}

}  // namespace elfin::blockfs
