#include "runtime/loader/script.h"

#include <algorithm>
#include <string_view>

namespace elfin::loader {

namespace {
constexpr std::string_view kBlanks = " \t";
}

bool IsScript(const uint8_t* bytes, size_t size) {
  return size >= 2 && bytes[0] == '#' && bytes[1] == '!';
}

// As load_script in Linux's fs/binfmt_script.c.
Result<ScriptLine> ReadScriptLine(const uint8_t* bytes, size_t size, std::string& sentence) {
  std::string_view line(reinterpret_cast<const char*>(bytes), std::min(size, kScriptLineMax));
  line.remove_prefix(2);
  const size_t line_end = line.find('\n');
  const bool complete = line_end != std::string_view::npos || size < kScriptLineMax;
  line = line.substr(0, line_end);
  line = line.substr(0, line.find('\0'));
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  if (line.empty()) {
    sentence = "a script whose first line names no interpreter";
    return Errno::kNoExec;
  }
  const size_t path_end = line.find_first_of(kBlanks);
  if (!complete && path_end == std::string_view::npos) {
    sentence = "a script whose interpreter's path is too long";
    return Errno::kNoExec;
  }
  ScriptLine result{std::string(line.substr(0, path_end)), std::nullopt};
  if (path_end == std::string_view::npos) return result;
  line.remove_prefix(path_end);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
  if (!line.empty()) result.argument = std::string(line);
  return result;
}

}  // namespace elfin::loader
