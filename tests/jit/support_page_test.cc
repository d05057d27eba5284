#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "jit/tools/support_page.h"

namespace elfin::test {

TEST_CASE("docs/instructions.md is what the table says", "[support_page]") {
  std::ifstream file("docs/instructions.md");
  std::stringstream text;
  text << file.rdbuf();
  // Out of date: build the target instructions_support_page and run it > docs/instructions.md.
  CHECK(text.str() == jit::SupportPage());
}

}  // namespace elfin::test
