// Emitters of jit/instructions/bmi.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/bmi.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/bmi.inc"
#undef INSN

}  // namespace

const EmitterList kBmiEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/bmi.inc"
#undef INSN
};

}  // namespace elfin::jit
