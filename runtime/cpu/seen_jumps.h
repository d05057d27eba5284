// Where indirect jumps have gone: the interpreter notes it, region selection takes the targets for
// blocks of the jump's region (a switch's cases).
//
// A hash set of pairs with a bounded search, so it forgets nothing and may know too little: what
// finds no place isn't noted. What it knows is a hint; a target that is no more is found out where
// it is looked up.
#pragma once

#include <cstdint>

namespace elfin::cpu {

struct SeenJump {
  uint32_t jump;  // address of the instruction; 0: none
  uint32_t target;
};

struct SeenJumps {
  static constexpr uint32_t kSizeLog2 = 13;
  static constexpr uint32_t kSearched = 8;
  SeenJump items[(1u << kSizeLog2) + kSearched];
};

inline void NoteJump(SeenJumps& seen, uint32_t jump, uint32_t target) {
  constexpr uint32_t kGolden = 0x9e37'79b1;
  const uint32_t hash = (jump * kGolden ^ target) * kGolden;
  SeenJump* item = seen.items + (hash >> (32 - SeenJumps::kSizeLog2));
  for (uint32_t n = 0; n < SeenJumps::kSearched; ++n, ++item) {
    if (item->jump == jump && item->target == target) return;
    if (item->jump == 0) {
      *item = {jump, target};
      return;
    }
  }
}

/// action(target) for each target that a jump was seen to go to.
template <class Action>
void ForEachSeenTarget(const SeenJumps& seen, uint32_t jump, Action action) {
  for (const SeenJump& item : seen.items) {
    if (item.jump == jump) action(item.target);
  }
}

}  // namespace elfin::cpu
