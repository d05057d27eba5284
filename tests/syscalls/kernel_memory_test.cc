// mmap and its relatives, as system calls. What they do to the mappings is tested in tests/memory.
#include "syscalls/abi/mman.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;

constexpr int kAnonymous = abi::kMapPrivate | abi::kMapAnonymous;
constexpr int kReadWrite = abi::kProtRead | abi::kProtWrite;

struct Running : KernelMachine {
  Running() { Spawn(); }
  int64_t Map(uint64_t length, int flags = kAnonymous, uint64_t address = 0, int64_t fd = -1,
              uint64_t offset = 0, int protection = kReadWrite) {
    return Call(Syscall::k_mmap, address, length, protection, flags, fd, offset);
  }
};

TEST_CASE("mmap checks its flags", "[kernel][sys_mmap]") {
  Running machine;
  CHECK(machine.Map(0x1000) > 0);
  CHECK(machine.Map(0) == Error(Errno::kInval));
  CHECK(machine.Map(0x1000, abi::kMapAnonymous) == Error(Errno::kInval));
  CHECK(machine.Map(0x1000, kAnonymous, 0, -1, 7) == Error(Errno::kInval));
  CHECK(machine.Map(0x1000, kAnonymous | abi::kMapHugeTlb) == Error(Errno::kNoMem));
  CHECK(machine.Map(0x1000, abi::kMapPrivate, 0, 77) == Error(Errno::kBadF));
  CHECK(machine.Map(0x1000, abi::kMapSharedValidate | abi::kMapAnonymous | abi::kMapSync) ==
        Error(Errno::kOpNotSupp));
  CHECK(machine.Map(0x1000, kAnonymous | abi::kMapFixed, 0x1000) == Error(Errno::kPerm));
  CHECK(machine.Map(0x1000, kAnonymous | abi::kMapFixedNoReplace, kProgramBase) ==
        Error(Errno::kExist));
}

TEST_CASE("A file is mapped from its descriptor", "[kernel][sys_mmap]") {
  Running machine;
  const std::string name = "/program";
  REQUIRE(machine.process().memory->CopyOut(GuestAddr{kData}, name.c_str(), name.size() + 1).ok());
  const int64_t fd = machine.Call(Syscall::k_open, kData, 0, 0);
  REQUIRE(fd >= 0);
  const int64_t at = machine.Map(0x1000, abi::kMapPrivate, 0, fd);
  REQUIRE(at > 0);
  CHECK(machine.Get<uint32_t>(static_cast<uint64_t>(at)) == 0x464c457f);
  CHECK(machine.Map(0x1000, abi::kMapShared, 0, fd) == Error(Errno::kAcces));
  CHECK(machine.Map(0x1000, abi::kMapShared, 0, fd, 0, abi::kProtRead) > 0);
  CHECK(machine.Call(Syscall::k_munmap, at, 0x1000) == 0);
}

TEST_CASE("Who catches its faults and takes permissions away gets page checks", "[kernel]") {
  const auto checks_after = [](bool handles, int32_t protection, int32_t flags) {
    Running machine;
    const int64_t at = machine.Map(0x2000);
    if (handles) machine.Handle(abi::kSigSegv);
    if (flags == 0) {
      CHECK(machine.Call(Syscall::k_mprotect, at, 0x1000, protection) == 0);
    } else {
      CHECK(machine.Map(0x1000, kAnonymous | flags, static_cast<uint64_t>(at), -1, 0, protection) ==
            at);
    }
    return machine.host.last_memory->page_checks;
  };
  CHECK(checks_after(true, abi::kProtRead, 0));
  CHECK(checks_after(true, 0, 0));
  CHECK(checks_after(true, 0, abi::kMapFixed));
  CHECK_FALSE(checks_after(false, 0, 0));
  CHECK_FALSE(checks_after(true, kReadWrite | abi::kProtExec, 0));
  CHECK_FALSE(checks_after(true, kReadWrite, abi::kMapFixed));
}

TEST_CASE("munmap, mprotect, mremap and brk by their numbers", "[kernel]") {
  Running machine;
  const int64_t at = machine.Map(0x3000);
  CHECK(machine.Call(Syscall::k_mprotect, at, 0x1000, abi::kProtRead) == 0);
  CHECK(machine.Call(Syscall::k_mprotect, at, 0x1000, 0x100) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_mremap, at + 0x1000, 0x2000, 0x1000, 0, 0) == at + 0x1000);
  CHECK(machine.Call(Syscall::k_mremap, at, 0x1000, 0x1000, abi::kMremapFixed, 0) ==
        Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_mremap, at, 0x1000, 0x1000,
                     abi::kMremapMayMove | abi::kMremapDontUnmap, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_munmap, at, 0x3000) == 0);
  CHECK(machine.Call(Syscall::k_munmap, at + 1, 0x1000) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_munmap, at, 0) == Error(Errno::kInval));
  const int64_t end = machine.Call(Syscall::k_brk, 0);
  CHECK(end == static_cast<int64_t>(machine.process().memory->layout().heap_start));
  CHECK(machine.Call(Syscall::k_brk, end + 0x1000) == end + 0x1000);
}

TEST_CASE("madvise, msync, mincore and mlock", "[kernel]") {
  Running machine;
  const int64_t at = machine.Map(0x2000);
  machine.Put<uint64_t>(static_cast<uint64_t>(at), 3);
  CHECK(machine.Call(Syscall::k_madvise, at, 0x1000, abi::kMadvWillNeed) == 0);
  CHECK(machine.Get<uint64_t>(static_cast<uint64_t>(at)) == 3);
  CHECK(machine.Call(Syscall::k_madvise, at, 0x1000, abi::kMadvDontNeed) == 0);
  CHECK(machine.Get<uint64_t>(static_cast<uint64_t>(at)) == 0);
  CHECK(machine.Call(Syscall::k_madvise, at, 0x1000, 4711) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_madvise, at + 0x4000, 0x1000, abi::kMadvNormal) ==
        Error(Errno::kNoMem));
  CHECK(machine.Call(Syscall::k_msync, at, 0x2000, abi::kMsSync) == 0);
  CHECK(machine.Call(Syscall::k_msync, at, 0x2000, abi::kMsSync | abi::kMsAsync) ==
        Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_msync, at + 0x4000, 0x1000, abi::kMsSync) == Error(Errno::kNoMem));
  CHECK(machine.Call(Syscall::k_mincore, at, 0x2000, kData) == 0);
  CHECK(machine.Get<uint16_t>(kData) == 0x0101);
  CHECK(machine.Call(Syscall::k_mincore, at, 0x8000, kData) == Error(Errno::kNoMem));
  CHECK(machine.Call(Syscall::k_mlock, at, 0x1000) == 0);
  CHECK(machine.process().memory->locked_bytes() == 0x1000);
  CHECK(machine.Call(Syscall::k_munlock, at, 0x1000) == 0);
  CHECK(machine.Call(Syscall::k_mlockall, abi::kMclCurrent) == 0);
  CHECK(machine.Call(Syscall::k_mlockall, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_mlock, at, 0x1000) == 0);
  CHECK(machine.Call(Syscall::k_munlockall) == 0);
  CHECK(machine.process().memory->locked_bytes() == 0);
}

}  // namespace
}  // namespace elfin::kernel
