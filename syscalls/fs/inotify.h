// inotify(7): what happens to watched files, as records of a file.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/vfs/inode_watch.h"

namespace elfin::fs {

class Inotify final : public AnonymousFile {
 public:
  Inotify(vfs::Path path, uint32_t flags);
  ~Inotify() override;

  /// inotify_add_watch(2): the watch's number. Errors: kExist (IN_MASK_CREATE).
  Result<int32_t> Watch(const vfs::Path& path, uint32_t mask);
  /// Errors: kInval: no watch of that number.
  Status Unwatch(int32_t number);

  /// As many records as fit. Errors: kInval (not even one does), kAgain.
  Task<Result<size_t>> Read(vfs::DataSink& sink, vfs::IoOptions options) override;
  Task<Result<size_t>> Write(vfs::DataSource&, vfs::IoOptions) override { return Errno::kBadF; }
  uint32_t Poll() override { return events_.empty() ? 0u : vfs::kPollCanRead; }
  kernel::WaitQueue* wait_queue() override { return &queue_; }
  Result<uint64_t> BytesReadable() override;
  Inotify* inotify() override { return this; }

 private:
  class OneWatch;
  struct Event {
    abi::InotifyEvent record;  // name_size with the zero bytes
    std::string name;
    size_t size() const { return sizeof(record) + record.name_size; }
  };
  static constexpr size_t kMostEvents = 16384;  // fs.inotify.max_queued_events

  void Add(int32_t watch, uint32_t mask, std::string_view name, uint32_t cookie);
  /// Takes a watch away, and says so.
  void End(int32_t number);
  Result<size_t> Take(vfs::DataSink& sink);
  Task<Result<size_t>> ReadWhenThere(vfs::DataSink& sink, vfs::IoOptions options);

  std::map<int32_t, std::unique_ptr<OneWatch>> watches_;
  int32_t last_number_ = 0;
  std::deque<Event> events_;
  kernel::WaitQueue queue_;
};

}  // namespace elfin::fs
