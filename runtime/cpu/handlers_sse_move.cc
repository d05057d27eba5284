// Handlers of jit/instructions/sse_move.inc.
#include "jit/semantics/sse_move.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/sse_move.inc"
#undef INSN

}  // namespace

const HandlerList kSseMoveHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/sse_move.inc"
#undef INSN
};

}  // namespace elfin::cpu
