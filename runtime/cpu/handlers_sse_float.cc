// Handlers of jit/instructions/sse_float.inc.
#include "jit/semantics/convert.h"
#include "jit/semantics/sse_float.h"
#include "jit/semantics/sse_int.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/sse_float.inc"
#undef INSN

}  // namespace

const HandlerList kSseFloatHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/sse_float.inc"
#undef INSN
};

}  // namespace elfin::cpu
