// docs/instructions.md: which instructions are there, made from jit/instructions.inc and
// decoder/features.inc.
#pragma once

#include <string>

namespace elfin::jit {

/// The page as Markdown.
std::string SupportPage();

}  // namespace elfin::jit
