// A HostFolder that answers later: each call waits until the test lets it go on, as a browser's do.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/coroutine.h"
#include "tests/lib/fake_host_folder.h"

namespace elfin::testing {

class LateHostFolder final : public kernel::HostFolder {
 public:
  /// What is in it; a call looks at it when it goes on.
  FakeHostFolder fake;
  /// What the next Flush answers.
  Status flushed = kOk;
  /// From now on calls wait; the folder itself answers always.
  bool waits = false;

  size_t waiting() const { return waiting_.size(); }
  /// Lets the call that has waited longest go on.
  void Answer() {
    const std::coroutine_handle<> next = waiting_.front()->handle;
    waiting_.pop_front();
    next.resume();
  }
  void AnswerAll() {
    while (waiting() > 0) Answer();
  }

  using Stats = Result<kernel::HostStat>;
  Task<Stats> Stat(std::string_view path) override {
    if (path.empty()) return fake.Stat(path);
    return Later<Stats>([this, name = std::string(path)] { return fake.Stat(name).Take(); });
  }
  Task<Result<std::string>> ReadLink(std::string_view path) override {
    return Later<Result<std::string>>(
        [this, name = std::string(path)] { return fake.ReadLink(name).Take(); });
  }
  Task<Result<std::vector<kernel::HostDirEntry>>> List(std::string_view path) override {
    return Later<Result<std::vector<kernel::HostDirEntry>>>(
        [this, name = std::string(path)] { return fake.List(name).Take(); });
  }
  Task<Result<uint32_t>> Open(std::string_view path, uint32_t flags, uint32_t mode) override {
    return Later<Result<uint32_t>>([this, name = std::string(path), flags, mode] {
      return fake.Open(name, flags, mode).Take();
    });
  }
  void Close(uint32_t handle) override { fake.Close(handle); }
  Result<kernel::HostStat> StatHandle(uint32_t handle) override { return fake.StatHandle(handle); }
  Task<Result<size_t>> Read(uint32_t handle, uint64_t offset, void* to, size_t size) override {
    return Later<Result<size_t>>(
        [this, handle, offset, to, size] { return fake.Read(handle, offset, to, size).Take(); });
  }
  Task<Result<size_t>> Write(uint32_t handle, uint64_t offset, const void* from,
                             size_t size) override {
    return Later<Result<size_t>>(
        [this, handle, offset, bytes = std::string(static_cast<const char*>(from), size)] {
          return fake.Write(handle, offset, bytes.data(), bytes.size()).Take();
        });
  }
  Task<Status> Truncate(uint32_t handle, uint64_t size) override {
    return Later<Status>([this, handle, size] { return fake.Truncate(handle, size).Take(); });
  }
  Task<Status> Sync(uint32_t handle) override {
    return Later<Status>([this, handle] { return fake.Sync(handle).Take(); });
  }
  Task<Status> Flush(uint32_t) override {
    return Later<Status>([this] { return flushed; });
  }
  Task<Status> SyncAll() override {
    return Later<Status>([this] { return flushed; });
  }
  Task<Status> MakeDirectory(std::string_view path, uint32_t mode) override {
    return Later<Status>(
        [this, name = std::string(path), mode] { return fake.MakeDirectory(name, mode).Take(); });
  }
  Task<Status> Remove(std::string_view path) override {
    return Later<Status>([this, name = std::string(path)] { return fake.Remove(name).Take(); });
  }
  Task<Status> RemoveDirectory(std::string_view path) override {
    return Later<Status>(
        [this, name = std::string(path)] { return fake.RemoveDirectory(name).Take(); });
  }
  Task<Status> Rename(std::string_view from, std::string_view to) override {
    return Later<Status>([this, old_name = std::string(from), name = std::string(to)] {
      return fake.Rename(old_name, name).Take();
    });
  }
  Task<Status> Link(std::string_view, std::string_view) override { return Errno::kPerm; }
  Task<Status> Symlink(std::string_view, std::string_view) override { return Errno::kPerm; }
  Task<Status> ChangeMode(std::string_view, uint32_t) override { return Errno::kPerm; }
  Task<Status> ChangeOwner(std::string_view, uint32_t, uint32_t) override { return Errno::kPerm; }
  Task<Status> SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) override {
    return Later<Status>([this, name = std::string(path), atime_ns, mtime_ns] {
      return fake.SetTimes(name, atime_ns, mtime_ns).Take();
    });
  }

 private:
  /// Waits in the queue; leaves it when its coroutine goes.
  struct Pause {
    explicit Pause(LateHostFolder& of) : folder(of) {}
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() {
      for (auto at = folder.waiting_.begin(); at != folder.waiting_.end(); ++at) {
        if (*at == this) {
          folder.waiting_.erase(at);
          break;
        }
      }
    }
    bool await_ready() const noexcept { return !folder.waits; }
    void await_suspend(std::coroutine_handle<> waiting) {
      handle = waiting;
      folder.waiting_.push_back(this);
    }
    void await_resume() const noexcept {}

    LateHostFolder& folder;
    std::coroutine_handle<> handle;
  };

  template <class T>
  Task<T> Later(std::function<T()> call) {
    Pause pause(*this);
    co_await pause;
    co_return call();
  }

  std::deque<Pause*> waiting_;
};

}  // namespace elfin::testing
