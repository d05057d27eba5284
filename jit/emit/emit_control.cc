// Emitters of jit/instructions/control.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/control.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/control.inc"
#undef INSN

}  // namespace

const EmitterList kControlEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/control.inc"
#undef INSN
};

}  // namespace elfin::jit
