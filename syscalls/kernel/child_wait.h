// What wait4(2) and waitid(2) do: look for a child that has something to tell, or wait for one.
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// Which children, and which of their news.
struct ChildWait {
  enum class Who { kAny, kPid, kGroup };
  Who who = Who::kAny;
  Pid id = 0;           // of kPid or kGroup
  int32_t options = 0;  // abi::kW…
};

/// What a child has had to tell.
struct ChildNews {
  Pid pid = 0;  // 0: nothing, and kWNoHang was given
  int32_t wait_status = 0;
  abi::SigInfo info{};
  CpuTime time;
};

/// Takes the news of one child and reaps it if it has ended (but with kWNoWait). Errors: kChild,
/// kRestartSys.
Task<Result<ChildNews>> WaitForChild(Thread& thread, ChildWait wanted);

}  // namespace elfin::kernel
