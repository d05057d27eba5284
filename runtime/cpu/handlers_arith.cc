// Handlers of jit/instructions/arith.inc.
#include "jit/semantics/arith.h"
#include "jit/semantics/mul_div.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/arith.inc"
#undef INSN

}  // namespace

const HandlerList kArithHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/arith.inc"
#undef INSN
};

}  // namespace elfin::cpu
