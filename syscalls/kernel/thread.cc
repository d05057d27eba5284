#include "syscalls/kernel/thread.h"

#include "syscalls/kernel/kernel.h"

namespace elfin::kernel {

Thread::Thread(Kernel& kernel, Process& process, Tid tid)
    : context{kernel, process, *this}, tid_(tid) {}

Thread::~Thread() = default;

Scheduler& Thread::scheduler() const { return kernel().scheduler(); }

bool Thread::HoldsCpu() const { return process().memory->cpu_owner == tid_; }

cpu::CpuState Thread::ReadCpu() const {
  if (!HoldsCpu()) return parked_;
  cpu::CpuState state;
  process().memory->memory().ReadCpuState(&state);
  return state;
}

void Thread::WriteCpu(const cpu::CpuState& state) {
  if (HoldsCpu()) {
    process().memory->memory().WriteCpuState(state);
  } else {
    parked_ = state;
  }
}

void Thread::EnterCpu() {
  if (HoldsCpu()) return;
  memory::AddressSpace& space = *process().memory;
  cpu::CpuState state;
  space.memory().ReadCpuState(&state);
  Thread* last = kernel().FindThread(space.cpu_owner);
  if (last != nullptr && last->process().memory.get() == &space) last->parked_ = state;
  cpu::KeepMemoryFields(parked_, state);
  space.memory().WriteCpuState(parked_);
  AdoptCpu();
}

void Thread::AdoptCpu() { process().memory->cpu_owner = tid_; }

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
