// The shared mappings of one address space: which pages it has written since it last told the
// others.
//
// A page that it hasn't written is kept read-only in the page map, whatever its protection (so the
// process runs with page checks); the first write faults, and AddressSpace::MakeWritable marks the
// page. Kernel code that reads or writes guest memory gets the newest copy first (Hold) and marks
// what it writes.
//
// The same page mapped twice in one space (an alias) is there twice as well. While it is marked at
// one address the others are not accessible; whoever touches one of them, guest or kernel, settles
// it: all get the newest bytes and the mark goes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "runtime/memory/shared_pages.h"

namespace elfin::memory {

class AddressSpace;
struct Area;

/// How many bytes of an area lie within the first `size` bytes, rounded up to pages, of what it
/// maps.
uint64_t BytesWithin(const Area& area, uint64_t size);

class SharedMappings final : public SharedPagesUser {
 public:
  explicit SharedMappings(AddressSpace& space) : space_(space) {}
  /// Publishes. The space's memory and areas are still there.
  ~SharedMappings() override;

  /// Its copy is that of version `seen` (0: as file or zeros).
  void Attach(const std::shared_ptr<SharedPages>& pages, uint64_t seen);
  /// Takes over all that is known of a new area's pages.
  void RefreshArea(const Area& area);
  /// Lets go of what no area has any more.
  void DetachUnmapped();
  /// From now on this space has the newest copy of all its shared pages.
  void Hold();
  /// An area has come: whether its pages are there twice now.
  void NoteAliases(const SharedPages& pages);
  /// All aliases have the same bytes and are accessible.
  void Settle();
  /// Whether a page is marked at another address.
  bool IsElsewhere(const Area& area, uint64_t page) const;
  /// Tells of all writes in [start, end), before the areas there go or move.
  void PublishRange(uint64_t start, uint64_t end);
  /// All of them.
  void PublishAll();
  /// A page of a shared area, page aligned, is going to be written or has been; it was settled
  /// before. True: it was not marked.
  bool Mark(const Area& area, uint64_t page);

  void Publish(SharedPages& pages) override;
  void Refresh(SharedPages& pages) override;
  void Resized(SharedPages& pages) override;
  void Tracked(SharedPages& pages) override;

 private:
  using Place = std::pair<const Area*, uint64_t>;  // with the address of the page
  std::vector<Place> PlacesOf(const SharedPages& pages, uint64_t index) const;
  void PublishPage(SharedPages& pages, bool aliased, uint64_t page);
  void TakeOver(const Area& area, const SharedPages::Change& change);
  struct Attachment {
    std::shared_ptr<SharedPages> pages;
    uint64_t seen = 0;           // version
    std::set<uint64_t> written;  // addresses of pages
    bool aliased = false;        // some page may be mapped twice here
  };

  AddressSpace& space_;
  std::map<const SharedPages*, Attachment> attachments_;
};

}  // namespace elfin::memory
