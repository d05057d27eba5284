// From a decoded instruction to its handler.
#pragma once

#include "runtime/cpu/handler.h"

namespace elfin::cpu {

/// The handler of insn's mnemonic, width and form. Every form that the decoder lets through has
/// one.
Handler HandlerFor(const decoder::GuestInsn& insn);

// One table a chapter of jit/instructions.inc, in its order; defined in handlers_<chapter>.cc.
extern const HandlerList kMoveHandlers[];
extern const HandlerList kArithHandlers[];
extern const HandlerList kShiftHandlers[];
extern const HandlerList kControlHandlers[];
extern const HandlerList kStringHandlers[];
extern const HandlerList kSystemHandlers[];
extern const HandlerList kX87Handlers[];
extern const HandlerList kSseMoveHandlers[];
extern const HandlerList kSseFloatHandlers[];
extern const HandlerList kSseIntHandlers[];
extern const HandlerList kMmxHandlers[];
extern const HandlerList kBmiHandlers[];
extern const HandlerList kSse3Handlers[];
extern const HandlerList kSse4Handlers[];
extern const HandlerList kCryptoHandlers[];
extern const HandlerList kMissingHandlers[];

}  // namespace elfin::cpu
