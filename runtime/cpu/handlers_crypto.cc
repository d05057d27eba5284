// Handlers of jit/instructions/crypto.inc.
#include "jit/semantics/crypto.h"
#include "runtime/cpu/handler_table.h"

namespace elfin::cpu {
namespace {

#define INSN ELFIN_ROW_TYPE
#include "jit/instructions/crypto.inc"
#undef INSN

}  // namespace

const HandlerList kCryptoHandlers[] = {
#define INSN ELFIN_ROW_HANDLERS
#include "jit/instructions/crypto.inc"
#undef INSN
};

}  // namespace elfin::cpu
