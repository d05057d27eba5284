// The one cpu of an instance of cpu.wasm.
#pragma once

#include "runtime/cpu/cpu.h"

#define ELFIN_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace elfin::cpu {

/// All that is a process's lives in the decode cache's range; the state's address is what every
/// function passes around.
extern CpuState g_state;
/// Outlives processes: the host leaves it as it is when it clears a memory for the next one.
extern decoder::InsnMemo g_memo;

}  // namespace elfin::cpu
