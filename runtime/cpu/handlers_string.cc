// Handlers of jit/instructions/string.inc.
#include "jit/semantics/string.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/string.inc"
#undef INSN

}  // namespace

const HandlerList kStringHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/string.inc"
#undef INSN
};

}  // namespace elfin::cpu
