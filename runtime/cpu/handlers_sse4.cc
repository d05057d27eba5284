// Handlers of jit/instructions/sse4.inc.
#include "jit/semantics/sse4.h"
#include "jit/semantics/sse4_float.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/sse4.inc"
#undef INSN

}  // namespace

const HandlerList kSse4Handlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/sse4.inc"
#undef INSN
};

}  // namespace elfin::cpu
