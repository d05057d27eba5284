// What the three kinds of System V objects have in common: owner, mode, key, id.
#pragma once

#include <cstdint>

#include "runtime/base/result.h"
#include "syscalls/abi/ipc.h"
#include "syscalls/kernel/credentials.h"

namespace elfin::ipc {

/// Who asks.
struct IpcCaller {
  const kernel::Credentials& credentials;
  int32_t pid;
  int64_t now_s;  // realtime
};

class IpcObject {
 public:
  static constexpr uint32_t kPermissionBits = 0777;
  static constexpr uint32_t kRead = 0444, kWrite = 0222;

  IpcObject(const IpcCaller& creator, int32_t key, uint32_t mode);

  int32_t key() const { return key_; }
  int32_t id = -1;  // the table's
  int64_t change_time_s;

  /// `wanted`: permission bits, of which the caller's class counts. Errors: kAcces.
  Status CheckAccess(const IpcCaller& caller, uint32_t wanted) const;
  /// IPC_SET, IPC_RMID. Errors: kPerm.
  Status CheckOwner(const IpcCaller& caller) const;
  void Change(const IpcCaller& caller, const abi::IpcPerm& wanted);
  abi::IpcPerm Describe() const;
  /// It can't be found by its key any more.
  void ForgetKey() { key_ = abi::kIpcPrivate; }

 private:
  int32_t key_;
  uint32_t uid_;
  uint32_t gid_;
  uint32_t creator_uid_;
  uint32_t creator_gid_;
  uint32_t mode_;
};

}  // namespace elfin::ipc
