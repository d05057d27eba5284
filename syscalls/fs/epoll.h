// epoll(7): a set of descriptors, and which of them may be ready.
//
//   watched file's queue is woken ──▶ Interest::QueueWoken ──▶ its place moves from resting to
//   ready epoll_wait ──▶ Collect: asks each of ready ─┬▶ not ready after all, or edge-triggered:
//   rests
//                                               ├▶ one-shot: rests, asks for nothing any more
//                                               └▶ else: back to the end of ready
//
// A watched file isn't kept open by this: its end takes it out of the set.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <utility>

#include "runtime/base/types.h"
#include "syscalls/abi/epoll.h"
#include "syscalls/fs/anonymous_inode.h"
#include "syscalls/kernel/wait_queue.h"

namespace elfin::fs {

class Epoll final : public AnonymousFile {
 public:
  Epoll(vfs::Path path, uint32_t flags);
  ~Epoll() override;

  // epoll_ctl(2). A file is in the set once for each descriptor number that it was added under.
  /// Errors: kExist, kLoop, kInval (EPOLLEXCLUSIVE with what it doesn't go with), kPerm (a file
  /// that is always ready).
  Status Add(Fd fd, const vfs::FilePtr& file, const abi::EpollEvent& event);
  /// Errors: kNoEnt, kInval (as Add).
  Status Modify(Fd fd, vfs::File& file, const abi::EpollEvent& event);
  Status Remove(Fd fd, vfs::File& file);

  /// Gives up to `limit` events to `take`, and returns how many it took. What it refuses stays
  /// ready.
  size_t Collect(size_t limit, const std::function<bool(const abi::EpollEvent&)>& take);

  Task<Result<size_t>> Read(vfs::DataSink&, vfs::IoOptions) override { return Errno::kInval; }
  Task<Result<size_t>> Write(vfs::DataSource&, vfs::IoOptions) override { return Errno::kInval; }
  uint32_t Poll() override;
  kernel::WaitQueue* wait_queue() override { return &queue_; }
  Epoll* epoll() override { return this; }

 private:
  class Interest;
  using Key = std::pair<vfs::File*, int32_t>;
  using Places = std::list<Interest*>;

  Interest* Find(Fd fd, vfs::File& file);
  void MarkReady(Interest& interest);
  void Rest(Interest& interest);
  /// How many sets lie below this one, counted along the deepest line; more than the limit where
  /// `forbidden` is among them.
  int DepthBelow(const Epoll& forbidden, int level) const;
  int DepthAbove(int level) const;

  std::map<Key, std::unique_ptr<Interest>> interests_;
  Places ready_;
  Places resting_;
  kernel::WaitQueue queue_;
};

}  // namespace elfin::fs
