// SystemZone: where a volume's own metadata lie, so that no file of a damaged volume is let there.
#pragma once

#include <cstdint>
#include <vector>

namespace elfin::ext {

class SystemZone {
 public:
  struct Range {
    uint64_t first;
    uint64_t count;
  };
  void Add(uint64_t first, uint64_t count) { ranges_.push_back({first, count}); }
  /// Sorts and joins; call once after the last Add.
  void Finish();
  bool Overlaps(uint64_t first, uint64_t count) const;
  /// Sorted.
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

}  // namespace elfin::ext
