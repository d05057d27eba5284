// A process's address space: which guest addresses mean what, over one ProcessMemory.
//
//   mmap, brk, exec  →  AddressSpace  →  areas (VMA list)  +  page flags and bytes in ProcessMemory
//   handlers         →  CopyIn / CopyOut: the only way from the kernel to guest memory
//
// Invariants: areas don't overlap, are sorted and page aligned, and lie in [kGuestBegin,
// kGuestEnd). Every page that an area makes accessible exists in the ProcessMemory; a reservation
// (kNoAccess) takes addresses only. A page that newly becomes part of a mapping reads as zero or as
// its file. A page of a file mapping that lies wholly beyond the end of the file is not accessible
// and faults as SIGBUS.
//
// Must not know: processes, descriptors, signals. Where each thing lies is runtime/address_map.h's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/address_map.h"
#include "runtime/base/foreign_range.h"
#include "runtime/base/result.h"
#include "runtime/base/task.h"
#include "runtime/base/types.h"
#include "runtime/memory/mapped_file.h"
#include "runtime/memory/process_memory.h"

namespace elfin::memory {

/// No mapping is put here by itself, so that a stack that overflows faults.
inline constexpr uint64_t kStackGuard = 0x10'0000;
/// Bytes of the cpu's decode cache, above the stack's top.
inline constexpr uint64_t kDecodeCacheSize = 0x0200'0000;

/// PROT_* bits; PROT_WRITE and PROT_EXEC imply reading, as on the processor.
enum Protection : uint8_t {
  kNoAccess = 0,
  kProtRead = 1,
  kProtWrite = 2,
  kProtExecute = 4,
};

enum class Sharing : uint8_t { kPrivate, kShared };

/// What an area is for: /proc/self/maps names it so.
enum class AreaKind : uint8_t { kPlain, kHeap, kStack };

class SharedMappings;  // shared_mappings.h
class SharedPages;     // shared_pages.h

/// One mapping: [start, end), all of it with the same properties.
struct Area {
  uint64_t start = 0;
  uint64_t end = 0;
  uint8_t protection = kNoAccess;
  /// What mprotect may give at most (a shared mapping of a file opened read-only can't become
  /// writable).
  uint8_t maximum_protection = kProtRead | kProtWrite | kProtExecute;
  Sharing sharing = Sharing::kPrivate;
  AreaKind kind = AreaKind::kPlain;
  bool locked = false;
  bool grows_down = false;
  std::shared_ptr<MappedFile> file;  // null: anonymous
  /// kShared, whose copies others have, too; otherwise null.
  std::shared_ptr<SharedPages> shared;
  uint64_t file_offset = 0;  // of `start`, in the file or the shared pages
  /// Pages from here on lie wholly beyond the end of the file; `end` if there are none.
  uint64_t backed_end = 0;

  uint64_t size() const { return end - start; }
};

/// Why an access is not possible: what a fault there means to the guest.
enum class FaultKind { kNone, kNotMapped, kForbidden, kBeyondFile };

enum class Placement : uint8_t {
  kAnywhere,        // `address` is a hint
  kFixed,           // MAP_FIXED: replaces what is there
  kFixedNoReplace,  // kExist where something is there
};

struct MapRequest {
  uint64_t address = 0;
  uint64_t length = 0;
  uint8_t protection = kNoAccess;
  uint8_t maximum_protection = kProtRead | kProtWrite | kProtExecute;
  Sharing sharing = Sharing::kPrivate;
  Placement placement = Placement::kAnywhere;
  AreaKind kind = AreaKind::kPlain;
  bool grows_down = false;
  bool locked = false;
  std::shared_ptr<MappedFile> file;
  /// Without a file and kShared: what to map (System V). Null: new pages.
  std::shared_ptr<SharedPages> shared;
  uint64_t file_offset = 0;
};

struct RemapRequest {
  uint64_t old_address = 0;
  uint64_t old_length = 0;
  uint64_t new_length = 0;
  bool may_move = false;
  std::optional<uint64_t> fixed_address;
};

/// The page map's byte for a page of that protection.
uint8_t FlagsOf(uint8_t protection);

class AddressSpace {
 public:
  explicit AddressSpace(std::unique_ptr<ProcessMemory> memory);
  ~AddressSpace();
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  ProcessMemory& memory() { return *memory_; }
  const ProcessMemory& memory() const { return *memory_; }

  // ---- The kernel's way to guest memory. Checked against the areas; kFault where not allowed.
  // ----

  /// All or nothing: kFault and nothing copied if any byte is out of reach.
  Status CopyIn(GuestAddr from, void* to, size_t size) const;
  Status CopyOut(GuestAddr to, const void* from, size_t size);
  Status Zero(GuestAddr to, size_t size);
  template <class T>
  Result<T> CopyIn(GuestPtr<T> from) const {
    T value;
    TRY(CopyIn(from.address, &value, sizeof(T)));
    return value;
  }
  template <class T>
  Status CopyOut(GuestPtr<T> to, const T& value) {
    return CopyOut(to.address, &value, sizeof(T));
  }
  /// As much as is in reach: returns bytes copied. Error kFault if the first byte already isn't
  /// (and size > 0).
  Result<size_t> CopyInPartial(GuestAddr from, void* to, size_t size) const;
  Result<size_t> CopyOutPartial(GuestAddr to, const void* from, size_t size);
  /// What CopyOutPartial would write to, for the host to fill at once; it counts as written from
  /// now on. nullopt: the first byte is out of reach, or the memory is none of the host's.
  std::optional<ForeignRange> ForeignWritable(GuestAddr to, uint64_t size);
  /// A string up to its zero byte, without it. `limit` counts the zero byte. Errors: kFault, and
  /// kNameTooLong when there is no zero byte within `limit`.
  Result<std::string> CopyInString(GuestAddr from, size_t limit) const;
  /// How many bytes from `address` on, at most `size`, may be read (`access` kProtRead) or written.
  uint64_t Accessible(uint64_t address, uint64_t size, uint8_t access) const;
  /// What a fault at `address` is. kNone: an access of that kind is allowed there.
  FaultKind ExplainFault(uint64_t address, uint8_t access) const;

  // ---- Mappings. Lengths are rounded up to pages; addresses of fixed requests must be aligned.
  // ----

  /// mmap(2). Errors: kInval, kNoMem (addresses, memory or the limit), kPerm (below kGuestBegin),
  /// kExist, and the file's own. A file's bytes are all there when the task is ready; until then
  /// the range belongs to nobody else but is not accessible.
  Task<Result<uint64_t>> Map(MapRequest request);
  /// munmap(2). Holes are no error. Errors: kInval, and the file's own from writing back shared
  /// pages.
  Task<Status> Unmap(uint64_t address, uint64_t length);
  /// mremap(2). Errors: kInval, kFault, kNoMem, kAgain.
  Task<Result<uint64_t>> Remap(RemapRequest request);
  /// mprotect(2). Errors: kInval, kNoMem (a hole; what is before it has changed), kAcces.
  Status Protect(uint64_t address, uint64_t length, uint8_t protection);
  /// madvise(2) MADV_DONTNEED: private pages read as zero or as their file again. Errors: kNoMem,
  /// kInval.
  Task<Status> Discard(uint64_t address, uint64_t length);
  /// msync(2): writes shared file pages back. Errors: kNoMem (holes), the file's own.
  enum class Holes { kRefused, kAllowed };
  Task<Status> Sync(uint64_t address, uint64_t length, Holes holes = Holes::kRefused);
  /// mlock(2), munlock(2): remembered only. Errors: kNoMem (holes, or over the limit).
  Status SetLocked(uint64_t address, uint64_t length, bool locked);
  /// brk(2): sets the heap's end if it can, and returns the end that now holds. 0 asks.
  uint64_t SetBreak(uint64_t address);
  /// Whether every page of the range is mapped.
  bool IsMapped(uint64_t address, uint64_t length) const;

  // ---- A new program. ----

  /// Where the large things of this process lie (address_map.h).
  struct Layout {
    uint64_t heap_start = 0;
    uint64_t stack_bottom =
        0;  // lowest address of the stack; below it a guard of kStackGuard bytes
    uint64_t stack_top = 0;
    uint64_t cache_end = 0;  // [stack_top, cache_end): the cpu's decode cache, nothing to the guest
  };
  /// Arranges heap, stack, decode cache and libraries around an image that ends at `image_end`:
  /// maps the stack, grows the memory and resets the cpu. Precondition: nothing but the image is
  /// mapped. Errors: kNoMem.
  Status Arrange(uint64_t image_end, uint64_t stack_size);
  const Layout& layout() const { return layout_; }
  /// fork(2): the same mappings with the same bytes over `memory`, which is new; its cpu is reset.
  /// What a stack holds below `stack_pointer`, if that points into it, is garbage and stays behind.
  /// Errors: kNoMem.
  Result<std::unique_ptr<AddressSpace>> Fork(std::unique_ptr<ProcessMemory> memory,
                                             uint64_t stack_pointer);

  // ---- Shared mappings. ----

  bool has_shared_mappings() const { return shared_ != nullptr; }
  /// Before its cpu runs: takes over what other address spaces have written to shared pages.
  void HoldShared() const;
  /// An access to `address` has faulted. True: the address is that of a shared page, which is made
  /// ready for it; the same access succeeds now.
  bool ResolveFault(uint64_t address, uint8_t access);
  /// What is mapped at an address for all who share it: the same for two mappings of the same
  /// bytes. `pages` is null in private mappings and holes.
  struct SharedPlace {
    const SharedPages* pages = nullptr;
    uint64_t offset = 0;
  };
  SharedPlace FindShared(uint64_t address) const;
  /// Writes all shared pages back, before the address space is destroyed.
  Task<Status> SyncAll() { return Sync(kGuestBegin, kGuestEnd - kGuestBegin, Holes::kAllowed); }

  /// Whose registers the memory's one cpu holds now: a number that only the kernel knows the
  /// meaning of. 0: nobody's.
  int32_t cpu_owner = 0;

  // ---- For /proc, limits and accounting. ----

  /// Areas in order, by start.
  const std::map<uint64_t, Area>& areas() const { return areas_; }
  /// Bytes mapped (RLIMIT_AS counts them), without the hidden range.
  uint64_t mapped_bytes() const;
  uint64_t locked_bytes() const;
  uint64_t heap_end() const { return break_; }
  struct Limits {
    uint64_t address_space = UINT64_MAX;  // RLIMIT_AS
    uint64_t data = UINT64_MAX;           // RLIMIT_DATA, for brk
    uint64_t locked = UINT64_MAX;         // RLIMIT_MEMLOCK
  };
  Limits& limits() { return limits_; }

 private:
  friend class SharedMappings;
  using AreaMap = std::map<uint64_t, Area>;

  // areas.cc: the list.
  const Area* Find(uint64_t address) const;
  AreaMap::iterator FirstFrom(uint64_t address);
  void SplitAt(uint64_t address);
  void Insert(Area area);
  void MergeAround(uint64_t start, uint64_t end);
  void Remove(uint64_t start, uint64_t end);
  void RemoveKeepingShared(uint64_t start, uint64_t end);
  void MarkStale(uint64_t start, uint64_t end);
  void ClearStale(uint64_t start, uint64_t end);
  bool IsFree(uint64_t start, uint64_t end) const;
  std::optional<uint64_t> FindFree(uint64_t length, uint64_t hint) const;

  // guest_copy.cc
  void Store(uint64_t address, const void* from, uint64_t size);
  void NoteWrite(uint64_t address, uint64_t size);

  // mapping.cc
  Result<uint64_t> Place(const MapRequest& request, uint64_t length) const;
  Status CheckLimit(uint64_t more) const;
  Status GrowTo(uint64_t end);
  Result<uint64_t> MapAnonymous(const MapRequest& request, uint64_t address, uint64_t length);
  void ApplyFlags(const Area& area);

  // file_mapping.cc
  Task<Result<uint64_t>> MapSlowly(MapRequest request, uint64_t address, uint64_t length);
  Task<Status> UnmapSlowly(uint64_t address, uint64_t length);
  Task<Status> Fill(uint64_t start, uint64_t end);
  Task<Status> FillArea(Area area);
  Task<Status> WriteBack(uint64_t start, uint64_t end);
  bool NeedsWriteBack(uint64_t start, uint64_t end);

  // shared_areas.cc
  SharedMappings& Shared();
  std::shared_ptr<SharedPages> SharedPagesFor(const MapRequest& request, uint64_t length) const;
  void ResizeBacking(uint64_t start, uint64_t backed_end);

  // remap.cc
  Task<Result<uint64_t>> RemapMoving(RemapRequest request, uint64_t to);
  Task<Result<uint64_t>> MapAgain(const Area& area, const RemapRequest& request);
  Task<Result<uint64_t>> RemapInPlace(RemapRequest request);
  Task<Result<uint64_t>> Shrink(RemapRequest request);

  std::unique_ptr<ProcessMemory> memory_;
  AreaMap areas_;
  /// Ranges [key, value) that hold what an earlier mapping left: cleared when they are mapped
  /// again.
  std::map<uint64_t, uint64_t> stale_;
  Layout layout_;
  Limits limits_;
  uint64_t break_ = 0;
  /// Null until there is a shared mapping. Goes first: it still looks at the rest.
  std::unique_ptr<SharedMappings> shared_;
};

}  // namespace elfin::memory
