// Emitters of jit/instructions/sse4.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/sse4.h"
#include "jit/semantics/sse4_float.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/sse4.inc"
#undef INSN

}  // namespace

const EmitterList kSse4Emitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/sse4.inc"
#undef INSN
};

}  // namespace elfin::jit
