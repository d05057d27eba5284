// Emitters of jit/instructions/crypto.inc.
#include "jit/emit/insn_table.h"
#include "jit/semantics/crypto.h"

namespace elfin::jit {
namespace {

#define INSN ELFIN_EMITTER_ROW
#include "jit/instructions/crypto.inc"
#undef INSN

}  // namespace

const EmitterList kCryptoEmitters[] = {
#define INSN ELFIN_EMITTER_LIST
#include "jit/instructions/crypto.inc"
#undef INSN
};

}  // namespace elfin::jit
