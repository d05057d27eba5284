// Emitters of jit/instructions/move.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/control.h"
#include "jit/semantics/move.h"
#include "jit/semantics/stack.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/move.inc"
#undef INSN

}  // namespace

const EmitterList kMoveEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/move.inc"
#undef INSN
};

}  // namespace elfin::jit
