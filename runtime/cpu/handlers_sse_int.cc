// Handlers of jit/instructions/sse_int.inc.
#include "jit/semantics/sse_int.h"
#include "jit/semantics/sse_move.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/sse_int.inc"
#undef INSN

}  // namespace

const HandlerList kSseIntHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/sse_int.inc"
#undef INSN
};

}  // namespace elfin::cpu
