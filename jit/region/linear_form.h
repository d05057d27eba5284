// Linear forms: what is known of a value in a loop, told by what the slots held when the turn of
// the loop began:
//
//     factor × slot + factor × slot + … + a number in [low, high]        (modulo 2^64)
//
// An I32's form says its low 32 bits. Where a form holds only while something else stays in bounds
// (a 32-bit index that is extended must not have wrapped), it names what it needs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "jit/region/region_graph.h"

namespace elfin::jit {

struct LinearForm {
  struct Term {
    Slot slot;
    int64_t factor;
    bool operator==(const Term&) const = default;
  };
  static constexpr unsigned kMaxTerms = 3;

  bool known = false;
  uint8_t count = 0;
  std::array<Term, kMaxTerms> terms{};  // ascending by slot, no factor 0
  int64_t low = 0, high = 0;
  uint64_t needs = 0;  // bit n: LoopForms::needs()[n]

  bool SameTerms(const LinearForm& other) const;
};

/// low … high, no terms. Numbers beyond ±2^40 are not known.
LinearForm NumberForm(int64_t low, int64_t high);
LinearForm SlotForm(Slot slot);
LinearForm Sum(const LinearForm& a, const LinearForm& b);
LinearForm Product(const LinearForm& a, int64_t factor);
/// What is true of a value that is a or b.
LinearForm Either(const LinearForm& a, const LinearForm& b);

using SlotForms = std::array<LinearForm, kSlotCount>;

/// Evaluates the blocks of one loop.
class LoopForms {
 public:
  /// [form] must be in [0, limit).
  struct Need {
    LinearForm form;
    uint64_t limit;
  };

  /// The forms of the block's operations; slots: at its beginning, then at its end.
  std::vector<LinearForm> Evaluate(const RegionBlock& block, SlotForms* slots);
  const std::vector<Need>& needs() const { return needs_; }

 private:
  LinearForm Evaluate(const Op& op, const std::vector<LinearForm>& values);
  LinearForm Extended(const LinearForm& form, uint64_t limit);

  std::vector<Need> needs_;
};

}  // namespace elfin::jit
