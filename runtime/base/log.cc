#include "runtime/base/log.h"

#include <string>
#ifndef __wasm__
#include <cstdio>
#endif

namespace elfin {
namespace {

LogSink g_sink = nullptr;

}  // namespace

void SetLogSink(LogSink sink) { g_sink = sink; }

void Log(LogLevel level, std::string_view message) {
  if (g_sink != nullptr) {
    g_sink(level, message);
    return;
  }
#ifndef __wasm__
  std::fprintf(stderr, "elfin: %.*s\n", static_cast<int>(message.size()), message.data());
#endif
}

void LogCheckFailure(const char* file, int line, const char* text) {
  Log(LogLevel::kError, std::string(file) + ":" + std::to_string(line) + ": CHECK failed: " + text);
}

}  // namespace elfin
