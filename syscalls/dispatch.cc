#include "syscalls/dispatch.h"

#include "syscalls/kernel/host.h"
#include "syscalls/kernel/kernel.h"
#include "syscalls/strace.h"
#include "syscalls/syscall_table.h"

namespace elfin::kernel {
namespace {

void ReportMissing(Kernel& kernel, uint64_t number, const SyscallRow* row) {
  const uint64_t slot = number < SyscallTally::kLimit ? number : SyscallTally::kLimit - 1;
  if (kernel.tally.reported[slot]) return;
  kernel.tally.reported[slot] = true;
  // rseq is missing on purpose, and every program asks for it.
  if (row != nullptr && row->number == static_cast<uint32_t>(Syscall::k_rseq)) return;
  const std::string name =
      row != nullptr ? std::string(row->name) : "number " + std::to_string(number);
  kernel.host().Report("system call " + name + " is not there (ENOSYS)");
}

SyscallResult CallHandler(SyscallContext& context) {
  const SyscallRow* row = FindSyscall(context.number);
  if (row == nullptr || row->level == SupportLevel::kMissing) {
    ReportMissing(context.kernel, context.number, row);
    return Errno::kNoSys;
  }
  if (row->level == SupportLevel::kRefused) return row->refusal;
  return row->call(context);
}

SyscallResult CallTraced(SyscallContext& context) {
  TraceLine line(context);
  if (line.ends_process()) context.kernel.host().Report(line.Finish(std::nullopt));
  Result<uint64_t> result = co_await CallHandler(context);
  if (!line.ends_process()) context.kernel.host().Report(line.Finish(result));
  co_return result;
}

}  // namespace

SyscallResult DispatchSyscall(SyscallContext& context) {
  SyscallTally& tally = context.kernel.tally;
  ++tally.calls[context.number < SyscallTally::kLimit ? context.number : SyscallTally::kLimit - 1];
  if (context.kernel.options().strace) return CallTraced(context);
  return CallHandler(context);
}

std::string TallyJson(const SyscallTally& tally) {
  std::string json = "{";
  for (uint64_t number = 0; number < SyscallTally::kLimit; ++number) {
    if (tally.calls[number] == 0) continue;
    const SyscallRow* row = FindSyscall(number);
    if (json.size() > 1) json += ",";
    json += "\"" + (row != nullptr ? std::string(row->name) : std::to_string(number)) +
            "\":" + std::to_string(tally.calls[number]);
  }
  return json + "}";
}

}  // namespace elfin::kernel
