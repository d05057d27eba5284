#include "jit/emit/cpu_functions.h"

#include "runtime/cpu/aes.h"
#include "runtime/cpu/carryless.h"
#include "runtime/cpu/flag_words.h"
#include "runtime/cpu/float_helpers.h"
#include "runtime/cpu/integer_helpers.h"
#include "runtime/cpu/sha.h"
#include "runtime/cpu/string_compare.h"
#include "runtime/cpu/wide_arithmetic.h"

namespace elfin::jit {
namespace {

template <class T>
constexpr Type TypeFor() {
  if constexpr (sizeof(T) == 16) return Type::kV128;
  return sizeof(T) == 8 ? Type::kI64 : Type::kI32;
}

template <class Result, class... Parameters>
constexpr HelperSignature SignatureFor(const char* name, Result (*)(Parameters...)) {
  return {name, TypeFor<Result>(), false, sizeof...(Parameters), {TypeFor<Parameters>()...}};
}
template <class Result, class... Parameters>
constexpr HelperSignature SignatureFor(const char* name,
                                       Result (*)(cpu::CpuState*, Parameters...)) {
  return {name, TypeFor<Result>(), true, sizeof...(Parameters), {TypeFor<Parameters>()...}};
}

constexpr HelperSignature kSignatures[] = {
#define HELPER(name, function, ...) SignatureFor(#name, &cpu::function),
#include "runtime/cpu/translated_helpers.inc"
#undef HELPER
};

}  // namespace

const HelperSignature& SignatureOf(HelperId id) { return kSignatures[static_cast<size_t>(id)]; }

HelperId FindHelper(uintptr_t function) {
#define HELPER(name, function_name, ...)                            \
  if (function == reinterpret_cast<uintptr_t>(&cpu::function_name)) \
    return HelperId::k##function_name;
#include "runtime/cpu/translated_helpers.inc"
#undef HELPER
  return HelperId::kCount;
}

}  // namespace elfin::jit
