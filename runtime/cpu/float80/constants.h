// FLDL2T, FLDL2E, FLDPI, FLDLG2 and FLDLN2 (FLD1 and FLDZ are kOne and Zero(false)).
#pragma once

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

enum class Constant : uint8_t { kLog2Of10, kLog2OfE, kPi, kLog10Of2, kLogOf2 };

/// Rounded to 64 bits by the rounding control; nothing is raised.
Float80 LoadConstant(Rounding rounding, Constant constant);

}  // namespace elfin::cpu::float80
