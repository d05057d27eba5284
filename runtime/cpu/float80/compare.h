// FCOM, FUCOM, FTST and FXAM.
#pragma once

#include "runtime/cpu/float80/float80.h"

namespace elfin::cpu::float80 {

enum class Ordering : uint8_t { kLess, kEqual, kGreater, kUnordered };

/// Which NaNs raise kInvalid: all (FCOM) or the signaling ones (FUCOM). Unsupported encodings
/// always do.
enum class QuietNans : uint8_t { kRaise, kAllow };

/// How a relates to b. With an unmasked kInvalid or kDenormal the answer must not be used.
Ordering Compare(Context& context, Float80 a, Float80 b, QuietNans quiet_nans);

}  // namespace elfin::cpu::float80
