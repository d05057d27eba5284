#include "syscalls/entry/wasm_host_folder.h"

#include <cstring>
#include <unordered_map>
#include <utility>

#include "runtime/base/coroutine.h"
#include "syscalls/entry/host_imports.h"

namespace elfin::kernel {
namespace {

/// One answer has to fit into the 31 bits of a result.
constexpr size_t kMaxTransfer = 0x4000'0000;
/// inode u64, type u8, name length u16.
constexpr size_t kListEntryHeader = 11;

/// What the host says of a call that it had left pending.
struct FolderAnswer {
  int32_t result = 0;
  std::string bytes;
};

enum class Opens : uint8_t { kNo, kYes };

/// A call that the host has left pending, and the coroutine that waits for its answer.
class Request {
 public:
  Request(int32_t folder, uint32_t number, Opens opens)
      : folder_(folder), number_(number), opens_(opens) {}
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  /// Nobody waits any more: what comes yet is dropped, and a file that it opens is closed.
  ~Request() {
    if (!waiting_) return;
    Pending().erase(number_);
    if (opens_ == Opens::kYes) UnwantedFiles().emplace(number_, folder_);
  }

  static uint32_t NextNumber() {
    static uint32_t last = 0;
    do ++last;
    while (Pending().count(last) != 0 || UnwantedFiles().count(last) != 0);
    return last;
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    Pending()[number_] = this;
  }
  FolderAnswer await_resume() { return std::move(answer_); }

  static void End(uint32_t number, FolderAnswer answer) {
    if (const auto found = Pending().find(number); found != Pending().end()) {
      Request& request = *found->second;
      Pending().erase(found);
      request.answer_ = std::move(answer);
      std::exchange(request.waiting_, nullptr).resume();
    } else if (const auto unwanted = UnwantedFiles().find(number);
               unwanted != UnwantedFiles().end()) {
      if (answer.result >= 0) {
        host_imports::folder_close(unwanted->second, static_cast<uint32_t>(answer.result));
      }
      UnwantedFiles().erase(unwanted);
    }
  }

 private:
  static std::unordered_map<uint32_t, Request*>& Pending() {
    static auto* pending = new std::unordered_map<uint32_t, Request*>;
    return *pending;
  }
  /// Requests for files that nobody waits for, and their folders.
  static std::unordered_map<uint32_t, int32_t>& UnwantedFiles() {
    static auto* unwanted = new std::unordered_map<uint32_t, int32_t>;
    return *unwanted;
  }

  int32_t folder_;
  uint32_t number_;
  Opens opens_;
  FolderAnswer answer_;
  std::coroutine_handle<> waiting_ = nullptr;
};

Status ToStatus(int32_t result) {
  if (result < 0) return static_cast<Errno>(-result);
  return kOk;
}

Result<size_t> ToCount(int32_t result) {
  if (result < 0) return static_cast<Errno>(-result);
  return static_cast<size_t>(result);
}

Result<std::string> TakeBlob(int32_t result) {
  std::string bytes(TRY(ToCount(result)), '\0');
  host_imports::blob_take(bytes.data(), bytes.size());
  return bytes;
}

Task<FolderAnswer> Await(int32_t folder, uint32_t number, Opens opens = Opens::kNo) {
  Request request(folder, number, opens);
  co_return co_await request;
}

Task<Status> AwaitStatus(Task<FolderAnswer> asked) {
  const FolderAnswer answer = co_await std::move(asked);
  co_return ToStatus(answer.result);
}

Task<Result<size_t>> AwaitCount(Task<FolderAnswer> asked) {
  const FolderAnswer answer = co_await std::move(asked);
  co_return ToCount(answer.result);
}

/// `call` calls an import that answers 0, with a request's number.
template <class Call>
Task<Status> Do(int32_t folder, Call call) {
  const uint32_t request = Request::NextNumber();
  const int32_t result = call(request);
  if (result == host_imports::kFolderPending) return AwaitStatus(Await(folder, request));
  return ToStatus(result);
}

Task<Result<HostStat>> AwaitStat(Task<FolderAnswer> asked) {
  const FolderAnswer answer = co_await std::move(asked);
  CO_TRY(ToStatus(answer.result));
  HostStat stat;
  CHECK(answer.bytes.size() == sizeof(stat));
  std::memcpy(&stat, answer.bytes.data(), sizeof(stat));
  co_return stat;
}

Task<Result<std::string>> AwaitBytes(Task<FolderAnswer> asked) {
  FolderAnswer answer = co_await std::move(asked);
  CO_TRY(ToStatus(answer.result));
  co_return std::move(answer.bytes);
}

Task<Result<uint32_t>> AwaitHandle(Task<FolderAnswer> asked) {
  const FolderAnswer answer = co_await std::move(asked);
  CO_TRY(ToStatus(answer.result));
  co_return static_cast<uint32_t>(answer.result);
}

Task<Result<size_t>> AwaitRead(Task<FolderAnswer> asked, void* to, size_t size) {
  const FolderAnswer answer = co_await std::move(asked);
  CO_TRY(ToStatus(answer.result));
  CHECK(answer.bytes.size() <= size);
  std::memcpy(to, answer.bytes.data(), answer.bytes.size());
  co_return answer.bytes.size();
}

template <class T>
T Unpack(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

std::vector<HostDirEntry> UnpackList(std::string_view bytes) {
  std::vector<HostDirEntry> entries;
  while (bytes.size() >= kListEntryHeader) {
    const size_t name_size = Unpack<uint16_t>(bytes, 9);
    CHECK(bytes.size() >= kListEntryHeader + name_size);
    entries.push_back({std::string(bytes.substr(kListEntryHeader, name_size)),
                       Unpack<uint64_t>(bytes, 0), Unpack<uint8_t>(bytes, 8)});
    bytes.remove_prefix(kListEntryHeader + name_size);
  }
  return entries;
}

Task<Result<std::vector<HostDirEntry>>> AwaitList(Task<Result<std::string>> asked) {
  CO_ASSIGN(const std::string bytes, co_await std::move(asked));
  co_return UnpackList(bytes);
}

}  // namespace

void WasmHostFolder::Done(uint32_t request, int32_t result, size_t size) {
  FolderAnswer answer{result, std::string(size, '\0')};
  if (size > 0) host_imports::blob_take(answer.bytes.data(), size);
  Request::End(request, std::move(answer));
}

Task<Result<HostStat>> WasmHostFolder::Stat(std::string_view path) {
  const uint32_t request = Request::NextNumber();
  HostStat stat;
  const int32_t result =
      host_imports::folder_stat(folder_, path.data(), path.size(), &stat, request);
  if (result == host_imports::kFolderPending) return AwaitStat(Await(folder_, request));
  TRY(ToStatus(result));
  return stat;
}

Task<Result<std::string>> WasmHostFolder::ReadLink(std::string_view path) {
  const uint32_t request = Request::NextNumber();
  const int32_t result = host_imports::folder_read_link(folder_, path.data(), path.size(), request);
  if (result == host_imports::kFolderPending) return AwaitBytes(Await(folder_, request));
  return TakeBlob(result);
}

Task<Result<std::vector<HostDirEntry>>> WasmHostFolder::List(std::string_view path) {
  const uint32_t request = Request::NextNumber();
  const int32_t result = host_imports::folder_list(folder_, path.data(), path.size(), request);
  if (result == host_imports::kFolderPending) {
    return AwaitList(AwaitBytes(Await(folder_, request)));
  }
  return UnpackList(TRY(TakeBlob(result)));
}

Task<Result<uint32_t>> WasmHostFolder::Open(std::string_view path, uint32_t flags, uint32_t mode) {
  const uint32_t request = Request::NextNumber();
  const int32_t result =
      host_imports::folder_open(folder_, path.data(), path.size(), flags, mode, request);
  if (result == host_imports::kFolderPending) {
    return AwaitHandle(Await(folder_, request, Opens::kYes));
  }
  return static_cast<uint32_t>(TRY(ToCount(result)));
}

void WasmHostFolder::Close(uint32_t handle) { host_imports::folder_close(folder_, handle); }

Result<HostStat> WasmHostFolder::StatHandle(uint32_t handle) {
  HostStat stat;
  TRY(ToStatus(host_imports::folder_stat_handle(folder_, handle, &stat)));
  return stat;
}

Task<Result<size_t>> WasmHostFolder::Read(uint32_t handle, uint64_t offset, void* to, size_t size) {
  if (size > kMaxTransfer) size = kMaxTransfer;
  const uint32_t request = Request::NextNumber();
  const int32_t result =
      host_imports::folder_read(folder_, handle, static_cast<double>(offset), to, size, request);
  if (result == host_imports::kFolderPending) return AwaitRead(Await(folder_, request), to, size);
  return ToCount(result);
}

Task<Result<size_t>> WasmHostFolder::Write(uint32_t handle, uint64_t offset, const void* from,
                                           size_t size) {
  if (size > kMaxTransfer) size = kMaxTransfer;
  const uint32_t request = Request::NextNumber();
  const int32_t result =
      host_imports::folder_write(folder_, handle, static_cast<double>(offset), from, size, request);
  if (result == host_imports::kFolderPending) return AwaitCount(Await(folder_, request));
  return ToCount(result);
}

Task<Status> WasmHostFolder::Truncate(uint32_t handle, uint64_t size) {
  return Do(folder_, [this, handle, size](uint32_t request) {
    return host_imports::folder_truncate(folder_, handle, static_cast<double>(size), request);
  });
}

Task<Status> WasmHostFolder::Sync(uint32_t handle) {
  return Do(folder_, [this, handle](uint32_t request) {
    return host_imports::folder_sync(folder_, handle, request);
  });
}

Task<Status> WasmHostFolder::Flush(uint32_t handle) {
  return Do(folder_, [this, handle](uint32_t request) {
    return host_imports::folder_flush(folder_, handle, request);
  });
}

Task<Status> WasmHostFolder::SyncAll() {
  return Do(folder_,
            [this](uint32_t request) { return host_imports::folder_sync_all(folder_, request); });
}

Task<Status> WasmHostFolder::MakeDirectory(std::string_view path, uint32_t mode) {
  return Do(folder_, [this, path, mode](uint32_t request) {
    return host_imports::folder_make_directory(folder_, path.data(), path.size(), mode, request);
  });
}

Task<Status> WasmHostFolder::Remove(std::string_view path) {
  return Do(folder_, [this, path](uint32_t request) {
    return host_imports::folder_remove(folder_, path.data(), path.size(), request);
  });
}

Task<Status> WasmHostFolder::RemoveDirectory(std::string_view path) {
  return Do(folder_, [this, path](uint32_t request) {
    return host_imports::folder_remove_directory(folder_, path.data(), path.size(), request);
  });
}

Task<Status> WasmHostFolder::Rename(std::string_view from, std::string_view to) {
  return Do(folder_, [this, from, to](uint32_t request) {
    return host_imports::folder_rename(folder_, from.data(), from.size(), to.data(), to.size(),
                                       request);
  });
}

Task<Status> WasmHostFolder::Link(std::string_view from, std::string_view to) {
  return Do(folder_, [this, from, to](uint32_t request) {
    return host_imports::folder_link(folder_, from.data(), from.size(), to.data(), to.size(),
                                     request);
  });
}

Task<Status> WasmHostFolder::Symlink(std::string_view target, std::string_view path) {
  return Do(folder_, [this, target, path](uint32_t request) {
    return host_imports::folder_symlink(folder_, target.data(), target.size(), path.data(),
                                        path.size(), request);
  });
}

Task<Status> WasmHostFolder::ChangeMode(std::string_view path, uint32_t mode) {
  return Do(folder_, [this, path, mode](uint32_t request) {
    return host_imports::folder_change_mode(folder_, path.data(), path.size(), mode, request);
  });
}

Task<Status> WasmHostFolder::ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) {
  return Do(folder_, [this, path, uid, gid](uint32_t request) {
    return host_imports::folder_change_owner(folder_, path.data(), path.size(), uid, gid, request);
  });
}

Task<Status> WasmHostFolder::SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) {
  const int64_t times[2] = {atime_ns, mtime_ns};
  return Do(folder_, [this, path, &times](uint32_t request) {
    return host_imports::folder_set_times(folder_, path.data(), path.size(), times, request);
  });
}

}  // namespace elfin::kernel
