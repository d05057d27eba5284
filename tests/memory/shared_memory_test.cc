// Pages that several address spaces share.
#include <catch2/catch.hpp>

#include "runtime/memory/address_space.h"
#include "runtime/memory/shared_pages.h"
#include "tests/lib/fake_mapped_file.h"
#include "tests/lib/fake_process_memory.h"

namespace elfin::memory {
namespace {

using testing::FakeMappedFile;
using testing::FakeProcessMemory;
constexpr uint8_t kReadWrite = kProtRead | kProtWrite;

/// An address space whose "guest" reads and writes as a processor does: by the page map.
class Space {
 public:
  Space() : space_(std::make_unique<AddressSpace>(std::make_unique<FakeProcessMemory>())) {
    REQUIRE(space_->Arrange(0x0101'0000, 0x10'0000).ok());
  }
  explicit Space(std::unique_ptr<AddressSpace> space) : space_(std::move(space)) {}

  AddressSpace* operator->() { return space_.get(); }
  FakeProcessMemory& memory() { return static_cast<FakeProcessMemory&>(space_->memory()); }

  uint64_t Map(uint64_t length, std::shared_ptr<FakeMappedFile> file = nullptr,
               uint8_t protection = kReadWrite, uint64_t offset = 0) {
    MapRequest request;
    request.length = length;
    request.protection = protection;
    request.sharing = Sharing::kShared;
    request.file = std::move(file);
    request.file_offset = offset;
    return space_->Map(request).Take().value();
  }
  Space Fork() { return Space(space_->Fork(std::make_unique<FakeProcessMemory>(), 0).value()); }

  /// An instruction of a running guest: false where it faults.
  bool Write(uint64_t address, uint32_t value) {
    space_->HoldShared();
    if ((memory().flags(address) & kPageWrite) == 0) {
      ++faults;
      if (!space_->ResolveFault(address, kProtWrite)) return false;
    }
    REQUIRE((memory().flags(address) & kPageWrite) != 0);
    memory().Write(address, &value, sizeof(value));
    return true;
  }
  uint32_t Read(uint64_t address) {
    space_->HoldShared();
    return ReadInSlice(address);
  }
  /// Without a look of the kernel's before.
  uint32_t ReadInSlice(uint64_t address) {
    if (memory().flags(address) == 0) {
      ++faults;
      REQUIRE(space_->ResolveFault(address, kProtRead));
    }
    REQUIRE(memory().flags(address) != 0);
    uint32_t value;
    memory().Read(address, &value, sizeof(value));
    return value;
  }
  /// The kernel's own ways.
  void Poke(uint64_t address, uint32_t value) {
    REQUIRE(space_->CopyOut(GuestPtr<uint32_t>{{address}}, value).ok());
  }
  uint32_t Peek(uint64_t address) { return space_->CopyIn(GuestPtr<uint32_t>{{address}}).value(); }

  int faults = 0;

 private:
  std::unique_ptr<AddressSpace> space_;
};

TEST_CASE("Forked spaces see each other's writes to anonymous shared memory", "[memory]") {
  Space parent;
  const uint64_t at = parent.Map(0x4000);
  // Alone: nothing is marked, nothing is checked.
  REQUIRE(parent.Write(at, 1));
  CHECK(parent.faults == 0);
  CHECK_FALSE(parent.memory().uses_page_checks());
  Space child = parent.Fork();
  CHECK(parent.memory().uses_page_checks());
  CHECK(child.memory().uses_page_checks());
  CHECK(child.Read(at) == 1);
  REQUIRE(child.Write(at + 0x1000, 2));
  REQUIRE(child.Write(at + 0x1004, 3));
  CHECK(child.faults == 1);
  CHECK(parent.Read(at + 0x1000) == 2);
  CHECK(parent.Read(at + 0x1004) == 3);
  REQUIRE(parent.Write(at + 0x1000, 4));
  Space grandchild = child.Fork();
  CHECK(grandchild.Read(at + 0x1000) == 4);
  REQUIRE(grandchild.Write(at + 0x3ffc, 5));
  CHECK(parent.Read(at + 0x3ffc) == 5);
  CHECK(child.Read(at + 0x3ffc) == 5);
  REQUIRE(parent->Unmap(at, 0x4000).Take().ok());
  REQUIRE(child.Write(at, 6));
  CHECK(grandchild.Read(at) == 6);
}

TEST_CASE("What a space wrote before it went stays", "[memory]") {
  Space parent;
  const uint64_t at = parent.Map(0x1000);
  {
    Space child = parent.Fork();
    REQUIRE(child.Write(at, 7));
  }
  CHECK(parent.Read(at) == 7);
}

TEST_CASE("The kernel reads and writes the newest copy", "[memory]") {
  Space parent;
  const uint64_t at = parent.Map(0x1000);
  Space child = parent.Fork();
  REQUIRE(child.Write(at, 1));
  parent.Poke(at + 4, 2);  // an answer for one that doesn't run
  CHECK(parent.Peek(at) == 1);
  CHECK(child.Peek(at + 4) == 2);
  CHECK(child.Read(at) == 1);
  REQUIRE(parent->Zero({at}, 4).ok());
  CHECK(child.Read(at) == 0);
  CHECK(child.Read(at + 4) == 2);
}

TEST_CASE("What the host fills of shared pages the others see", "[memory]") {
  Space first;
  const uint64_t at = first.Map(0x2000);
  Space second = first.Fork();
  first.memory().number = 1;
  const auto range = first->ForeignWritable(GuestAddr{at + 0xff0}, 0x20);
  REQUIRE(range.has_value());
  const std::string bytes(range->size, 'h');
  first.memory().Write(range->address, bytes.data(), bytes.size());
  CHECK(second.Read(at + 0xffc) == 0x68686868);
  CHECK(second.Read(at + 0x100c) == 0x68686868);
}

TEST_CASE("Protection and splitting keep shared pages shared", "[memory]") {
  Space parent;
  const uint64_t at = parent.Map(0x3000);
  Space child = parent.Fork();
  REQUIRE(parent->Protect(at + 0x1000, 0x1000, kProtRead).ok());
  CHECK_FALSE(parent.Write(at + 0x1000, 1));
  REQUIRE(child.Write(at + 0x1000, 2));
  CHECK(parent.Read(at + 0x1000) == 2);
  REQUIRE(parent->Protect(at + 0x1000, 0x1000, kReadWrite).ok());
  REQUIRE(parent.Write(at + 0x1000, 3));
  REQUIRE(parent->Protect(at + 0x1000, 0x1000, kReadWrite).ok());
  REQUIRE(parent.Write(at + 0x1004, 4));  // marked already, unmarked in the page map
  CHECK(child.Read(at + 0x1000) == 3);
  CHECK(child.Read(at + 0x1004) == 4);
  const uint64_t moved =
      parent->Remap({at + 0x2000, 0x1000, 0x1000, true, 0x2000'0000}).Take().value();
  REQUIRE(child.Write(at + 0x2000, 5));
  CHECK(parent.Read(moved) == 5);
  REQUIRE(parent.Write(moved, 6));
  CHECK(child.Read(at + 0x2000) == 6);
  CHECK(parent->FindShared(moved + 8).offset == 0x2008);
  CHECK(parent->FindShared(moved).pages == child->FindShared(at).pages);
}

TEST_CASE("Two spaces that map one file share it", "[memory]") {
  auto file = std::make_shared<FakeMappedFile>(std::string(0x2000, 'a') + "tail");
  Space one;
  Space two;
  const uint64_t first = one.Map(0x3000, file);
  const uint64_t second = two.Map(0x1000, file, kReadWrite, 0x1000);
  REQUIRE(one.Write(first + 0x1000, 0x62626262));
  CHECK(two.Read(second) == 0x62626262);
  CHECK(file->bytes[0x1000] == 'a');
  REQUIRE(two.Write(second + 4, 0x63636363));
  // A third one comes when the file is behind.
  Space three;
  const uint64_t third = three.Map(0x3000, file, kProtRead);
  CHECK(three.Read(third + 0x1000) == 0x62626262);
  CHECK(three.Read(third + 0x1004) == 0x63636363);
  REQUIRE(two.Write(second, 0x64646464));
  CHECK(three.Read(third + 0x1000) == 0x64646464);
  CHECK_FALSE(three.memory().uses_page_checks());
  REQUIRE(one->Sync(first, 0x3000).Take().ok());
  CHECK(file->bytes.substr(0x1000, 9) == "ddddcccca");
}

TEST_CASE("Changes of the file come into its mappings", "[memory]") {
  auto file = std::make_shared<FakeMappedFile>(std::string(0x2000, 'a'));
  Space one;
  const uint64_t at = one.Map(0x4000, file);
  const auto pages = file->shared_pages().lock();
  REQUIRE(one.Write(at, 0x62626262));
  REQUIRE(pages->WriteBack().Take().ok());
  CHECK(file->bytes.substr(0, 5) == "bbbba");
  file->bytes.replace(2, 2, "xy");
  // The guest is ahead of the file where that did not change.
  REQUIRE(one.Write(at + 8, 0x63636363));
  REQUIRE(pages->Reload(2, 2).Take().ok());
  CHECK(one.Read(at) == 0x79786262);
  CHECK(one.Read(at + 8) == 0x63636363);
  REQUIRE(pages->WriteBack().Take().ok());
  CHECK(file->bytes.substr(0, 13) == "bbxyaaaacccca");
}

TEST_CASE("Mappings follow the size of their file", "[memory]") {
  auto file = std::make_shared<FakeMappedFile>(std::string(0x1000, 'a'));
  Space one;
  const uint64_t at = one.Map(0x3000, file);
  CHECK(one->ExplainFault(at + 0x1000, kProtRead) == FaultKind::kBeyondFile);
  const auto pages = file->shared_pages().lock();
  file->bytes.resize(0x1800, 'b');
  REQUIRE(pages->Reload(0x1000, 0x800).Take().ok());
  CHECK(one.Read(at + 0x1000) == 0x62626262);
  CHECK(one.Read(at + 0x1800) == 0);
  CHECK(one->ExplainFault(at + 0x2000, kProtRead) == FaultKind::kBeyondFile);
  REQUIRE(one.Write(at + 0x1000, 1));
  file->bytes.resize(0x802);
  pages->Resize();
  CHECK(one->ExplainFault(at + 0x1000, kProtWrite) == FaultKind::kBeyondFile);
  CHECK_FALSE(one.Write(at + 0x1000, 1));
  CHECK(one.Read(at + 0x800) == 0x6161);
  file->bytes.resize(0x2000, '\0');
  pages->Resize();
  CHECK(one.Read(at + 0x1000) == 0);
  CHECK(one.Read(at + 0x800) == 0x6161);
  REQUIRE(one.Write(at + 0x1ffc, 9));
}

TEST_CASE("Anonymous shared memory ends where it was made to end", "[memory]") {
  Space one;
  const uint64_t at = one.Map(0x1000);
  const uint64_t grown = one->Remap({at, 0x1000, 0x2000, true, std::nullopt}).Take().value();
  CHECK(one->ExplainFault(grown, kProtRead) == FaultKind::kNone);
  CHECK(one->ExplainFault(grown + 0x1000, kProtRead) == FaultKind::kBeyondFile);
}

TEST_CASE("A page that is mapped twice in one space is one page", "[memory]") {
  auto file = std::make_shared<FakeMappedFile>(std::string(0x3000, 'a'));
  Space one;
  const uint64_t first = one.Map(0x3000, file);
  const uint64_t second = one.Map(0x2000, file, kReadWrite, 0x1000);
  const uint64_t view = one.Map(0x3000, file, kProtRead);
  REQUIRE(one.Write(first + 0x1000, 1));
  CHECK(one.memory().flags(second) == 0);
  CHECK(one.ReadInSlice(second) == 1);
  CHECK(one.ReadInSlice(view + 0x1000) == 1);
  REQUIRE(one.Write(second + 4, 2));
  CHECK(one.ReadInSlice(first + 0x1004) == 2);
  one.Poke(first + 0x2000, 3);
  CHECK(one.Peek(second + 0x1000) == 3);
  CHECK(one.ReadInSlice(view + 0x2000) == 3);
  REQUIRE(one.Write(second + 8, 4));
  REQUIRE(one->Protect(second, 0x1000, kProtRead).ok());
  CHECK_FALSE(one.Write(second, 9));
  CHECK_FALSE(one.Write(view, 9));
  Space child = one.Fork();
  REQUIRE(child.Write(first + 0x1000, 5));
  CHECK(child.ReadInSlice(second) == 5);
  CHECK(one.Read(second) == 5);
  CHECK(one.Read(second + 8) == 4);
  REQUIRE(one->Unmap(first, 0x3000).Take().ok());
  REQUIRE(one.Write(second + 0x1000, 6));
  CHECK(one.ReadInSlice(view + 0x2000) == 6);
}

TEST_CASE("mremap with an old length of zero gives a second view", "[memory]") {
  Space one;
  const uint64_t at = one.Map(0x2000);
  Space child = one.Fork();  // so that writes are marked
  const uint64_t again = one->Remap({at + 0x1000, 0, 0x1000, true, std::nullopt}).Take().value();
  REQUIRE(one.Write(at + 0x1000, 1));
  CHECK(one.ReadInSlice(again) == 1);
  CHECK(child.Read(at + 0x1000) == 1);
}

TEST_CASE("Named memory is there for who comes later", "[memory]") {
  const auto pages = std::make_shared<SharedPages>(0x2000, SharedPages::Tracking::kAlways);
  MapRequest request;
  request.length = 0x2000;
  request.protection = kReadWrite;
  request.sharing = Sharing::kShared;
  request.shared = pages;
  {
    Space one;
    const uint64_t at = one->Map(request).Take().value();
    REQUIRE(one.Write(at + 0x1000, 8));
  }
  Space two;
  const uint64_t at = two->Map(request).Take().value();
  CHECK(two.Read(at) == 0);
  CHECK(two.Read(at + 0x1000) == 8);
}

}  // namespace
}  // namespace elfin::memory
