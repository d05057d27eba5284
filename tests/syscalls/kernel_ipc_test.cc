// System V IPC as system calls: what is refused, and what one process sees. Several processes are
// in tests/guest/system_v.c.
#include "syscalls/abi/ipc.h"
#include "syscalls/ipc/system_v.h"
#include "tests/syscalls/kernel_machine.h"

namespace elfin::kernel {
namespace {

using namespace elfin::testing;

constexpr int32_t kKey = 77;
constexpr int32_t kNew = abi::kIpcCreate | abi::kIpcExclusive | 0600;

struct Running : KernelMachine {
  Running() { Spawn(); }
  template <class T>
  void Put(const T& value, uint64_t offset = 0) {
    REQUIRE(process().memory->CopyOut(GuestPtr<T>{{kData + offset}}, value).ok());
  }
  void BecomeUser() { process().credentials = Credentials::For(1000, 1000); }
};

TEST_CASE("Segments", "[kernel][sys_shmget][sys_shmat][sys_shmdt][sys_shmctl]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_shmget, kKey, 100, 0600) == Error(Errno::kNoEnt));
  CHECK(machine.Call(Syscall::k_shmget, kKey, 0, kNew) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmget, kKey, uint64_t{1} << 40, kNew) == Error(Errno::kNoMem));
  const int64_t id = machine.Call(Syscall::k_shmget, kKey, 0x1800, kNew);
  REQUIRE(id >= 0);
  CHECK(machine.Call(Syscall::k_shmget, kKey, 100, kNew) == Error(Errno::kExist));
  CHECK(machine.Call(Syscall::k_shmget, kKey, 0x1801, 0600) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmat, id + 1, 0, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmat, id, 0x123, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmat, id, 0, abi::kShmRemap) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmat, id, kData, 0) == Error(Errno::kInval));  // taken
  const int64_t at = machine.Call(Syscall::k_shmat, id, 0, 0);
  REQUIRE(at > 0);
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kIpcStat, 8) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kIpcStat, kData) == 0);
  CHECK(machine.Get<abi::ShmIdDs>(kData).attached == 1);
  CHECK(machine.Get<abi::ShmIdDs>(kData).size == 0x1800);
  CHECK(machine.Call(Syscall::k_shmctl, 0, abi::kShmInfo, kData) == 0);
  CHECK(machine.Get<abi::ShmUsage>(kData).total_pages == 2);
  CHECK(machine.Call(Syscall::k_shmctl, 0, abi::kIpcInfo, kData) == 0);
  CHECK(machine.Call(Syscall::k_shmctl, 0, abi::kShmStat, kData) == id);
  CHECK(machine.Call(Syscall::k_shmctl, 5, abi::kShmStat, kData) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmctl, id, 99, kData) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmdt, at + 0x1000) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_shmdt, at) == 0);
  CHECK(machine.Call(Syscall::k_shmdt, at) == Error(Errno::kInval));
  machine.BecomeUser();
  CHECK(machine.Call(Syscall::k_shmat, id, 0, 0) == Error(Errno::kAcces));
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kIpcStat, kData) == Error(Errno::kAcces));
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kShmStatAny, kData) == id);
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kIpcRemove, 0) == Error(Errno::kPerm));
  machine.process().credentials = Credentials::For(0, 0);
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kIpcRemove, 0) == 0);
  CHECK(machine.Call(Syscall::k_shmctl, id, abi::kIpcStat, kData) == Error(Errno::kInval));
  // Its place with another number.
  const int64_t next = machine.Call(Syscall::k_shmget, kKey, 100, kNew);
  CHECK(next == id + ipc::kIpcPlaces);
  CHECK(machine.Call(Syscall::k_shmat, id, 0, 0) == Error(abi::kErrnoIdRemoved));
}

TEST_CASE("Semaphores", "[kernel][sys_semget][sys_semop][sys_semtimedop][sys_semctl]") {
  Running machine;
  CHECK(machine.Call(Syscall::k_semget, kKey, 0, kNew) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_semget, kKey, 32'001, kNew) == Error(Errno::kInval));
  const int64_t id = machine.Call(Syscall::k_semget, kKey, 2, kNew);
  REQUIRE(id >= 0);
  CHECK(machine.Call(Syscall::k_semget, kKey, 3, 0600) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemSetVal, 5) == 0);
  CHECK(machine.Call(Syscall::k_semctl, id, 2, abi::kSemSetVal, 5) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemSetVal, 32'768) == Error(Errno::kRange));
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemGetVal) == 5);
  CHECK(machine.Call(Syscall::k_semop, id, kData, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_semop, id, kData, 501) == Error(Errno::k2Big));
  CHECK(machine.Call(Syscall::k_semop, id, 8, 1) == Error(Errno::kFault));
  machine.Put(abi::SemBuf{0, -6, abi::kIpcNoWait});
  CHECK(machine.Call(Syscall::k_semop, id, kData, 1) == Error(Errno::kAgain));
  machine.Put(abi::SemBuf{0, -5, abi::kSemUndo});
  CHECK(machine.Call(Syscall::k_semop, id, kData, 1) == 0);
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemGetVal) == 0);
  machine.Put(int64_t{-1}, 64);
  CHECK(machine.Call(Syscall::k_semtimedop, id, kData, 1, kData + 64) == Error(Errno::kInval));
  const uint16_t values[2] = {32'768, 0};
  machine.Put(values);
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemSetAll, kData) == Error(Errno::kRange));
  CHECK(machine.Call(Syscall::k_semctl, 0, 0, abi::kSemInfo, kData) == 0);
  CHECK(machine.Get<abi::SemInfo>(kData).undo_size == 1);
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kIpcStat, kData) == 0);
  CHECK(machine.Get<abi::SemIdDs>(kData).count == 2);
  // The process's end gives back what it took.
  machine.kernel.system_v().ProcessEnded(machine.pid);
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemGetVal) == 5);
  machine.BecomeUser();
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kSemGetVal) == Error(Errno::kAcces));
  CHECK(machine.Call(Syscall::k_semctl, id, 0, abi::kIpcRemove) == Error(Errno::kPerm));
}

TEST_CASE("Message queues", "[kernel][sys_msgget][sys_msgsnd][sys_msgrcv][sys_msgctl]") {
  Running machine;
  const int64_t id = machine.Call(Syscall::k_msgget, kKey, kNew);
  REQUIRE(id >= 0);
  CHECK(machine.Call(Syscall::k_msgget, kKey, kNew) == Error(Errno::kExist));
  machine.Put(int64_t{0});
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 4, 0) == Error(Errno::kInval));
  machine.Put(int64_t{3});
  machine.Put(uint32_t{0x64636261}, 8);
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 8193, 0) == Error(Errno::kInval));
  CHECK(machine.Call(Syscall::k_msgsnd, id, 8, 4, 0) == Error(Errno::kFault));
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 4, 0) == 0);
  CHECK(machine.Call(Syscall::k_msgrcv, id, kData + 64, 3, 0, 0) == Error(Errno::k2Big));
  CHECK(machine.Call(Syscall::k_msgrcv, id, kData + 64, 4, 4, abi::kIpcNoWait) ==
        Error(abi::kErrnoNoMessage));
  CHECK(machine.Call(Syscall::k_msgrcv, id, kData + 64, 4, 0, abi::kMsgCopy) ==
        Error(Errno::kNoSys));
  CHECK(machine.Call(Syscall::k_msgrcv, id, kData + 64, 64, -3, 0) == 4);
  CHECK(machine.Get<int64_t>(kData + 64) == 3);
  CHECK(machine.Get<uint32_t>(kData + 72) == 0x64636261);
  // Full at 16 KiB.
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 8192, 0) == 0);
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 8192, 0) == 0);
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 1, abi::kIpcNoWait) == Error(Errno::kAgain));
  CHECK(machine.Call(Syscall::k_msgctl, id, abi::kIpcStat, kData) == 0);
  CHECK(machine.Get<abi::MsqIdDs>(kData).messages == 2);
  CHECK(machine.Get<abi::MsqIdDs>(kData).bytes == 16'384);
  CHECK(machine.Call(Syscall::k_msgctl, 0, abi::kMsgInfo, kData) == 0);
  CHECK(machine.Get<abi::MsgInfo>(kData).pool == 1);
  CHECK(machine.Call(Syscall::k_msgctl, id, abi::kIpcRemove, 0) == 0);
  CHECK(machine.Call(Syscall::k_msgsnd, id, kData, 1, 0) == Error(Errno::kInval));
}

}  // namespace
}  // namespace elfin::kernel
