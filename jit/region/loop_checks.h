// Which checks of a loop's memory accesses can be made before a stretch of its turns, and by which
// tests.
//
// What the loop adds to its slots in a turn is found by evaluating it in linear forms. An address
// that such slots make is in bounds for a whole stretch if it is at the stretch's beginning and, as
// far as the steps carry it, at its end.
#pragma once

#include <vector>

#include "jit/region/access_checks.h"
#include "jit/region/linear_form.h"
#include "jit/region/loops.h"

namespace elfin::jit {

/// All of the form's [low, high] must be in [0, limit); limit 0: in guest memory below the span.
struct LoopTest {
  LinearForm form;
  uint64_t limit;
};

struct LoopCheck {
  size_t block;  // in Loop::blocks
  AccessCheck access;
  LinearForm form;  // of its bytes
};

struct LoopChecks {
  std::vector<LoopCheck> checks;  // that the tests make unnecessary
  std::vector<LoopTest> tests;    // of the slots where a stretch begins
  int64_t stretch = 0;            // guest instructions
};

/// more_turns: how many turns a stretch may last longer than by its instructions. False: nothing
/// can be gained.
bool AnalyzeLoopChecks(const RegionGraph& graph, const Loop& loop, int64_t more_turns,
                       LoopChecks* result);

}  // namespace elfin::jit
