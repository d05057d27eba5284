// Emitters of jit/instructions/sse_int.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/sse_int.h"
#include "jit/semantics/sse_move.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/sse_int.inc"
#undef INSN

}  // namespace

const EmitterList kSseIntEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/sse_int.inc"
#undef INSN
};

}  // namespace elfin::jit
