// Where Elfin's own messages go (never a guest's output). The embedding installs a sink; without
// one, native builds write to standard error and WebAssembly builds drop the message.
#pragma once

#include <string_view>

namespace elfin {

enum class LogLevel { kError, kWarning, kInfo };

using LogSink = void (*)(LogLevel level, std::string_view message);
void SetLogSink(LogSink sink);

/// One message, without a final newline.
void Log(LogLevel level, std::string_view message);

/// Used by CHECK.
void LogCheckFailure(const char* file, int line, const char* text);

}  // namespace elfin
