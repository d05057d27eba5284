// The exports for translated code: runtime/cpu/translated_helpers.inc.
#include "runtime/cpu/aes.h"
#include "runtime/cpu/carryless.h"
#include "runtime/cpu/flag_words.h"
#include "runtime/cpu/float_helpers.h"
#include "runtime/cpu/integer_helpers.h"
#include "runtime/cpu/sha.h"
#include "runtime/cpu/string_compare.h"
#include "runtime/cpu/wide_arithmetic.h"

namespace elfin::cpu {

#define HELPER(name, function, result, parameters, arguments)             \
  extern "C" __attribute__((export_name(#name))) result name parameters { \
    return function arguments;                                            \
  }
#include "runtime/cpu/translated_helpers.inc"
#undef HELPER

}  // namespace elfin::cpu
