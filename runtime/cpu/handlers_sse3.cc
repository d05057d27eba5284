// Handlers of jit/instructions/sse3.inc.
#include "jit/semantics/sse3.h"
#include "jit/semantics/ssse3.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/sse3.inc"
#undef INSN

}  // namespace

const HandlerList kSse3Handlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/sse3.inc"
#undef INSN
};

}  // namespace elfin::cpu
