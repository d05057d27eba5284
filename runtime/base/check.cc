#include "runtime/base/check.h"

#include "runtime/base/log.h"

namespace elfin {

void CheckFailed(const char* file, int line, const char* text) {
  LogCheckFailure(file, line, text);
  __builtin_trap();
}

}  // namespace elfin
