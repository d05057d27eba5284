// Random blocks: 5 to 30 instructions, as the translator sees them.
//
//   straight code   instructions of all chapters that compute, flags written and used, memory
//                   operands off few base registers with displacements that overlap
//   jumps           forward, of every condition; JRCXZ; into loops as well
//   loops           up to two, one in the other or one behind the other, a few rounds each
//   calls           of one function behind the block
//
//   rbp, r13   bases of memory operands       rdi, r15   indices, small
//   r12, r14   the loops' counters            rsp        the stack
//
// These are read by everything, but written only here; so what runs stays in the zones of layout.h
// and comes to an end.
#pragma once

#include <vector>

#include "tests/cpu/fuzz/encodings.h"
#include "tests/cpu/fuzz/machine_image.h"
#include "tests/cpu/fuzz/random.h"

namespace elfin::fuzz {

class BlockMaker {
 public:
  /// `buckets` outlive it.
  explicit BlockMaker(const std::vector<Bucket>& buckets);

  /// undefined: whether the block's result depends on flags that the manuals leave undefined, so
  /// that it is no business of the processor's.
  void Make(Random& random, Case* test, bool* undefined) const;

 private:
  enum Kind : unsigned { kCompute, kUseFlags, kMove, kShift, kBits, kVector, kNumbers, kKinds };

  std::vector<const Bucket*> buckets_[kKinds];

  friend class BlockBuilder;
};

}  // namespace elfin::fuzz
