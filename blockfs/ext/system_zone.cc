#include "blockfs/ext/system_zone.h"

#include <algorithm>

namespace elfin::ext {

void SystemZone::Finish() {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> joined;
  for (const Range& range : ranges_) {
    if (!joined.empty() && range.first <= joined.back().first + joined.back().count) {
      Range& last = joined.back();
      last.count = std::max(last.first + last.count, range.first + range.count) - last.first;
    } else {
      joined.push_back(range);
    }
  }
  ranges_ = std::move(joined);
}

bool SystemZone::Overlaps(uint64_t first, uint64_t count) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), first,
                       [](uint64_t block, const Range& r) { return block < r.first; });
  if (after != ranges_.end() && after->first - first < count) return true;
  if (after == ranges_.begin()) return false;
  const Range& before = *std::prev(after);
  return first - before.first < before.count;
}

}  // namespace elfin::ext
