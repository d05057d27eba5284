// The one cpu of an instance of cpu.wasm.
#pragma once

#include "runtime/cpu/cpu.h"

#define ELFIN_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace elfin::cpu {

/// Everything else lives in the decode cache's range; the state's address is what every function
/// passes around.
extern CpuState g_state;

}  // namespace elfin::cpu
