// What the kernel says that it is: uname(2), /proc/version, /proc/sys/kernel.
#pragma once

namespace elfin::kernel {

inline constexpr char kSystemName[] = "Linux";
/// The interfaces follow this release; programs compare it with what they need at least.
inline constexpr char kKernelRelease[] = "6.1.0-elfin";
inline constexpr char kKernelVersion[] = "#1 SMP Elfin";
inline constexpr char kMachineName[] = "x86_64";

}  // namespace elfin::kernel
