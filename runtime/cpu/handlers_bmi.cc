// Handlers of jit/instructions/bmi.inc.
#include "jit/semantics/bmi.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/bmi.inc"
#undef INSN

}  // namespace

const HandlerList kBmiHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/bmi.inc"
#undef INSN
};

}  // namespace elfin::cpu
