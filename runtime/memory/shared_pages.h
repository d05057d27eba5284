// Pages that processes share (MAP_SHARED, System V shared memory): the copy that holds for all.
//
// WebAssembly memories can't alias, so each process has its own copy of a shared page. Only one
// process runs at a time, and the copy of the one that ran last is the newest: that user *holds*
// the pages.
//
//   A writes ──▶ its copy; the first write to a page faults, and AddressSpace marks the page
//   B enters ──▶ Hold(B) ─┬▶ A.Publish: marked pages → here, with a new version
//                         └▶ B.Refresh: what is newer than B has seen → B's copy
//
// Only pages that somebody has changed are kept here; the rest is what the file has, or zero. A
// file's pages go back to it by WriteBack: on msync, munmap, exit, and before anybody reads or
// writes the file by other ways, which is how read(2) and write(2) agree with mappings.
//
// Memory that only one user has needs no marks until a second one comes (tracked()).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/task.h"
#include "runtime/base/types.h"
#include "runtime/memory/mapped_file.h"

namespace elfin::memory {

class SharedPages;

/// Who has a copy: an address space.
class SharedPagesUser {
 public:
  virtual ~SharedPagesUser() = default;
  /// Stores (SharedPages::Store) the pages that it has changed.
  virtual void Publish(SharedPages& pages) = 0;
  /// Takes over what has changed since it looked last.
  virtual void Refresh(SharedPages& pages) = 0;
  /// size() is another than before.
  virtual void Resized(SharedPages& pages) = 0;
  /// From now on its writes have to be marked.
  virtual void Tracked(SharedPages& pages) = 0;
};

class SharedPages : public std::enable_shared_from_this<SharedPages> {
 public:
  using Page = std::array<uint8_t, kPageSize>;
  enum class Tracking : uint8_t { kWhenShared, kAlways };

  /// Of a file, whose size is theirs.
  explicit SharedPages(std::shared_ptr<MappedFile> file);
  /// Without a file: zeros. kAlways where users may come later that are no copies of earlier ones.
  SharedPages(uint64_t size, Tracking tracking);
  ~SharedPages();
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;

  uint64_t size() const { return size_; }
  /// What /proc/self/maps calls pages that have no file.
  std::string name = "/dev/zero (deleted)";
  bool has_file() const { return file_ != nullptr; }
  bool tracked() const { return tracked_; }

  // ---- For users. ----

  void Attach(SharedPagesUser& user);
  /// Publishes before.
  void Detach(SharedPagesUser& user);
  bool is_held_by(const SharedPagesUser& user) const { return holder_ == &user; }
  bool has_users() const { return !users_.empty(); }
  /// From now on `user` has the newest copy.
  void Hold(SharedPagesUser& user) {
    if (holder_ != &user) TakeOver(user);
  }
  /// One changed page. Precondition: index within size(), rounded up.
  void Store(uint64_t index, const Page& bytes);
  /// Goes up with every change.
  uint64_t version() const { return version_; }
  struct Change {
    uint64_t index;
    const Page* bytes;
  };
  /// What has changed after `version`, oldest first. Valid until the next Store.
  std::vector<Change> ChangedSince(uint64_t version) const;

  // ---- For who reads and changes the file by other ways than mappings. ----

  /// Brings all that users have written to the file. Errors: the file's own.
  Task<Status> WriteBack();
  /// The file's bytes in [offset, offset + size), and perhaps its size, have been changed.
  Task<Status> Reload(uint64_t offset, uint64_t size);
  /// The file's size has been changed.
  void Resize();

 private:
  struct Entry {
    std::unique_ptr<Page> bytes;
    uint64_t version = 0;
    bool in_file = false;  // the file has the same
  };

  void TakeOver(SharedPagesUser& user);
  void PublishHolder();
  Task<Status> WritePage(uint64_t index);
  Task<Status> ReloadPage(uint64_t index, uint64_t from, uint64_t to);

  std::shared_ptr<MappedFile> file_;
  uint64_t size_;
  bool tracked_;
  uint64_t version_ = 0;
  std::map<uint64_t, Entry> pages_;          // by index
  std::map<uint64_t, uint64_t> by_version_;  // version → index: each page once, at its newest
  std::set<SharedPagesUser*> users_;
  SharedPagesUser* holder_ = nullptr;
};

}  // namespace elfin::memory
