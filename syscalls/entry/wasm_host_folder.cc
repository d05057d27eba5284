#include "syscalls/entry/wasm_host_folder.h"

#include <cstring>

#include "syscalls/entry/host_imports.h"

namespace elfin::kernel {
namespace {

/// One answer has to fit into the 31 bits of a result.
constexpr size_t kMaxTransfer = 0x4000'0000;
/// inode u64, type u8, name length u16.
constexpr size_t kListEntryHeader = 11;

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

}  // namespace

Result<HostStat> WasmHostFolder::Stat(std::string_view path) {
  HostStat stat;
  TRY(ToStatus(host_imports::folder_stat(folder_, path.data(), path.size(), &stat)));
  return stat;
}

Result<std::string> WasmHostFolder::ReadLink(std::string_view path) {
  return TakeBlob(host_imports::folder_read_link(folder_, path.data(), path.size()));
}

Result<std::vector<HostDirEntry>> WasmHostFolder::List(std::string_view path) {
  return UnpackList(TRY(TakeBlob(host_imports::folder_list(folder_, path.data(), path.size()))));
}

Result<uint32_t> WasmHostFolder::Open(std::string_view path, uint32_t flags, uint32_t mode) {
  const int32_t result = host_imports::folder_open(folder_, path.data(), path.size(), flags, mode);
  return static_cast<uint32_t>(TRY(ToCount(result)));
}

void WasmHostFolder::Close(uint32_t handle) { host_imports::folder_close(folder_, handle); }

Result<HostStat> WasmHostFolder::StatHandle(uint32_t handle) {
  HostStat stat;
  TRY(ToStatus(host_imports::folder_stat_handle(folder_, handle, &stat)));
  return stat;
}

Result<size_t> WasmHostFolder::Read(uint32_t handle, uint64_t offset, void* to, size_t size) {
  if (size > kMaxTransfer) size = kMaxTransfer;
  return ToCount(host_imports::folder_read(folder_, handle, static_cast<double>(offset), to, size));
}

Result<size_t> WasmHostFolder::Write(uint32_t handle, uint64_t offset, const void* from,
                                     size_t size) {
  if (size > kMaxTransfer) size = kMaxTransfer;
  return ToCount(
      host_imports::folder_write(folder_, handle, static_cast<double>(offset), from, size));
}

Status WasmHostFolder::Truncate(uint32_t handle, uint64_t size) {
  return ToStatus(host_imports::folder_truncate(folder_, handle, static_cast<double>(size)));
}

Status WasmHostFolder::Sync(uint32_t handle) {
  return ToStatus(host_imports::folder_sync(folder_, handle));
}

Status WasmHostFolder::MakeDirectory(std::string_view path, uint32_t mode) {
  return ToStatus(host_imports::folder_make_directory(folder_, path.data(), path.size(), mode));
}

Status WasmHostFolder::Remove(std::string_view path) {
  return ToStatus(host_imports::folder_remove(folder_, path.data(), path.size()));
}

Status WasmHostFolder::RemoveDirectory(std::string_view path) {
  return ToStatus(host_imports::folder_remove_directory(folder_, path.data(), path.size()));
}

Status WasmHostFolder::Rename(std::string_view from, std::string_view to) {
  return ToStatus(
      host_imports::folder_rename(folder_, from.data(), from.size(), to.data(), to.size()));
}

Status WasmHostFolder::Link(std::string_view from, std::string_view to) {
  return ToStatus(
      host_imports::folder_link(folder_, from.data(), from.size(), to.data(), to.size()));
}

Status WasmHostFolder::Symlink(std::string_view target, std::string_view path) {
  return ToStatus(host_imports::folder_symlink(folder_, target.data(), target.size(), path.data(),
                                               path.size()));
}

Status WasmHostFolder::ChangeMode(std::string_view path, uint32_t mode) {
  return ToStatus(host_imports::folder_change_mode(folder_, path.data(), path.size(), mode));
}

Status WasmHostFolder::ChangeOwner(std::string_view path, uint32_t uid, uint32_t gid) {
  return ToStatus(host_imports::folder_change_owner(folder_, path.data(), path.size(), uid, gid));
}

Status WasmHostFolder::SetTimes(std::string_view path, int64_t atime_ns, int64_t mtime_ns) {
  const int64_t times[2] = {atime_ns, mtime_ns};
  return ToStatus(host_imports::folder_set_times(folder_, path.data(), path.size(), times));
}

}  // namespace elfin::kernel
