#include "runtime/cpu/kernel_call.h"

#include "runtime/cpu/decode_cache.h"
#include "runtime/cpu/push_window.h"

#ifdef __wasm__
extern "C" __attribute__((import_module("kernel"), import_name("syscall"))) int64_t KernelSyscall(
    int64_t number, int64_t a0, int64_t a1, int64_t a2, int64_t a3, int64_t a4, int64_t a5);
#endif

namespace elfin::cpu {
namespace {

// rdi, rsi, rdx, r10, r8, r9 (System V ABI, AMD64 supplement, A.2.1)
constexpr int kArgumentRegisters[6] = {7, 6, 2, 10, 8, 9};

int64_t CallKernel(CpuState* state) {
  uint64_t arguments[6];
  for (int n = 0; n < 6; ++n) arguments[n] = state->gpr[kArgumentRegisters[n]];
#ifdef __wasm__
  auto argument = [&](int n) { return static_cast<int64_t>(arguments[n]); };
  return KernelSyscall(static_cast<int64_t>(state->gpr[0]), argument(0), argument(1), argument(2),
                       argument(3), argument(4), argument(5));
#else
  const CpuContext& context = ContextOf(*state);
  return context.syscall(context.kernel, state->gpr[0], arguments);
#endif
}

}  // namespace

bool CallKernelForState(CpuState* state) {
  const int64_t result = CallKernel(state);
  if (result == kSyscallLeave) {
    ContextOf(*state).exit = ExitReason::kKernel;
    return false;
  }
  state->gpr[0] = static_cast<uint64_t>(result);
  ForgetPushWindow(*state);
  return true;
}

}  // namespace elfin::cpu
