// The push window: pages around the stack pointer that were found to be writable, and not to be
// code that was decoded. A call in translated code compares its return address's place with the
// window instead of looking at the page map; where it lies outside, the interpreter does the call.
//
// The window is forgotten whenever a page's flags may have changed: when the cpu is entered, when
// the kernel has run, when code is decoded. (A process that checks pages has no use for it.)
#pragma once

#include "runtime/cpu/cpu_state.h"

namespace elfin::cpu {

inline void ForgetPushWindow(CpuState& state) { state.push_window_size = 0; }

/// Finds the window anew where the next call's return address isn't in it.
void RefreshPushWindow(CpuState& state);

}  // namespace elfin::cpu
