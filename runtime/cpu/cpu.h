// The interpreter's front door: what cpu.wasm exports and native embeddings call.
#pragma once

#include <cstdint>

#include "runtime/cpu/cpu_state.h"
#include "runtime/cpu/decode_cache.h"
#include "runtime/cpu/exit_reason.h"

namespace elfin::cpu {

/// A new program: CPU state reset, decode cache empty in guest range [cache_begin, cache_end) of
/// this memory. Precondition: the range exists; at least sizeof(CpuContext) + 64 KiB.
/// `memory_base`: native builds, the host address of guest address 0; WebAssembly: 0.
void ResetCpu(CpuState& state, uint64_t memory_base, uint64_t cache_begin, uint64_t cache_end);

/// Native builds: whom `syscall` calls. Survives ResetCpu's caller calling it again afterwards.
void SetKernel(CpuState& state, SyscallFunction syscall, void* kernel);

/// What has been decoded is remembered in `memo`, which belongs to the caller and stays as it is
/// from program to program. To be called after ResetCpu, which forgets it.
void SetInsnMemo(CpuState& state, decoder::InsnMemo* memo);

/// Runs until something needs the caller. state.budget bounds the number of instructions.
ExitReason Run(CpuState& state);

/// Drops decoded instructions in [begin, end) of guest space. Callable while the cpu is inside the
/// kernel.
void Invalidate(CpuState& state, uint64_t begin, uint64_t end);

/// The mnemonic of the instruction at a guest address ("vaddps"), or "(bad)"; static storage. For
/// messages.
const char* InsnNameAt(const CpuState& state, uint64_t address);

/// Makes a running cpu leave with kBudget at the next block's end (callable from inside a system
/// call).
void Interrupt(CpuState& state);

}  // namespace elfin::cpu
