// Loops whose memory accesses are checked before a stretch of turns instead of in each of them.
//
// An innermost loop that steps its pointers by constants is written twice. A guard in front checks
// the first and the last byte that a stretch of instructions can reach from where the pointers are
// now; the copy then runs that stretch without checks, and comes back to the guard. Where the guard
// finds that something could be out of reach, the loop runs as it was, and faults exactly.
//
//      others ─▶ (first turn ─▶) guard ──────▶ the loop, with its checks ─┐
//                                 ▲ └──▶ the copy, without ◀─┐       ▲────┘
//                                 └────────── stretch over ──┴─ budget left
//
// Short loops have their first turn, with its checks, in front of the guard: many end in it.
//
// The guard knows nothing of how often the loop will go round: it reckons with the stretch alone.
// Its length is in the budget's measure, so that one comparison on the back edge looks at both.
#pragma once

#include "jit/region/region_graph.h"

namespace elfin::jit {

/// Adds guards and copies to a graph whose loop headers and entries are marked. Entries and edges
/// from outside lead to the guards then. Does nothing where every access looks at its page.
void AddUncheckedLoops(RegionGraph* graph);

}  // namespace elfin::jit
