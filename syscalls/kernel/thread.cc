#include "syscalls/kernel/thread.h"

#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

Thread::Thread(Kernel& kernel, Process& process, Tid tid)
    : context{kernel, process, *this}, tid_(tid) {}

Thread::~Thread() = default;

Scheduler& Thread::scheduler() const { return kernel().scheduler(); }

cpu::CpuState Thread::ReadCpu() const {
  cpu::CpuState state;
  process().memory->memory().ReadCpuState(&state);
  return state;
}

void Thread::WriteCpu(const cpu::CpuState& state) {
  process().memory->memory().WriteCpuState(state);
}

void Thread::SetBlocked(SignalSet set) { blocked_.bits = set.bits & ~kUnblockableSignals; }

void Thread::SetTemporaryMask(SignalSet set) {
  if (!mask_to_restore) mask_to_restore = blocked_;
  SetBlocked(set);
}

bool Thread::HasDeliverableSignal() const {
  const uint64_t sent = pending.set().bits | process().pending.set().bits;
  return (sent & ~blocked_.bits) != 0;
}

}  // namespace elfin::kernel
