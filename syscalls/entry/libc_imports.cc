// The system calls that libc's archive members refer to, answered here, so that kernel.wasm imports
// nothing but the host's functions. None of them is reached: the kernel uses neither stdio nor
// exit.
#ifdef __wasm__

#include <cstddef>
#include <cstdint>

namespace {
constexpr int kWasiErrnoNosys = 52;
}

extern "C" {

[[noreturn]] void __wasi_proc_exit(uint32_t) { __builtin_trap(); }
int __wasi_fd_close(int) { return kWasiErrnoNosys; }
int __wasi_fd_read(int, const void*, size_t, size_t*) { return kWasiErrnoNosys; }
int __wasi_fd_write(int, const void*, size_t, size_t*) { return kWasiErrnoNosys; }
int __wasi_fd_seek(int, int64_t, int, int64_t*) { return kWasiErrnoNosys; }
int __wasi_environ_sizes_get(size_t*, size_t*) { return kWasiErrnoNosys; }
int __wasi_environ_get(char**, char*) { return kWasiErrnoNosys; }
int __wasi_clock_time_get(int, uint64_t, uint64_t*) { return kWasiErrnoNosys; }

/// The host looks for a detached view before each use of kernel memory instead.
void emscripten_notify_memory_growth(size_t) {}

}  // extern "C"

#endif  // __wasm__
