// FADD, FSUB, FMUL, FDIV and FSQRT. Results have the control word's precision.
// Reversed forms are the same with the operands exchanged.
#pragma once

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

Float80 Add(Context& context, Float80 a, Float80 b);
/// a − b.
Float80 Subtract(Context& context, Float80 a, Float80 b);
Float80 Multiply(Context& context, Float80 a, Float80 b);
/// a / b.
Float80 Divide(Context& context, Float80 a, Float80 b);
Float80 SquareRoot(Context& context, Float80 a);

}  // namespace elfin::cpu::float80
