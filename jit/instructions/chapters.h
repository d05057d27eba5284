// The chapters of jit/instructions.inc: how a mnemonic's row is found in tables that are made
// chapter by chapter (the interpreter's handlers, the translator's emitters).
#pragma once

#include <cstddef>

#include "decoder/guest_insn.h"

namespace elfin::decoder {

/// In the order of jit/instructions.inc, through which Mnemonic values count.
enum class Chapter {
  kMove,
  kArith,
  kShift,
  kControl,
  kString,
  kSystem,
  kX87,
  kSseMove,
  kSseFloat,
  kSseInt,
  kMmx,
  kBmi,
  kSse3,
  kSse4,
  kCrypto,
  kMissing,
  kCount,
};

#define INSN(...) +1
inline constexpr size_t kChapterRows[] = {0
#include "jit/instructions/move.inc"
                                          ,
                                          0
#include "jit/instructions/arith.inc"
                                          ,
                                          0
#include "jit/instructions/shift.inc"
                                          ,
                                          0
#include "jit/instructions/control.inc"
                                          ,
                                          0
#include "jit/instructions/string.inc"
                                          ,
                                          0
#include "jit/instructions/system.inc"
                                          ,
                                          0
#include "jit/instructions/x87.inc"
                                          ,
                                          0
#include "jit/instructions/sse_move.inc"
                                          ,
                                          0
#include "jit/instructions/sse_float.inc"
                                          ,
                                          0
#include "jit/instructions/sse_int.inc"
                                          ,
                                          0
#include "jit/instructions/mmx.inc"
                                          ,
                                          0
#include "jit/instructions/bmi.inc"
                                          ,
                                          0
#include "jit/instructions/sse3.inc"
                                          ,
                                          0
#include "jit/instructions/sse4.inc"
                                          ,
                                          0
#include "jit/instructions/crypto.inc"
                                          ,
                                          0
#include "jit/instructions/missing.inc"
};
#undef INSN
static_assert(sizeof(kChapterRows) / sizeof(kChapterRows[0]) ==
              static_cast<size_t>(Chapter::kCount));

/// A mnemonic's chapter and which of its rows it is.
struct RowPlace {
  size_t chapter;
  size_t row;
};
constexpr RowPlace RowPlaceOf(Mnemonic mnemonic) {
  auto row = static_cast<size_t>(mnemonic);
  size_t chapter = 0;
  while (row >= kChapterRows[chapter]) row -= kChapterRows[chapter++];
  return {chapter, row};
}

}  // namespace elfin::decoder
