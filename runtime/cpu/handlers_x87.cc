// Handlers of jit/instructions/x87.inc.
#include "jit/semantics/x87_arith.h"
#include "jit/semantics/x87_control.h"
#include "jit/semantics/x87_move.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/x87.inc"
#undef INSN

}  // namespace

const HandlerList kX87Handlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/x87.inc"
#undef INSN
};

}  // namespace elfin::cpu
