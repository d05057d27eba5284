// "#!" files: which interpreter a script asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/result.h"

namespace elfin::loader {

/// How much of a file's beginning exec looks at (BINPRM_BUF_SIZE).
inline constexpr size_t kScriptLineMax = 256;

struct ScriptLine {
  std::string interpreter;
  /// Everything behind the interpreter, as one argument, blanks trimmed.
  std::optional<std::string> argument;
};

/// Whether the file's first bytes say that it is a script.
bool IsScript(const uint8_t* bytes, size_t size);
/// Precondition: IsScript. `size` is at most kScriptLineMax. Errors: kNoExec (no interpreter named,
/// or the path doesn't end within the bytes), with a sentence.
Result<ScriptLine> ReadScriptLine(const uint8_t* bytes, size_t size, std::string& sentence);

}  // namespace elfin::loader
